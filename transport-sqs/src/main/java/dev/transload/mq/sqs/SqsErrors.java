package dev.transload.mq.sqs;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.TransportException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/** What the SDK's exceptions and the codes of failed entries mean to an application. The only place that decides it. */
final class SqsErrors {

    private static final Set<String> REFUSALS = Set.of(
            "AccessDenied",
            "AccessDeniedException",
            "AuthorizationError",
            "AuthFailure",
            "ExpiredToken",
            "ExpiredTokenException",
            "IncompleteSignature",
            "IncompleteSignatureException",
            "InvalidAccessKeyId",
            "InvalidAddress",
            "InvalidClientTokenId",
            "InvalidSecurity",
            "InvalidSignatureException",
            "KMS.AccessDeniedException",
            "KMS.OptInRequired",
            "KMSAccessDenied",
            "KMSOptInRequired",
            "KmsAccessDenied",
            "KmsOptInRequired",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "NotAuthorized",
            "OptInRequired",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException");
    private static final String NO_REGION = "Unable to load region ";
    private static final Set<String> MISSING = Set.of(
            "AWS.SimpleQueueService.NonExistentQueue",
            "NonExistentQueue",
            "QueueDoesNotExist",
            "NotFound",
            "NotFoundException",
            "ResourceNotFound");
    private static final Set<String> BUSY = Set.of(
            "KMS.ThrottlingException",
            "KMSThrottling",
            "KmsThrottled",
            "OverLimit",
            "QueueDeletedRecently",
            "AWS.SimpleQueueService.QueueDeletedRecently",
            "RequestThrottled",
            "RequestThrottledException",
            "Throttled",
            "ThrottledException",
            "Throttling",
            "ThrottlingException",
            "TooManyEntriesInBatchRequest");

    private SqsErrors() {}

    /** What was thrown behind wrappers of futures. */
    static Throwable unwrapped(Throwable cause) {
        Throwable inner = cause;
        while ((inner instanceof ExecutionException || inner instanceof CompletionException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }

    /** The service cannot be reached or does not let us in. */
    static MessagingException connecting(String where, Throwable cause) {
        Throwable inner = unwrapped(cause);
        MessagingException told = operation("connect to " + where, inner);
        if (told instanceof AuthenticationException && inner instanceof AwsServiceException service) {
            return new AuthenticationException(
                    "sqs: " + where + " refused the credentials: " + codeOf(service) + detail(service), inner);
        }
        if (told instanceof ConnectionLostException) {
            String how = isOfTls(inner) ? "sqs: no TLS with " : "sqs: cannot reach ";
            return new ConnectionLostException(how + where, Outcome.NOT_SENT, inner);
        }
        return told;
    }

    private static boolean isOfTls(Throwable inner) {
        for (Throwable t = inner; t != null; t = t.getCause()) {
            if (t instanceof SSLException) {
                return true;
            }
        }
        return false;
    }

    /** A request failed as a whole. */
    static MessagingException operation(String what, Throwable cause) {
        Throwable inner = unwrapped(cause);
        if (inner instanceof MessagingException known) {
            return known;
        }
        if (inner instanceof AwsServiceException service) {
            return service(what, service);
        }
        if (inner instanceof SdkClientException && startsWith(inner, NO_REGION)) {
            return TransportException.permanent(
                    "sqs: neither the uri nor the environment names a region, cannot " + what, inner);
        }
        if (inner instanceof SdkClientException && isWithoutCredentials(inner)) {
            return new AuthenticationException("sqs: no credentials, cannot " + what, inner);
        }
        if (inner instanceof IllegalStateException || inner instanceof AbortedException) {
            return new ConnectionLostException("sqs: ended, cannot " + what, Outcome.UNKNOWN, inner);
        }
        if (isLost(inner)) {
            return new ConnectionLostException(
                    "sqs: no answer, cannot " + what, neverLeft(inner) ? Outcome.NOT_SENT : Outcome.UNKNOWN, inner);
        }
        return TransportException.unknown(
                "sqs: cannot " + what + ": " + inner.getClass().getSimpleName(), inner);
    }

    private static MessagingException service(String what, AwsServiceException service) {
        String code = codeOf(service);
        String message = "sqs: cannot " + what + ": " + code;
        Outcome outcome = isFirst(service) ? Outcome.NOT_SENT : Outcome.UNKNOWN;
        if (MISSING.contains(code)) {
            return new DestinationNotFoundException(message, outcome, service);
        }
        if (REFUSALS.contains(code)) {
            return new AuthenticationException(message, outcome, service);
        }
        if (BUSY.contains(code) || service.isThrottlingException()) {
            return outcome == Outcome.NOT_SENT
                    ? TransportException.temporary(message, service)
                    : TransportException.unknown(message, service);
        }
        if (service.statusCode() >= 500) {
            return TransportException.unknown(message, service);
        }
        return TransportException.permanent(message + detail(service), outcome, service);
    }

    // What the service says names attributes and limits; bodies it does not repeat.
    private static String detail(AwsServiceException service) {
        String text = service.awsErrorDetails() == null
                ? null
                : service.awsErrorDetails().errorMessage();
        return text == null || text.length() > 300 ? "" : ", " + text;
    }

    /** The service's code of an error, in its old or its new form. */
    static String codeOf(AwsServiceException service) {
        String code = service.awsErrorDetails() == null
                ? null
                : service.awsErrorDetails().errorCode();
        if (code == null) {
            return "status " + service.statusCode();
        }
        int hash = code.lastIndexOf('#');
        return hash < 0 ? code : code.substring(hash + 1);
    }

    /** One entry of a batch failed while others may have gone well. */
    static MessagingException entry(String what, String code, boolean senderFault) {
        String message = "sqs: cannot " + what + ": " + code;
        if (MISSING.contains(code)) {
            return new DestinationNotFoundException(message, null);
        }
        if (REFUSALS.contains(code)) {
            return new AuthenticationException(message, null);
        }
        if (BUSY.contains(code)) {
            return TransportException.temporary(message, null);
        }
        return senderFault ? TransportException.permanent(message, null) : TransportException.unknown(message, null);
    }

    /** Whether an entry that failed with this code was about a delivery that is no longer ours. */
    static boolean isOfLostLease(String code) {
        return code.contains("ReceiptHandleIsInvalid")
                || code.contains("InvalidParameterValue")
                || code.contains("MessageNotInflight");
    }

    /** Whether no answer came, as when the service cannot be reached. */
    static boolean isLost(Throwable cause) {
        Throwable inner = unwrapped(cause);
        if (inner instanceof AwsServiceException || inner instanceof MessagingException) {
            return inner instanceof ConnectionLostException;
        }
        return inner instanceof SdkClientException && !isWithoutCredentials(inner);
    }

    private static boolean isWithoutCredentials(Throwable inner) {
        return startsWith(inner, "Unable to load ") || startsWith(inner, "Profile file contained no credentials");
    }

    private static boolean startsWith(Throwable inner, String start) {
        String text = inner.getMessage();
        return text != null && text.startsWith(start);
    }

    private static boolean neverLeft(Throwable inner) {
        return isRefused(inner) && isFirst(inner);
    }

    // An attempt before the last one may have been taken, whatever the last one met.
    private static boolean isFirst(Throwable inner) {
        Integer attempts = inner instanceof SdkException sdk ? sdk.numAttempts() : null;
        return attempts == null || attempts <= 1;
    }

    // No connection came about, so nothing can have left.
    private static boolean isRefused(Throwable cause) {
        for (Throwable t = unwrapped(cause); t != null; t = t.getCause()) {
            if (t instanceof ConnectException || t instanceof UnknownHostException) {
                return true;
            }
        }
        return false;
    }
}

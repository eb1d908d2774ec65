package dev.transload.mq.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.TransportException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.sqs.model.SqsException;

/** What a refusal says of a message, and of the attempts before it. */
class SqsErrorsTest {

    @ParameterizedTest
    @CsvSource({
        "400,QueueDoesNotExist",
        "403,AccessDenied",
        "403,RequestThrottled",
        "429,AnythingElse",
        "400,InvalidParameterValue"
    })
    void whatWasRefusedAtOnceWasNotSent(int status, String code) {
        assertThat(refused(status, code, 1).outcome()).isEqualTo(Outcome.NOT_SENT);
    }

    @ParameterizedTest
    @CsvSource({
        "400,QueueDoesNotExist",
        "403,AccessDenied",
        "403,RequestThrottled",
        "429,AnythingElse",
        "400,InvalidParameterValue",
        "500,InternalError"
    })
    void whatWasRefusedAtALaterAttemptMayHaveBeenTakenByAnEarlierOne(int status, String code) {
        MessagingException first = refused(status, code, 1);
        MessagingException later = refused(status, code, 2);

        assertThat(later.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(later).hasSameClassAs(first).hasMessage(first.getMessage());
        assertThat(later.retryable()).isEqualTo(first.retryable());
    }

    @Test
    void anEntryThatTheServiceFailedAtIsUnknownAndGoesAgain() {
        MessagingException failed = SqsErrors.entry("send to jobs", "InternalError", false);

        assertThat(failed).isInstanceOf(TransportException.class);
        assertThat(failed.retryable()).isTrue();
        assertThat(failed.outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource({"RequestThrottled,true", "RequestThrottled,false", "KMS.ThrottlingException,true"})
    void anEntryThatIsTooMuchWasNotSentAndGoesAgain(String code, boolean senderFault) {
        MessagingException failed = SqsErrors.entry("send to jobs", code, senderFault);

        assertThat(failed.retryable()).isTrue();
        assertThat(failed.outcome()).isEqualTo(Outcome.NOT_SENT);
    }

    @Test
    void anEntryThatWasRefusedWasNotSent() {
        MessagingException invalid = SqsErrors.entry("send to jobs", "InvalidMessageContents", true);

        assertThat(invalid.retryable()).isFalse();
        assertThat(invalid.outcome()).isEqualTo(Outcome.NOT_SENT);
        assertThat(SqsErrors.entry("send to jobs", "QueueDoesNotExist", true))
                .isInstanceOf(DestinationNotFoundException.class);
        assertThat(SqsErrors.entry("send to jobs", "AccessDenied", true)).isInstanceOf(AuthenticationException.class);
    }

    private static MessagingException refused(int status, String code, int attempts) {
        return SqsErrors.operation(
                "send to jobs",
                SqsException.builder()
                        .statusCode(status)
                        .awsErrorDetails(AwsErrorDetails.builder()
                                .errorCode(code)
                                .errorMessage("what is wrong")
                                .build())
                        .numAttempts(attempts)
                        .build());
    }
}

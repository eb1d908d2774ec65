package dev.transload.mq.sqs;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.Shape;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.sqs.SqsSender.Sending;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes to a queue alone, against a service that answers as AWS does. */
class LoneSendTest {

    private static final String BODY = "text";

    private final Worker worker = new Worker("test");
    private final SqsUsage usage = new SqsUsage();
    private final JsonService service = new JsonService();
    private SqsClients clients;
    private SqsAsk ask;

    @BeforeEach
    void start() {
        service.says("{" + stored(BODY) + "}");
        SqsOptions options = service.options();
        clients = new SqsClients(options, "test", usage, worker.orHere());
        ask = new SqsAsk(clients, worker, System::nanoTime, options.requestTimeout());
    }

    @AfterEach
    void end() {
        ask.giveUp();
        clients.close();
        worker.end();
        service.close();
    }

    @Test
    void aMessageThatIsAloneIsNoBatch() throws Exception {
        assertThat(send("jobs", 0, wire("", ""))).isEmpty();

        JsonService.Asked request = service.asked().remove();
        assertThat(request.operation()).isEqualTo("SendMessage");
        assertThat(request.with().get("QueueUrl"))
                .isEqualTo(service.queue("jobs").url());
        assertThat(request.with().get("MessageBody")).isEqualTo(BODY);
        assertThat(request.with().get("MessageAttributes"))
                .isEqualTo(Map.of("mq-id", Map.of("DataType", "String", "StringValue", "1")));
        assertThat(usage.byOperation()).containsExactly(Map.entry("SendMessage", 1L));
    }

    @Test
    void twoMessagesAreABatch() throws Exception {
        service.says("{\"Successful\":[{\"Id\":\"0\"," + stored(BODY) + "},{\"Id\":\"1\"," + stored(BODY) + "}]}");

        assertThat(send("jobs", 0, wire("", ""), wire("", ""))).isEmpty();

        assertThat(service.asked().remove().operation()).isEqualTo("SendMessageBatch");
    }

    @Test
    void inAFifoQueueItHasItsGroupAndWhatItIsToldApartBy() throws Exception {
        send("jobs.fifo", 2000, wire("group", "once"));

        Map<?, ?> request = service.asked().remove().with();
        assertThat(request.get("MessageGroupId")).isEqualTo("group");
        assertThat(request.get("MessageDeduplicationId")).isEqualTo("once");
        assertThat(request.get("DelaySeconds")).isNull();
    }

    @Test
    void inAStandardQueueItIsHiddenForItsDelayAndHasNoGroup() throws Exception {
        send("jobs", 1500, wire("", ""));

        Map<?, ?> request = service.asked().remove().with();
        assertThat(request.get("DelaySeconds")).hasToString("2");
        assertThat(request.get("MessageGroupId")).isNull();
        assertThat(request.get("MessageDeduplicationId")).isNull();
    }

    @Test
    void inAStandardQueueItIsInTheGroupOfThoseToBeFairTo() throws Exception {
        send("jobs", 0, wire("blue", ""));

        assertThat(service.asked().remove().with().get("MessageGroupId")).isEqualTo("blue");
    }

    @ParameterizedTest
    @CsvSource({"400,AWS.SimpleQueueService.NonExistentQueue", "400,QueueDoesNotExist"})
    void aQueueThatIsMissingIsNotFound(int code, String name) {
        assertThat(refused(code, name)).isInstanceOf(DestinationNotFoundException.class);
    }

    @ParameterizedTest
    @CsvSource({"403,AccessDenied", "403,InvalidSecurity", "400,KMS.AccessDeniedException", "403,KMS.OptInRequired"})
    void whatMayNotBeSentIsAMatterOfRights(int code, String name) {
        assertThat(refused(code, name))
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining(name);
    }

    @ParameterizedTest
    @CsvSource({"400,KMS.ThrottlingException", "403,OverLimit"})
    void whatIsTooMuchWasNotSentAndGoesAgain(int code, String name) {
        MessagingException refused = refused(code, name);

        assertThat(refused).isInstanceOf(TransportException.class).hasMessageContaining(name);
        assertThat(refused.retryable()).isTrue();
        assertThat(refused.outcome()).isEqualTo(Outcome.NOT_SENT);
    }

    @Test
    void whatIsTooMuchAtEveryAttemptIsUnknownAndGoesAgain() {
        MessagingException refused = refused(403, "RequestThrottled");

        assertThat(refused).isInstanceOf(TransportException.class).hasMessageContaining("RequestThrottled");
        assertThat(refused.retryable()).isTrue();
        assertThat(refused.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(service.asked()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"InvalidMessageContents", "InvalidParameterValue", "KMS.DisabledException"})
    void whatCanNeverBeStoredFailsForGoodInTheWordsOfTheService(String name) {
        MessagingException refused = refused(400, name);

        assertThat(refused)
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("jobs")
                .hasMessageContaining(name)
                .hasMessageContaining("what is wrong");
        assertThat(refused.retryable()).isFalse();
        assertThat(service.asked()).hasSize(1);
    }

    @Test
    void whatAServiceThatFailedMadeOfItIsUnknown() {
        assertThat(refused(500, "InternalError").outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void whatArrivedAsAnotherTextIsNotSaidToBeStored() {
        service.says("{" + stored("test") + "}");

        assertThat(failure().outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void whatArrivedWithOtherAttributesIsNotSaidToBeStored() {
        service.says(("{" + stored(BODY) + "}").replace(JsonService.ATTRIBUTES_MD5, JsonService.md5("other")));

        assertThat(failure().outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void ofABatchOnlyTheMessageThatArrivedAsAnotherFails() throws Exception {
        service.says("{\"Successful\":[{\"Id\":\"0\"," + stored(BODY) + "},{\"Id\":\"1\"," + stored("test") + "}]}");

        Map<Integer, MessagingException> failures = send("jobs", 0, wire("", ""), wire("", ""));

        assertThat(failures).containsOnlyKeys(1);
        assertThat(failures.get(1))
                .hasMessageContaining("jobs")
                .satisfies(why -> assertThat(why.retryable()).isTrue())
                .satisfies(why -> assertThat(why.outcome()).isEqualTo(Outcome.UNKNOWN));
    }

    private MessagingException refused(int code, String name) {
        service.refuses(code, name);
        return failure();
    }

    private MessagingException failure() {
        try {
            return requireNonNull(send("jobs", 0, wire("", "")).get(0));
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(MessagingException.class);
            return (MessagingException) e.getCause();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Map<Integer, MessagingException> send(String queue, long delayMillis, SqsMessages.Wire... wires)
            throws Exception {
        List<Sending> batch = Arrays.stream(wires)
                .map(wire -> new Sending(new Waiting(queue, delayMillis), wire, 1, null))
                .toList();
        return SendRequests.toQueue(ask, service.queue(queue), batch).get(30, TimeUnit.SECONDS);
    }

    private static SqsMessages.Wire wire(String group, String deduplication) {
        return new SqsMessages.Wire(BODY, BODY.length(), Map.of("mq-id", "1"), group, deduplication);
    }

    private static String stored(String body) {
        return "\"MessageId\":\"m\",\"MD5OfMessageBody\":\"" + JsonService.md5(body)
                + "\",\"MD5OfMessageAttributes\":\"" + JsonService.ATTRIBUTES_MD5 + "\"";
    }

    /** A message nobody waits for. */
    private record Waiting(String queue, long delayMillis) implements Outgoing {

        @Override
        public Place to() {
            return Place.of(Role.QUEUE, queue, Shape.PLAIN);
        }

        @Override
        public Message message() {
            return Message.builder("1", new byte[0]).build();
        }

        @Override
        public void done() {}

        @Override
        public void failed(Throwable cause) {}
    }
}

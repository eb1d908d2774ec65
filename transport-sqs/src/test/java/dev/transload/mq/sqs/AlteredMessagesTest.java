package dev.transload.mq.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.model.Message;

/** What comes of messages that are not what the service says it stored. */
class AlteredMessagesTest {

    private final Worker worker = new Worker("test");
    private final JsonService service = new JsonService();
    private SqsClients clients;
    private SqsAsk ask;
    private Polls polls;

    @BeforeEach
    void start() {
        SqsOptions options = service.options();
        clients = new SqsClients(options, "test", new SqsUsage(), worker.orHere());
        ask = new SqsAsk(clients, worker, System::nanoTime, options.requestTimeout());
        polls = new Polls(ask, options, 30, new StandingClock());
    }

    @AfterEach
    void end() {
        ask.giveUp();
        clients.close();
        worker.end();
        service.close();
    }

    @Test
    void ofAnAnswerAllThatIsIntactIsHandled() throws Exception {
        service.says(messages(intact("a"), altered("b"), intact("c")));

        assertThat(received("jobs")).containsExactly("a", "c");
    }

    @Test
    void ofAFifoQueueNothingIsHandledBeforeWhatComesAgain() throws Exception {
        service.says(messages(intact("a"), altered("b"), intact("c")));

        assertThat(received("jobs.fifo")).containsExactly("a");
    }

    @Test
    void anAttributeThatWasAlteredIsFoundOut() throws Exception {
        service.says(messages(intact("a"), intact("b").replace("\"StringValue\":\"1\"", "\"StringValue\":\"2\"")));

        assertThat(received("jobs")).containsExactly("a");
    }

    private List<String> received(String queue) throws Exception {
        CompletableFuture<List<String>> received = new CompletableFuture<>();
        worker.execute(() -> polls.start(service.queue(queue), 10, (from, messages, since, failure) -> {
            if (failure == null) {
                received.complete(messages.stream().map(Message::body).toList());
            } else {
                received.completeExceptionally(failure);
            }
        }));
        return received.get(30, TimeUnit.SECONDS);
    }

    private static String messages(String... messages) {
        return "{\"Messages\":[" + String.join(",", messages) + "]}";
    }

    private static String intact(String body) {
        return message(body, body);
    }

    private static String altered(String body) {
        return message(body, "what was stored");
    }

    private static String message(String body, String stored) {
        return "{\"MessageId\":\"m\",\"ReceiptHandle\":\"r\",\"Body\":\"" + body + "\",\"MD5OfBody\":\""
                + JsonService.md5(stored) + "\",\"MD5OfMessageAttributes\":\"" + JsonService.ATTRIBUTES_MD5
                + "\",\"MessageAttributes\":{\"mq-id\":{\"DataType\":\"String\",\"StringValue\":\"1\"}}}";
    }
}

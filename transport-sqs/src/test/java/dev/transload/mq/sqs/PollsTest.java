package dev.transload.mq.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.model.Message;

/** What a receiver gets of an answer: which messages, and since when they may be hidden. */
class PollsTest {

    private static final long ASKED = 7;

    private final AtomicLong now = new AtomicLong(ASKED);
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
        polls = new Polls(ask, options, 30, new SetClock(now));
    }

    @AfterEach
    void end() {
        ask.giveUp();
        clients.close();
        worker.end();
        service.close();
    }

    @Test
    void theyAreHiddenSinceTheAnswerCame() throws Exception {
        assertThat(hiddenSince(Duration.ofMillis(1_900)))
                .isEqualTo(ASKED + Duration.ofMillis(1_900).toNanos());
    }

    @Test
    void theyMayBeHiddenSinceTheyWereAskedForIfTheAnswerWasHeldUp() throws Exception {
        assertThat(hiddenSince(Duration.ofMillis(2_100))).isEqualTo(ASKED);
    }

    // The first poll of a receiver waits for a second.
    private long hiddenSince(Duration after) throws Exception {
        CompletableFuture<Long> hidden = new CompletableFuture<>();
        worker.execute(() -> {
            polls.start(service.queue("jobs"), 10, (from, messages, since, failure) -> hidden.complete(since));
            now.addAndGet(after.toNanos()); // before the worker hears of the answer
        });
        return hidden.get(30, TimeUnit.SECONDS);
    }

    @Test
    void whatWasHeldUpForLongerThanItsLeaseIsHandledWhenItComesAgain() throws Exception {
        assertThat(pollsUntilDelivered(Duration.ofSeconds(31))).isEqualTo(2);
    }

    @Test
    void whatWasHeldUpWithinItsLeaseIsHandled() throws Exception {
        assertThat(pollsUntilDelivered(Duration.ofSeconds(20))).isEqualTo(1);
    }

    private int pollsUntilDelivered(Duration heldUp) throws Exception {
        service.says(messages(intact("a")));
        CompletableFuture<Integer> polled = new CompletableFuture<>();
        SqsReceiver receiver = new SqsReceiver(
                ask,
                new SetClock(now),
                service.options(),
                ReceiveSpec.builder(Place.of(Place.Role.QUEUE, "jobs", Shape.PLAIN), 1)
                        .lease(Duration.ofSeconds(30))
                        .build(),
                service.queue("jobs"),
                new Deliveries(() -> polled.complete(service.asked().size())),
                new NoHost());
        worker.execute(() -> {
            receiver.credit(1);
            worker.execute(() -> now.addAndGet(heldUp.toNanos())); // before the worker hears of the answer
        });
        return polled.get(30, TimeUnit.SECONDS);
    }

    private record Deliveries(Runnable delivered) implements Sink {

        @Override
        public void deliver(Incoming delivery) {
            delivered.run();
        }

        @Override
        public void lost(List<? extends Incoming> deliveries, String why) {
            throw new AssertionError(why);
        }

        @Override
        public void failed(Throwable cause) {
            throw new AssertionError(cause);
        }
    }

    private static final class NoHost implements SqsReceiver.Host {

        @Override
        public CompletableFuture<QueueRef> gone(QueueRef queue) {
            throw new AssertionError(queue + " is gone");
        }

        @Override
        public void left(SqsReceiver receiver) {
            throw new AssertionError("left");
        }

        @Override
        public Optional<String> replyTo() {
            return Optional.empty();
        }

        @Override
        public CompletableFuture<Void> discard() {
            return CompletableFuture.completedFuture(null);
        }
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

    private record SetClock(AtomicLong now) implements TimeSource {

        @Override
        public long millis() {
            return 0;
        }

        @Override
        public long nanos() {
            return now.get();
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            throw new UnsupportedOperationException();
        }
    }
}

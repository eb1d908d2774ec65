package dev.transload.mq.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Sink;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A receiver whose queue is gone while another is made. */
class SqsReceiverTest {

    private final Worker worker = new Worker("test");
    private final JsonService service = new JsonService();
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private final CompletableFuture<QueueRef> another = new CompletableFuture<>();
    private SqsClients clients;
    private SqsAsk ask;
    private SqsReceiver receiver;

    @BeforeEach
    void start() {
        SqsOptions options = service.options();
        clients = new SqsClients(options, "test", new SqsUsage(), worker.orHere());
        ask = new SqsAsk(clients, worker, System::nanoTime, options.requestTimeout());
        receiver = new SqsReceiver(
                ask,
                new StandingClock(),
                options,
                ReceiveSpec.builder(Place.of(Place.Role.QUEUE, "jobs", Shape.PLAIN), 1)
                        .build(),
                service.queue("jobs"),
                new NoSink(),
                new Remaking());
    }

    @AfterEach
    void end() {
        ask.giveUp();
        clients.close();
        worker.end();
        service.close();
    }

    @Test
    void aReceiverThatStopsWhileAnotherQueueIsMadeStaysStopped() throws Exception {
        worker.execute(() -> receiver.deleted(service.queue("jobs")));
        receiver.stop().get(30, TimeUnit.SECONDS);

        boolean stopped = onWorker(() -> {
            another.complete(service.queue("another"));
            return receiver.isStopped();
        });

        assertThat(stopped).isTrue();
    }

    @Test
    void aReceiverGoesOnWithTheOtherQueueAndItsStopWaitsForThePolls() throws Exception {
        service.refuses(400, "QueueDoesNotExist");
        receiver.credit(1);
        gone.get(30, TimeUnit.SECONDS);

        boolean confirmed = onWorker(() -> {
            another.complete(service.queue("another"));
            assertThat(receiver.isStopped()).isFalse();
            return receiver.stop().isDone(); // while a poll is under way, and before the worker hears of the stop
        });

        assertThat(confirmed).isFalse();
    }

    private <T> T onWorker(Supplier<T> step) throws Exception {
        return CompletableFuture.supplyAsync(step, worker).get(30, TimeUnit.SECONDS);
    }

    private final class Remaking implements SqsReceiver.Host {

        @Override
        public CompletableFuture<QueueRef> gone(QueueRef queue) {
            return gone.complete(null) ? another : new CompletableFuture<>();
        }

        @Override
        public void left(SqsReceiver receiver) {}

        @Override
        public Optional<String> replyTo() {
            return Optional.empty();
        }

        @Override
        public CompletableFuture<Void> discard() {
            return CompletableFuture.completedFuture(null);
        }
    }

    private record NoSink() implements Sink {

        @Override
        public void deliver(Incoming delivery) {
            throw new AssertionError(delivery);
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
}

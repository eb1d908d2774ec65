package dev.transload.mq.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Since when messages of an answer may be hidden, and with that how long they are ours. */
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

package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Queue;
import dev.transload.mq.Subscription;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.RedisBroker;
import dev.transload.mq.fixtures.RedisVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A queue in which a million messages wait: what it costs, and what is left when they have been handled. */
class RedisBacklogIT {

    private static final Logger LOG = LoggerFactory.getLogger(RedisBacklogIT.class);
    private static final int WAITING = 1_000_000;
    private static final int AT_ONCE = 50_000;
    private static final int MEASURED = 20_000;
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final Pattern USED = Pattern.compile("used_memory:(\\d+)");
    private static final String FILL =
            "for i = 1, tonumber(ARGV[1]) do redis.call('XADD', KEYS[1], '*', 'body', 'message ' .. i) end";

    /** Rates are logged, and not judged: they are the machine's as much as ours. */
    @Test
    void aMillionMessagesThatWaitAreHandledAndLeaveNothing() {
        try (RedisBroker broker = RedisBroker.start(RedisVersion.newest());
                MqClient mq = MqClient.connect(broker.uri().toString())) {
            Queue<String> queue = Queue.of("backlog", String.class);
            LongAdder handled = new LongAdder();
            long empty;
            try (Subscription subscription = mq.subscribe(queue, delivery -> handled.increment())) {
                empty = sendAndHandle(mq, queue, handled);
            }
            awaitLength(broker, 0);
            long before = usedMemory(broker);

            for (int i = 0; i < WAITING / AT_ONCE; i++) {
                broker.command("EVAL", FILL, "1", queue.name(), String.valueOf(AT_ONCE));
            }
            awaitLength(broker, WAITING);
            long full = usedMemory(broker);
            assertThat(mq.admin().depth(queue)).hasValue(WAITING);

            handled.reset();
            long held;
            long start = System.nanoTime();
            try (Subscription subscription = mq.subscribe(queue, delivery -> handled.increment())) {
                held = sendAndHandle(mq, queue, handled);
                await("all that waited is handled").atMost(LONGEST).until(() -> handled.sum() >= WAITING + MEASURED);
                awaitLength(broker, 0);
            }
            long all = (WAITING + MEASURED) * 1_000_000_000L / (System.nanoTime() - start);

            assertThat(usedMemory(broker) - before)
                    .as("memory that is not given back, of %d bytes that a million took", full - before)
                    .isLessThan((full - before) / 10);
            LOG.info(
                    "messages sent and handled in a second: {} with none waiting, {} with a million; all of them at {}",
                    empty,
                    held,
                    all);
        }
    }

    /** Sends some messages while as many are handled; gives how many of both in a second. */
    private static long sendAndHandle(MqClient mq, Queue<String> queue, LongAdder handled) {
        long start = System.nanoTime();
        List<CompletableFuture<String>> sends = new ArrayList<>();
        for (int i = 0; i < MEASURED; i++) {
            sends.add(mq.sendAsync(queue, "message " + i));
        }
        CompletableFuture.allOf(sends.toArray(new CompletableFuture<?>[0])).join();
        await("as many are handled").atMost(LONGEST).until(() -> handled.sum() >= MEASURED);
        return MEASURED * 1_000_000_000L / (System.nanoTime() - start);
    }

    private static void awaitLength(RedisBroker broker, long length) {
        await("the stream has " + length + " entries")
                .atMost(Duration.ofSeconds(30))
                .until(() -> broker.command("XLEN", "backlog").strip().equals(String.valueOf(length)));
    }

    private static long usedMemory(RedisBroker broker) {
        Matcher used = USED.matcher(broker.command("INFO", "memory"));
        assertThat(used.find()).isTrue();
        return Long.parseLong(used.group(1));
    }
}

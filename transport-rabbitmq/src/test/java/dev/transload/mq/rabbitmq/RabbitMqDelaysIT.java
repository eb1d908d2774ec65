package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Message;
import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Ten thousand random delays, and the broker's process killed while most of them wait. How late they are depends on the
 * machine, so that is printed.
 */
@Execution(ExecutionMode.CONCURRENT)
class RabbitMqDelaysIT {

    private static final int MESSAGES = 10_000;
    private static final int MOST_MILLIS = 60_000;
    private static final int BATCH = 200;
    private static final long BATCH_NANOS = Duration.ofMillis(100).toNanos();
    private static final int KILL_AFTER_MILLIS = 25_000;

    @ParameterizedTest
    @MethodSource("dev.transload.mq.rabbitmq.FaultBrokers#versions")
    void noneOfTenThousandDelayedMessagesIsEarlyOrLostAlthoughTheBrokerIsKilled(RabbitMqVersion version) {
        try (RabbitMqBroker broker = RabbitMqBroker.start(version);
                Spi spi = Spi.connect(broker.uri() + "?maxReconnectDelay=500ms")) {
            Place queue = Spi.queue(Spi.unique("later"));
            spi.declare(queue);
            // Makes the levels and lets the broker write down that it has them.
            spi.send(queue, Spi.message("warm-up"), MOST_MILLIS).confirmed();
            broker.restart();
            awaitConnected(spi, queue);

            Map<String, Long> due = new HashMap<>();
            Map<String, Long> dueFromConfirm = new HashMap<>();
            Random random = new Random(42);
            List<Sent> sent = new ArrayList<>();
            long began = System.nanoTime();
            for (int i = 0; i < MESSAGES; i++) {
                if (i % BATCH == 0) {
                    long next = began + i / BATCH * BATCH_NANOS;
                    await("the next batch's time")
                            .pollDelay(Duration.ZERO)
                            .pollInterval(Duration.ofMillis(5))
                            .until(() -> System.nanoTime() >= next);
                }
                long delay = 1L + random.nextInt(MOST_MILLIS);
                Message message = Spi.message("m" + i);
                due.put(message.id(), System.currentTimeMillis() + delay);
                Sent one = new Sent(queue, message, delay);
                spi.transport.send(one);
                sent.add(one);
            }
            for (Sent one : sent) {
                one.confirmed();
                dueFromConfirm.put(one.message().id(), one.doneAt() + one.delayMillis());
            }
            long start = System.currentTimeMillis();

            Arrivals arrivals = new Arrivals();
            Receiver receiver = Spi.get(
                    spi.transport.receive(ReceiveSpec.builder(queue, 500).build(), arrivals));
            arrivals.receiver = receiver;
            receiver.credit(500);
            await("half of them wait")
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> System.currentTimeMillis() - start > KILL_AFTER_MILLIS);
            broker.kill();
            long killed = System.currentTimeMillis();
            broker.start();
            long back = System.currentTimeMillis();

            Set<String> missing = new HashSet<>(due.keySet());
            await("every message arrives").atMost(Duration.ofMinutes(6)).until(() -> {
                missing.removeAll(arrivals.at.keySet());
                return missing.isEmpty();
            });

            long[] lateness = arrivals.at.entrySet().stream()
                    .filter(arrival -> due.containsKey(arrival.getKey()))
                    .mapToLong(arrival -> arrival.getValue() - due.get(arrival.getKey()))
                    .sorted()
                    .toArray();
            long[] untouched = arrivals.at.entrySet().stream()
                    .filter(arrival -> due.containsKey(arrival.getKey()))
                    .filter(arrival -> dueFromConfirm.get(arrival.getKey()) + 2_000 < killed
                            || due.get(arrival.getKey()) > back + 15_000)
                    .mapToLong(arrival -> arrival.getValue() - dueFromConfirm.get(arrival.getKey()))
                    .sorted()
                    .toArray();
            System.err.printf(
                    "%s: down %d ms; of %d: min %d, median %d, p99 %d, max %d ms late; away from the outage %d: median"
                            + " %d, p99 %d, max %d; duplicates %d%n",
                    version,
                    back - killed,
                    lateness.length,
                    lateness[0],
                    lateness[lateness.length / 2],
                    lateness[lateness.length * 99 / 100],
                    lateness[lateness.length - 1],
                    untouched.length,
                    untouched[untouched.length / 2],
                    untouched[untouched.length * 99 / 100],
                    untouched[untouched.length - 1],
                    arrivals.duplicates);
            assertThat(lateness).hasSize(MESSAGES);
            assertThat(lateness[0]).as("milliseconds late of the earliest").isNotNegative();
        }
    }

    private static void awaitConnected(Spi spi, Place queue) {
        await("the connection is back")
                .atMost(Duration.ofSeconds(60))
                .until(() -> spi.send(queue, "probe").failure() == null
                        && Spi.get(spi.transport.admin().depth(queue).handle((depth, failure) -> failure == null)));
    }

    /** Notes when each message came first. */
    private static final class Arrivals implements dev.transload.mq.spi.Sink {
        final Map<String, Long> at = new ConcurrentHashMap<>();
        volatile int duplicates;
        volatile Receiver receiver;

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // calls of one receiver do not overlap
        public void deliver(Incoming delivery) {
            if (at.putIfAbsent(delivery.message().id(), System.currentTimeMillis()) != null) {
                duplicates++;
            }
            delivery.ack(dev.transload.mq.spi.Completion.IGNORED);
            receiver.credit(1);
        }

        @Override
        public void lost(List<? extends Incoming> deliveries, String why) {
            receiver.credit(deliveries.size());
        }

        @Override
        public void failed(Throwable cause) {
            throw new AssertionError(cause);
        }
    }
}

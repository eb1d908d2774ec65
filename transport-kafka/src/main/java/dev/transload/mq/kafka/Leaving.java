package dev.transload.mq.kafka;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a consumer leaves its group for good. Who joins a classic group is given a name first and comes back with it
 * (KIP-394). One that is closed between the two has no name yet to say goodbye with, but the broker waits for it to come
 * back, for a whole session, and the next round of the group waits with it: what others left behind rests as long. So a
 * consumer that is joining is given a moment to come past that.
 *
 * <p>Blocks. Used by the member's loop alone, as its last call.
 */
final class Leaving {

    private static final Logger LOG = LoggerFactory.getLogger(Leaving.class);

    private static final Duration JOINING = Duration.ofSeconds(1);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final long LEAST_CLOSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private Leaving() {}

    /**
     * Closes the consumer.
     *
     * @param joins whether it has subscribed, so that it may be joining
     * @param within how long all of it may take
     */
    static void leave(Consumer<?, ?> consumer, boolean joins, Duration within) {
        long end = System.nanoTime() + within.toNanos();
        if (joins) {
            endJoining(consumer, within.compareTo(JOINING) < 0 ? within : JOINING);
        }
        try {
            consumer.close(
                    CloseOptions.timeout(Duration.ofNanos(Math.max(LEAST_CLOSE_NANOS, end - System.nanoTime()))));
        } catch (RuntimeException e) {
            LOG.debug("kafka: a consumer did not close well", e);
        }
    }

    private static void endJoining(Consumer<?, ?> consumer, Duration within) {
        long end = System.nanoTime() + within.toNanos();
        try {
            while (consumer.groupMetadata().generationId() <= 0 && System.nanoTime() < end) {
                step(consumer);
            }
        } catch (KafkaException | IllegalStateException e) {
            LOG.debug("kafka: a consumer that was joining does not", e);
        }
    }

    private static void step(Consumer<?, ?> consumer) {
        try {
            consumer.poll(POLL);
        } catch (WakeupException e) {
            LOG.trace("kafka: woken", e);
        }
    }
}

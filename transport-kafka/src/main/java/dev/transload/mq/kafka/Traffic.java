package dev.transload.mq.kafka;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the sends to one topic. Thread-safe.
 *
 * @param <S> a send
 */
final class Traffic<S> {

    final String topic;
    final AtomicInteger waiting = new AtomicInteger();
    final AtomicInteger turn = new AtomicInteger(ThreadLocalRandom.current().nextInt());
    final Map<S, Boolean> inFlight = new ConcurrentHashMap<>();
    final AtomicLong lookedNanos = new AtomicLong();
    volatile long progressNanos;

    Traffic(String topic) {
        this.topic = topic;
    }

    /** The partitions in turn, so that few messages are spread over all consumers, too. */
    @Nullable
    Integer turn(KafkaTopology.TopicState state) {
        return state.partitions() < 2 ? null : Math.floorMod(turn.getAndIncrement(), state.partitions());
    }

    boolean isIdle() {
        return inFlight.isEmpty() && waiting.get() == 0;
    }
}

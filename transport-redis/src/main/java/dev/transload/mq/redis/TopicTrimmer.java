package dev.transload.mq.redis;

import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has topics cut that something was sent to or handled in since the last time: of what all groups have handled, or of
 * what is older than they keep.
 *
 * <p>Thread-safe.
 */
final class TopicTrimmer {

    private static final Logger LOG = LoggerFactory.getLogger(TopicTrimmer.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Commands commander;
    private final RedisTopology topology;
    private final TimeSource time;
    private final Map<String, Place> touched = new ConcurrentHashMap<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile boolean closed;

    TopicTrimmer(Commands commander, RedisTopology topology, TimeSource time) {
        this.commander = commander;
        this.topology = topology;
        this.time = time;
    }

    /** Something was sent to the topic, or handled in it. */
    void touch(Place topic) {
        touched.putIfAbsent(topic.name(), topic);
        if (!scheduled.get() && !closed && scheduled.compareAndSet(false, true)) {
            var unused = time.schedule(PAUSE, this::trim);
        }
    }

    private void trim() {
        scheduled.set(false);
        for (String name : new ArrayList<>(touched.keySet())) {
            Place topic = touched.remove(name);
            if (topic != null && !closed) {
                trim(topic);
            }
        }
    }

    /** Has one topic cut. */
    void trim(Place topic) {
        String stream = topology.stream(topic);
        List<byte[]> keys = new ArrayList<>();
        keys.add(RedisKeys.ephemeral(stream));
        keys.add(RedisKeys.shape(stream));
        keys.addAll(RedisKeys.lanes(stream, topology.lanes(topic)));
        commander.submit(RedisCall.of(
                Script.TRIM,
                RedisCall.Answer.of(
                        cut -> {}, cause -> LOG.debug("redis: topic {} is not trimmed now", topic.name(), cause)),
                keys,
                List.of()));
    }

    void close() {
        closed = true;
    }
}

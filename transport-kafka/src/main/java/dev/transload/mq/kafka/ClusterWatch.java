package dev.transload.mq.kafka;

import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every second whether the cluster answers and the connections are those of the second before, at once when all are
 * gone, and whether the topics this client uses are there and how many partitions they have: Kafka's client tells its user
 * none of it. After each loss of the connection what the client has declared is made again where it is missing.
 *
 * <p>Thread-safe; looks on a control thread, one look at a time.
 */
final class ClusterWatch {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterWatch.class);
    private static final Duration TICK = Duration.ofMillis(100);
    private static final int TICKS = 10;
    private static final int TICKS_WHEN_DOWN = 3;
    /** Whoever has said something since is not lost, only slow, or busy with what else was asked. */
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final int ANSWER_MILLIS = 3_000;
    private static final int MISSES = 2;
    private static final String GONE = "all connections were closed";
    private static final int PATTERNS_EVERY = 3;

    private final KafkaAsk ask;
    private final TimeSource time;
    private final Watched watched;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean up = true;
    /** Of the look under way. */
    private final Map<String, Integer> misses = new HashMap<>();

    private final Links links;
    private final AtomicBoolean looking = new AtomicBoolean();
    /** When anything last came over the connections. */
    private volatile long heardNanos;
    /** Of the ticks. */
    private int glances;

    private int looks;

    /** Who wants to know. */
    interface Watched {
        /** Some tenths of a second have passed. Must not block. */
        void glanced();

        /** Topics to look for. */
        Set<String> topics();

        /** The cluster answers again, or does not. */
        void connected(boolean yes, String why);

        /** The cluster answers again, and may have forgotten: makes what was declared and is not there. */
        void restore() throws ExecutionException, InterruptedException;

        /** A topic is there, with these partitions. */
        void found(String topic, Set<TopicPartition> partitions);

        /** A topic is not there any more. */
        void missing(String topic) throws ExecutionException, InterruptedException;

        /** It is time to look for new topics that match patterns. */
        void lookForPatterns() throws ExecutionException, InterruptedException;
    }

    ClusterWatch(KafkaAsk ask, TimeSource time, Watched watched) {
        this.ask = ask;
        this.time = time;
        this.watched = watched;
        this.links = new Links("admin-client-metrics", ask.admin().metrics());
        this.heardNanos = time.nanos();
    }

    void start() {
        tick();
    }

    boolean isUp() {
        return up;
    }

    private void tick() {
        if (!closed.get()) {
            time.schedule(TICK, this::glance);
        }
    }

    // Asks nobody, so it may be often.
    private void glance() {
        watched.glanced();
        if (links.haveBrought()) {
            heardNanos = time.nanos();
        }
        boolean due = ++glances >= (up ? TICKS : TICKS_WHEN_DOWN) || (up && links.areGone());
        if (due && looking.compareAndSet(false, true)) {
            glances = 0;
            var unused = ask.act("look at the cluster", this::look).whenComplete((done, e) -> looking.set(false));
        }
        tick();
    }

    private void look() throws InterruptedException {
        if (!closed.get() && links.areGone()) {
            changed(false, GONE);
        }
        try {
            Set<String> topics = up ? watched.topics() : Set.of();
            if (topics.isEmpty()) {
                get(ask.admin()
                        .describeCluster(new DescribeClusterOptions().timeoutMs(ANSWER_MILLIS))
                        .nodes());
            } else {
                look(topics);
            }
            if (links.areOthers()) {
                changed(false, GONE);
            }
            if (!up) {
                misses.clear();
                watched.restore();
                changed(true, "connected");
            }
            if (looks++ % PATTERNS_EVERY == 0) {
                watched.lookForPatterns();
            }
        } catch (TimeoutException | ExecutionException e) {
            // A refusal is an answer, too.
            if (!closed.get() && KafkaErrors.isLost(e)) {
                LOG.debug("kafka: the cluster does not answer", e);
                if (links.areGone() || time.nanos() - heardNanos >= SILENT_NANOS) {
                    changed(false, "no answer from the cluster");
                }
            }
        }
    }

    private void look(Set<String> topics) throws ExecutionException, TimeoutException, InterruptedException {
        misses.keySet().retainAll(topics);
        Admin admin = ask.admin();
        Map<String, KafkaFuture<TopicDescription>> answers = admin.describeTopics(
                        TopicCollection.ofTopicNames(topics), new DescribeTopicsOptions().timeoutMs(ANSWER_MILLIS))
                .topicNameValues();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> one : answers.entrySet()) {
            String topic = one.getKey();
            try {
                Set<TopicPartition> partitions = new HashSet<>();
                get(one.getValue()).partitions().forEach(p -> partitions.add(new TopicPartition(topic, p.partition())));
                misses.remove(topic);
                watched.found(topic, partitions);
            } catch (ExecutionException e) {
                if (KafkaErrors.isLost(e)) {
                    throw e;
                }
                if (KafkaErrors.isMissing(e) && misses.merge(topic, 1, Integer::sum) >= MISSES) {
                    watched.missing(topic);
                }
            }
        }
    }

    private static <T> T get(KafkaFuture<T> future) throws ExecutionException, TimeoutException, InterruptedException {
        return future.get(2L * ANSWER_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void changed(boolean now, String why) {
        if (up != now) {
            up = now;
            watched.connected(now, why);
        }
    }

    void close() {
        closed.set(true);
    }
}

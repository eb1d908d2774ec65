package dev.transload.mq.kafka;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/** Makes consumers, with or without a group. Thread-safe. */
final class KafkaConsumers {

    private static final int MOST_RECORDS = 500;
    private static final int LEAST_RECORDS = 10;
    private static final Duration SESSION = Duration.ofSeconds(10);
    /** How long one that comes to others waits for its share at most. */
    private static final Duration SHARE = Duration.ofSeconds(15);
    /** A member of a classic group hears of others that come and go with its next heartbeat only. */
    private static final int HEARTBEAT_MILLIS = 500;

    private static final int LANES_HEARTBEAT_MILLIS = 250;
    /** The shortest that brokers allow unless told otherwise. */
    private static final Duration LANES_SESSION = Duration.ofSeconds(6);
    /** Its loop never waits for handlers, so a member that is away for so long is away for good. */
    private static final int LANES_POLL_MILLIS = 30_000;

    private static final int LANES_RECORDS = 500;
    /**
     * How long a broker holds a fetch that finds nothing. Whatever else is asked over that connection waits as long, such
     * as where lanes that are new to a member go on, and their first fetch.
     */
    private static final int LANES_FETCH_MILLIS = 100;

    private final KafkaOptions options;
    private final String clientId;
    private final boolean consumerProtocol;
    private final BrokerInfo broker;
    private final AtomicInteger made = new AtomicInteger();

    KafkaConsumers(KafkaOptions options, String clientId, BrokerInfo broker) {
        this.options = options;
        this.clientId = clientId;
        this.broker = broker;
        this.consumerProtocol = KafkaCapabilities.consumerProtocol(broker, options);
    }

    /**
     * A consumer that is a member of a group. Values are slices of the buffer that their fetch was read into.
     *
     * @param together whether partitions of one number, of whatever topic, go to one member
     * @param maxCredit how many messages are wanted at a time
     */
    Consumer<byte[], ByteBuffer> member(String group, boolean together, int maxCredit) {
        Map<String, Object> base = base(maxCredit);
        base.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        base.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, (int) Math.max(
                TimeUnit.MINUTES.toMillis(5),
                options.revocationWait().multipliedBy(2).toMillis()));
        if (consumerProtocol) {
            base.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer");
            if (together) {
                base.put(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG, "range");
            }
        } else {
            classic(base, together ? RangeAssignor.class : CooperativeStickyAssignor.class, SESSION);
        }
        return make(base, new ByteBufferDeserializer());
    }

    /**
     * A consumer that is a member of the group of all delay lanes. Whoever may relay delayed messages is in it, so its
     * members come and go with every client there is, and what a lane holds is due whether or not they do. Hence the
     * classic protocol on every broker: it alone lets clients say who has what, see {@link StayingAssignor}, and how
     * often they look, while a broker that decides by itself moves lanes to every client that joins and lets each move
     * wait for two heartbeats, 5 s each unless it is configured otherwise.
     */
    Consumer<byte[], ByteBuffer> lanes(String group) {
        Map<String, Object> base = base(LANES_RECORDS);
        base.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        base.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, LANES_POLL_MILLIS);
        classic(base, StayingAssignor.Assignor.class, LANES_SESSION);
        base.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, LANES_HEARTBEAT_MILLIS);
        base.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, LANES_FETCH_MILLIS);
        return make(base, new ByteBufferDeserializer());
    }

    private void classic(
            Map<String, Object> base, Class<? extends ConsumerPartitionAssignor> assignor, Duration session) {
        base.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        base.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int)
                allowed(session, broker).toMillis());
        base.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, HEARTBEAT_MILLIS);
        base.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, List.of(assignor));
    }

    /** After which silence a member of a group counts as dead. */
    Duration session() {
        return consumerProtocol ? broker.sessionTimeout() : classicSession(SESSION, options, broker);
    }

    /**
     * How long handlers may go on with a partition that goes to another member. In a classic group all members wait for
     * the one that waits, and hear nothing meanwhile; they must not take that for the end of their session.
     *
     * @param maxProcessingTime the longest that any of them may take
     */
    Duration revocationWait(Duration maxProcessingTime) {
        Duration most = revocationWait(options, broker);
        return maxProcessingTime.compareTo(most) < 0 ? maxProcessingTime : most;
    }

    /** The same, whatever handlers may take. */
    static Duration revocationWait(KafkaOptions options, BrokerInfo broker) {
        Duration asked = options.revocationWait();
        if (KafkaCapabilities.consumerProtocol(broker, options)) {
            return asked;
        }
        Duration most = classicSession(SESSION, options, broker).multipliedBy(4).dividedBy(5);
        return asked.compareTo(most) < 0 ? asked : most;
    }

    /**
     * How long one that comes to others waits for its share: two heartbeats and a little, which are a part of a session;
     * what a dead member holds is not waited for so long, nor in a classic group what handlers hold elsewhere.
     */
    Duration shareWait() {
        Duration most = consumerProtocol ? session() : session().dividedBy(2);
        return most.compareTo(SHARE) < 0 ? most : SHARE;
    }

    /** After which silence a member of the group of all delay lanes counts as dead. */
    static Duration lanesSession(KafkaOptions options, BrokerInfo broker) {
        return classicSession(LANES_SESSION, options, broker);
    }

    private static Duration allowed(Duration session, BrokerInfo broker) {
        return session.compareTo(broker.leastSession()) < 0 ? broker.leastSession() : session;
    }

    private static Duration classicSession(Duration unlessGiven, KafkaOptions options, BrokerInfo broker) {
        Object given =
                options.properties(KafkaOptions.Part.CONSUMER, Map.of()).get(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG);
        try {
            return given instanceof String text
                    ? Duration.ofMillis(Long.parseLong(text))
                    : allowed(unlessGiven, broker);
        } catch (NumberFormatException e) {
            return allowed(unlessGiven, broker); // the client refuses it in a moment
        }
    }

    /**
     * A consumer that is a member of a share group. Values are slices of the buffer that their fetch was read into.
     *
     * @param records most records of one poll
     */
    ShareConsumer<byte[], ByteBuffer> sharing(String group, int records) {
        Map<String, Object> base = common();
        base.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        base.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, records);
        base.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
        base.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
        // It does not poll while there is no credit; what it holds is watched by the time it is lent for.
        base.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, Integer.MAX_VALUE);
        base.put(ConsumerConfig.CONNECTIONS_MAX_IDLE_MS_CONFIG, (long) Integer.MAX_VALUE);
        return new KafkaShareConsumer<>(
                options.properties(KafkaOptions.Part.CONSUMER, base),
                new ByteArrayDeserializer(),
                new ByteBufferDeserializer());
    }

    /** A consumer that reads partitions by itself, for long. */
    Consumer<byte[], ByteBuffer> reading(int maxCredit) {
        return make(base(maxCredit), new ByteBufferDeserializer());
    }

    /** One that reads some of them once. */
    Consumer<byte[], byte[]> alone(int maxCredit) {
        return make(base(maxCredit), new ByteArrayDeserializer());
    }

    private Map<String, Object> base(int maxCredit) {
        Map<String, Object> base = common();
        base.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        base.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        base.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        base.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Math.max(LEAST_RECORDS, Math.min(MOST_RECORDS, maxCredit)));
        return base;
    }

    private Map<String, Object> common() {
        Map<String, Object> base = new HashMap<>();
        base.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId + "-receive-" + made.incrementAndGet());
        base.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        base.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 30_000);
        base.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 15_000);
        base.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 15_000);
        base.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        base.put(ConsumerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        base.put(ConsumerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        return base;
    }

    private <V> Consumer<byte[], V> make(Map<String, Object> base, Deserializer<V> values) {
        return new KafkaConsumer<>(
                options.properties(KafkaOptions.Part.CONSUMER, base), new ByteArrayDeserializer(), values);
    }
}

package dev.transload.mq.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Makes consumers, with or without a group. Thread-safe. */
final class KafkaConsumers {

    private static final int MOST_RECORDS = 500;
    private static final int LEAST_RECORDS = 10;
    private static final int SESSION_MILLIS = 10_000;
    private static final int HEARTBEAT_MILLIS = 3_000;

    private final KafkaOptions options;
    private final String clientId;
    private final boolean consumerProtocol;
    private final AtomicInteger made = new AtomicInteger();

    KafkaConsumers(KafkaOptions options, String clientId, boolean consumerProtocol) {
        this.options = options;
        this.clientId = clientId;
        this.consumerProtocol = consumerProtocol;
    }

    /**
     * A consumer that is a member of a group.
     *
     * @param together whether partitions of one number, of whatever topic, go to one member
     * @param maxCredit how many messages are wanted at a time
     */
    Consumer<byte[], byte[]> member(String group, boolean together, int maxCredit) {
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
            base.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
            base.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
            base.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, HEARTBEAT_MILLIS);
            base.put(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                    List.of(together ? RangeAssignor.class.getName() : CooperativeStickyAssignor.class.getName()));
        }
        return make(base);
    }

    /** After which silence a member of a group counts as dead. */
    Duration session(BrokerInfo broker) {
        Object given =
                options.properties(KafkaOptions.Part.CONSUMER, Map.of()).get(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG);
        if (consumerProtocol || !(given instanceof String text)) {
            return consumerProtocol ? broker.sessionTimeout() : Duration.ofMillis(SESSION_MILLIS);
        }
        try {
            return Duration.ofMillis(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return Duration.ofMillis(SESSION_MILLIS); // the client refuses it in a moment
        }
    }

    /** A consumer that reads partitions by itself. */
    Consumer<byte[], byte[]> alone(int maxCredit) {
        return make(base(maxCredit));
    }

    private Map<String, Object> base(int maxCredit) {
        Map<String, Object> base = new HashMap<>();
        base.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId + "-receive-" + made.incrementAndGet());
        base.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        base.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        base.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        base.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        base.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Math.max(LEAST_RECORDS, Math.min(MOST_RECORDS, maxCredit)));
        base.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 30_000);
        base.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 15_000);
        base.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 15_000);
        base.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        base.put(ConsumerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        base.put(ConsumerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        return base;
    }

    private Consumer<byte[], byte[]> make(Map<String, Object> base) {
        return new KafkaConsumer<>(
                options.properties(KafkaOptions.Part.CONSUMER, base),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}

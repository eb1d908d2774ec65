package dev.transload.mq.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes producers. */
final class KafkaProducers {

    private static final Duration DELIVERY_TIMEOUT = Duration.ofMinutes(10);

    /** Of 1 KiB each they are half more than the longest request takes with a broker's defaults; see ADR 0020. */
    private static final int SENDS_PER_REQUEST = 1_500;

    /** With more an idempotent producer does not keep the order of a partition. */
    private static final int MOST_REQUESTS = 5;

    private KafkaProducers() {}

    /** A producer that keeps the order of each partition through its own retries, and never lets a caller wait. */
    static Producer<byte[], byte[]> make(
            KafkaOptions options, String clientId, BrokerInfo broker, int maxOutstandingSends) {
        Map<String, Object> base = new HashMap<>();
        base.put(ProducerConfig.CLIENT_ID_CONFIG, clientId + "-send");
        base.put(ProducerConfig.ACKS_CONFIG, "all");
        base.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        base.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0);
        base.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) DELIVERY_TIMEOUT.toMillis());
        base.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 15_000);
        base.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, broker.maxRecordBytes());
        base.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L << 20);
        base.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 << 10);
        base.put(ProducerConfig.SEND_BUFFER_CONFIG, -1); // the system's, which grows: 128 KiB is an eighth of a request
        base.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        // Without a linger, what is sent while requests are under way gathers for the next: a message that comes alone
        // goes at once, many go in full batches.
        base.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, requestsAtOnce(maxOutstandingSends));
        base.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, TimeUnit.DAYS.toMillis(1));
        base.put(ProducerConfig.METADATA_MAX_AGE_CONFIG, 30_000);
        base.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        base.put(ProducerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        base.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        return new KafkaProducer<>(
                options.properties(KafkaOptions.Part.PRODUCER, base),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** More requests at once would each take the few messages that have come since the last. */
    static int requestsAtOnce(int maxOutstandingSends) {
        return Math.max(1, Math.min(maxOutstandingSends / SENDS_PER_REQUEST, MOST_REQUESTS));
    }
}

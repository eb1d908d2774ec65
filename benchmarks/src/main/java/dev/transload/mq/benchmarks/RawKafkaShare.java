package dev.transload.mq.benchmarks;

import dev.transload.mq.benchmarks.Meter.Sample;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Consuming in a share group by hand on Kafka's Java client, tuned: whole batches unless it may hold fewer, an explicit ack
 * for each record, told without waiting. It does nothing else.
 */
final class RawKafkaShare implements Stack {

    /** As many as the SDK gives a topic that a share group reads. */
    private static final int PARTITIONS = 1;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final String name;
    private final String bootstrap;
    private final int most;
    private final Admin admin;

    /**
     * @param most most records that it holds, or 0 for whole batches, as many as the client takes unless told otherwise
     */
    RawKafkaShare(String name, String bootstrap, int most) throws Exception {
        this.name = name;
        this.most = most;
        this.bootstrap = bootstrap;
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
        RawKafka.create(admin, queue(), PARTITIONS);
        startAtTheBeginning();
    }

    // The coordinator hears of a topic that was made just now a moment later.
    private void startAtTheBeginning() throws Exception {
        Map<TopicPartition, Long> start = Map.of(new TopicPartition(queue(), 0), 0L);
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                admin.alterShareGroupOffsets(queue(), start).all().get();
                return;
            } catch (ExecutionException failed) {
                if (!(failed.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > deadline) {
                    throw failed;
                }
                LockSupport.parkNanos(AGAIN_NANOS);
            }
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String queue() {
        return "bench-" + name;
    }

    @Override
    public Sample consume(int messages) {
        Meter meter = new Meter();
        int handled = 0;
        long deadline = System.nanoTime() + LIMIT.toNanos();
        try (ShareConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.subscribe(List.of(queue()));
            while (handled < messages) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                if (records.isEmpty() && System.nanoTime() > deadline) {
                    throw new IllegalStateException(name + " consumed only " + handled + " of " + messages);
                }
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    if (record.value() != null && handled++ == 0) {
                        meter.start();
                    }
                    consumer.acknowledge(record, AcknowledgeType.ACCEPT);
                }
                if (handled < messages) {
                    consumer.commitAsync();
                } else {
                    consumer.commitSync();
                }
            }
            meter.stop();
        }
        return meter.sample(messages, new long[0]);
    }

    private ShareConsumer<byte[], byte[]> consumer() {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("group.id", queue());
        settings.put("share.acknowledgement.mode", "explicit");
        if (most > 0) {
            settings.put("share.acquire.mode", "record_limit");
            settings.put("max.poll.records", most);
        }
        return new KafkaShareConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Sample send(int messages, byte[] body) {
        throw consumesOnly();
    }

    @Override
    public Sample sendOneByOne(int messages, byte[] body) {
        throw consumesOnly();
    }

    @Override
    public Sample request(int messages, byte[] body) {
        throw consumesOnly();
    }

    private static UnsupportedOperationException consumesOnly() {
        return new UnsupportedOperationException("share groups are compared by --work consume only");
    }

    @Override
    public void close() throws Exception {
        admin.deleteShareGroups(List.of(queue())).all().get();
        admin.deleteTopics(List.of(queue())).all().get();
        admin.close();
    }
}

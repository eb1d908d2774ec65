package dev.transload.mq.kafka;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.AcknowledgementCommitCallback;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidRecordStateException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/** A share consumer whose batches a test brings, and which remembers what it was told. One thread and the test use it. */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // a poll waits, and the test goes on meanwhile
final class FakeShareConsumer extends MockShareConsumer<byte[], ByteBuffer> {

    static final TopicPartition PARTITION = new TopicPartition("q", 0);
    private static final TopicIdPartition ANSWERED = new TopicIdPartition(Uuid.randomUuid(), PARTITION);
    private static final List<ConsumerRecord<byte[], ByteBuffer>> WOKEN = new ArrayList<>();

    final int size;
    final List<String> told = new CopyOnWriteArrayList<>();
    volatile boolean refusing;
    volatile boolean closed;
    volatile boolean polling;
    volatile long lockMillis = 60_000;

    private final BlockingQueue<List<ConsumerRecord<byte[], ByteBuffer>>> batches = new LinkedBlockingQueue<>();
    private final Map<Long, AcknowledgeType> put = new HashMap<>();
    private final Map<Long, ConsumerRecord<byte[], ByteBuffer>> held = new HashMap<>();
    private final List<ConsumerRecord<byte[], ByteBuffer>> renewed = new ArrayList<>();
    private final Map<Long, AcknowledgeType> riding = new HashMap<>();
    private @Nullable AcknowledgementCommitCallback callback;

    /** How often it was asked to commit outcomes. */
    final AtomicInteger commits = new AtomicInteger();

    FakeShareConsumer(int size) {
        this.size = size;
    }

    /** Records with these offsets come. */
    void bring(long... offsets) {
        List<ConsumerRecord<byte[], ByteBuffer>> batch = new ArrayList<>();
        for (long offset : offsets) {
            batch.add(new ConsumerRecord<>(
                    PARTITION.topic(), PARTITION.partition(), offset, null, ByteBuffer.allocate(0)));
        }
        batches.add(batch);
    }

    @Override
    public ConsumerRecords<byte[], ByteBuffer> poll(Duration most) {
        commitAsync();
        ride();
        List<ConsumerRecord<byte[], ByteBuffer>> batch = renewed.isEmpty() ? next(most) : List.copyOf(renewed);
        renewed.clear();
        if (batch == WOKEN) {
            throw new WakeupException();
        }
        batch.forEach(record -> held.put(record.offset(), record));
        return batch.isEmpty() ? ConsumerRecords.empty() : new ConsumerRecords<>(Map.of(PARTITION, batch), Map.of());
    }

    private List<ConsumerRecord<byte[], ByteBuffer>> next(Duration most) {
        polling = true;
        try {
            List<ConsumerRecord<byte[], ByteBuffer>> batch = batches.poll(most.toMillis(), TimeUnit.MILLISECONDS);
            return batch == null ? List.of() : batch;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            polling = false;
        }
    }

    private void ride() {
        put.forEach((offset, type) -> told.add(offset + " " + type.name() + " by a poll"));
        riding.putAll(put);
        put.clear();
    }

    @Override
    public void wakeup() {
        batches.add(WOKEN);
    }

    @Override
    public void acknowledge(ConsumerRecord<byte[], ByteBuffer> record, AcknowledgeType type) {
        put.put(record.offset(), type);
    }

    @Override
    public Map<TopicIdPartition, Optional<KafkaException>> commitSync(Duration most) {
        Map<Long, AcknowledgeType> now = Map.copyOf(put);
        put.clear();
        if (!now.isEmpty()) {
            commits.incrementAndGet();
        }
        now.forEach((offset, type) -> {
            this.told.add(offset + " " + type.name());
            ConsumerRecord<byte[], ByteBuffer> record = held.remove(offset);
            if (type == AcknowledgeType.RENEW && record != null && !refusing) {
                renewed.add(record);
            }
        });
        AcknowledgementCommitCallback answer = callback;
        if (answer != null && !now.isEmpty()) {
            Exception failure = refusing ? new InvalidRecordStateException("not yours") : null;
            answer.onComplete(Map.of(ANSWERED, Set.copyOf(now.keySet())), failure);
        }
        return Map.of();
    }

    /** Passes on the answers to what rode. */
    @Override
    public void commitAsync() {
        AcknowledgementCommitCallback answer = callback;
        if (answer != null && !riding.isEmpty()) {
            Set<Long> offsets = Set.copyOf(riding.keySet());
            riding.clear();
            answer.onComplete(Map.of(ANSWERED, offsets), null);
        }
    }

    @Override
    public void setAcknowledgementCommitCallback(AcknowledgementCommitCallback callback) {
        this.callback = callback;
    }

    @Override
    public Optional<Integer> acquisitionLockTimeoutMs() {
        return Optional.of((int) lockMillis);
    }

    @Override
    public Map<MetricName, ? extends Metric> metrics() {
        return Map.of();
    }

    @Override
    public void close(Duration most) {
        closed = true;
    }
}

package dev.transload.mq.benchmarks;

import dev.transload.mq.benchmarks.Meter.Sample;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** The work by hand on Kafka's Java client, tuned: large batches, a commit per poll. */
final class RawKafka implements Stack, Contest.Filler {

    /** As many as the SDK gives a topic unless told otherwise. */
    static final int PARTITIONS = 8;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final String name;
    private final String bootstrap;
    private final Admin admin;
    private final boolean described;
    private final int bound;
    private final Producer<byte[], byte[]> batching;
    private final Producer<byte[], byte[]> prompt;
    private @Nullable RawKafkaRequests requests;

    /** One that gives its messages nothing, bounded by the producer's memory. */
    static RawKafka plain(String name, String bootstrap) throws Exception {
        return new RawKafka(name, bootstrap, false, 0);
    }

    /**
     * One that gives each message what the SDK gives to every one, an id, beside the time that every record has, and knows
     * it by its id when it fails.
     */
    static RawKafka described(String name, String bootstrap) throws Exception {
        return new RawKafka(name, bootstrap, true, 0);
    }

    /** One that has as many messages on their way as the SDK at most, and gathers them as it does. */
    static RawKafka bounded(String name, String bootstrap, int bound) throws Exception {
        return new RawKafka(name, bootstrap, false, bound);
    }

    private RawKafka(String name, String bootstrap, boolean described, int bound) throws Exception {
        this.name = name;
        this.described = described;
        this.bound = bound;
        this.bootstrap = bootstrap;
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
        this.batching = bound == 0 ? producer(bootstrap, 5) : gathering(bootstrap);
        this.prompt = producer(bootstrap, 0);
        create(admin, queue(), PARTITIONS);
    }

    private static Producer<byte[], byte[]> gathering(String bootstrap) {
        Map<String, Object> settings = settings(bootstrap, 0);
        settings.put("batch.size", 131_072);
        settings.put("max.in.flight.requests.per.connection", 1);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    static Producer<byte[], byte[]> producer(String bootstrap, int lingerMillis) {
        return new KafkaProducer<>(
                settings(bootstrap, lingerMillis), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static Map<String, Object> settings(String bootstrap, int lingerMillis) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("acks", "all");
        settings.put("enable.idempotence", true);
        settings.put("linger.ms", lingerMillis);
        settings.put("batch.size", 65_536);
        settings.put("buffer.memory", 67_108_864L);
        return settings;
    }

    static Consumer<byte[], byte[]> consumer(String bootstrap, Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("bootstrap.servers", bootstrap);
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "earliest");
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    static void create(Admin admin, String topic, int partitions) throws Exception {
        try {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) -1)))
                    .all()
                    .get();
        } catch (ExecutionException failed) {
            if (!(failed.getCause() instanceof TopicExistsException)) {
                throw failed;
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
    public void fill(String queue, int messages, byte[] body) {
        byte[] id = Stack.newId().getBytes(StandardCharsets.UTF_8);
        RecordHeaders headers = new RecordHeaders();
        headers.add("mq-id", id);
        publish(messages, () -> new ProducerRecord<>(queue, null, null, null, body, headers));
    }

    /** What is sent next. */
    @FunctionalInterface
    private interface Next {
        ProducerRecord<byte[], byte[]> record();
    }

    /** Sends without waiting, as far as the producer's memory goes, and ends when all are confirmed. */
    private void publish(int messages, Next next) {
        AtomicReference<Exception> failure = new AtomicReference<>();
        Callback confirmed = (metadata, failed) -> {
            if (failed != null) {
                failure.set(failed);
            }
        };
        for (int i = 0; i < messages; i++) {
            var unused = batching.send(next.record(), confirmed);
        }
        batching.flush();
        if (failure.get() != null) {
            throw new IllegalStateException(name + " could not send", failure.get());
        }
    }

    /** Sends with so many unconfirmed at most; at the bound it waits until a quarter of them is confirmed. */
    private void publishBounded(int messages, byte[] body) {
        AtomicReference<Exception> failure = new AtomicReference<>();
        AtomicInteger unconfirmed = new AtomicInteger();
        Thread sender = Thread.currentThread();
        int goOn = bound - bound / 4;
        Callback confirmed = (metadata, failed) -> {
            if (failed != null) {
                failure.set(failed);
            }
            if (unconfirmed.decrementAndGet() == goOn) {
                LockSupport.unpark(sender);
            }
        };
        for (int i = 0; i < messages; i++) {
            if (unconfirmed.get() >= bound) {
                while (unconfirmed.get() > goOn) {
                    LockSupport.park(this);
                }
            }
            unconfirmed.getAndIncrement();
            var unused = batching.send(new ProducerRecord<>(queue(), body), confirmed);
        }
        batching.flush();
        if (failure.get() != null) {
            throw new IllegalStateException(name + " could not send", failure.get());
        }
    }

    private void publishDescribed(int messages, byte[] body) {
        Map<String, Exception> failures = new ConcurrentHashMap<>();
        for (int i = 0; i < messages; i++) {
            String id = Stack.newId();
            var unused = batching.send(described(id, body), (metadata, failed) -> {
                if (failed != null) {
                    failures.put(id, failed);
                }
            });
        }
        batching.flush();
        if (!failures.isEmpty()) {
            throw new IllegalStateException(name + " could not send " + failures);
        }
    }

    private ProducerRecord<byte[], byte[]> described(String id, byte[] body) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(queue(), body);
        record.headers().add("mq-id", id.getBytes(StandardCharsets.UTF_8));
        return record;
    }

    @Override
    public Sample send(int messages, byte[] body) {
        Meter meter = new Meter();
        String queue = queue();
        meter.start();
        if (described) {
            publishDescribed(messages, body);
        } else if (bound > 0) {
            publishBounded(messages, body);
        } else {
            publish(messages, () -> new ProducerRecord<>(queue, body));
        }
        meter.stop();
        return meter.sample(messages, new long[0]);
    }

    @Override
    public Sample consume(int messages) {
        Meter meter = new Meter();
        int handled = 0;
        long deadline = System.nanoTime() + LIMIT.toNanos();
        try (Consumer<byte[], byte[]> consumer =
                consumer(bootstrap, Map.of("group.id", queue(), "group.protocol", "consumer"))) {
            consumer.subscribe(List.of(queue()));
            while (handled < messages) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                if (records.isEmpty()) {
                    if (System.nanoTime() > deadline) {
                        throw new IllegalStateException(name + " consumed only " + handled + " of " + messages);
                    }
                    continue;
                }
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    if (record.value() != null && handled++ == 0) {
                        meter.start();
                    }
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

    @Override
    public Sample sendOneByOne(int messages, byte[] body) throws Exception {
        Meter meter = new Meter();
        long[] latencies = new long[messages];
        meter.start();
        for (int i = 0; i < messages; i++) {
            long start = System.nanoTime();
            prompt.send(described ? described(Stack.newId(), body) : new ProducerRecord<>(queue(), body))
                    .get();
            latencies[i] = System.nanoTime() - start;
        }
        meter.stop();
        return meter.sample(messages, latencies);
    }

    @Override
    public Sample request(int messages, byte[] body) throws Exception {
        RawKafkaRequests asking = requests;
        if (asking == null) {
            asking = new RawKafkaRequests(queue(), bootstrap, admin, prompt);
            requests = asking;
        }
        return asking.ask(messages, body);
    }

    @Override
    public void close() throws Exception {
        if (requests != null) {
            requests.close();
        }
        batching.close();
        prompt.close();
        admin.deleteTopics(List.of(queue())).all().get();
        admin.close();
    }
}

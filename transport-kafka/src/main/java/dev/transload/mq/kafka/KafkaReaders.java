package dev.transload.mq.kafka;

import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.TransportContext;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * All that this client receives with outside groups: ephemeral groups, and the reply inbox.
 *
 * <p>Thread-safe.
 */
final class KafkaReaders {

    private final TransportContext context;
    private final KafkaAsk ask;
    private final KafkaTopology topology;
    private final KafkaConsumers consumers;
    private final TopicPatterns patterns;
    private final Map<KafkaReader, Reading> readers = new ConcurrentHashMap<>();
    private final AtomicInteger threads = new AtomicInteger();

    private volatile boolean closed;

    KafkaReaders(
            TransportContext context,
            KafkaAsk ask,
            KafkaTopology topology,
            KafkaConsumers consumers,
            TopicPatterns patterns) {
        this.context = context;
        this.ask = ask;
        this.topology = topology;
        this.consumers = consumers;
        this.patterns = patterns;
    }

    /**
     * What a reader reads.
     *
     * @param topic a topic or a pattern, or empty text for a fixed partition
     */
    private record Reading(String topic) {}

    /** Reads a topic, or those of a pattern, from now on. Blocks. */
    KafkaReader readFromNow(ReceiveSpec spec, Sink sink) throws ExecutionException, InterruptedException {
        String topic =
                spec.from().topic() == null ? spec.from().name() : spec.from().topic();
        Set<String> topics = spec.pattern() ? patterns.matching(topic) : Set.of(topic);
        List<TopicPartition> partitions = ask.partitions(topics);
        if (partitions.isEmpty() && !spec.pattern()) {
            throw new dev.transload.mq.DestinationNotFoundException("kafka: there is no topic " + topic, null);
        }
        return read(spec.maxCredit(), sink, null, record -> true, KafkaMessages::read, partitions, topic);
    }

    /** Opens a reply inbox: one partition of a topic that all clients share, read from now on. Blocks. */
    Receiver openInbox(Sink sink) throws ExecutionException, InterruptedException {
        int partitions = topology.declareReplies();
        String inbox = context.clientId() + "-" + UUID.randomUUID().toString().substring(0, 8);
        TopicPartition partition = new TopicPartition(KafkaNames.REPLIES, Math.floorMod(inbox.hashCode(), partitions));
        String address = new KafkaNames.ReplyAddress(KafkaNames.REPLIES, partition.partition(), inbox).text();
        // Who asked has the reply decoded at once, so it does not keep its fetch.
        return read(1_000, sink, address, record -> isFor(inbox, record), KafkaMessages::late, List.of(partition), "");
    }

    private static boolean isFor(String inbox, ConsumerRecord<byte[], ByteBuffer> record) {
        String named = KafkaMessages.last(record.headers(), KafkaMessages.INBOX);
        return named == null || named.equals(inbox);
    }

    private KafkaReader read(
            int maxCredit,
            Sink sink,
            @Nullable String replyTo,
            Predicate<ConsumerRecord<byte[], ByteBuffer>> wanted,
            Function<ConsumerRecord<byte[], ByteBuffer>, Message> messages,
            List<TopicPartition> partitions,
            String topic) {
        Consumer<byte[], ByteBuffer> consumer = consumers.reading(maxCredit);
        KafkaReader reader = new KafkaReader(
                consumer, context.time(), sink, maxCredit, replyTo, wanted, messages, this::readerEnded);
        try {
            reader.start(partitions, "mq-kafka-read-" + threads.incrementAndGet());
        } catch (RuntimeException e) {
            consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
            throw e;
        }
        readers.put(reader, new Reading(topic));
        if (closed) {
            var unused = reader.close(Duration.ZERO);
        }
        return reader;
    }

    private void readerEnded(KafkaReader reader, @Nullable Throwable cause) {
        readers.remove(reader);
        if (cause != null) {
            MessagingException failure = KafkaErrors.operation("read", cause);
            reader.outlet().tell(() -> reader.outlet().sink().failed(failure));
        }
    }

    /** All topics that are read, as far as they have names. */
    Set<String> topics() {
        Set<String> topics = new LinkedHashSet<>();
        readers.values().forEach(reading -> {
            if (!reading.topic().isEmpty() && !KafkaNames.isPattern(reading.topic())) {
                topics.add(reading.topic());
            }
        });
        return topics;
    }

    /** A topic is there. */
    void found(String topic, Set<TopicPartition> partitions) {
        readers.forEach((reader, reading) -> {
            if (reading.topic().equals(topic)) {
                reader.reads(partitions);
            }
        });
    }

    void lookForPatterns() throws ExecutionException, InterruptedException {
        for (Map.Entry<KafkaReader, Reading> one : readers.entrySet()) {
            if (KafkaNames.isPattern(one.getValue().topic())) {
                one.getKey()
                        .reads(ask.partitions(patterns.matching(one.getValue().topic())));
            }
        }
    }

    /** Closes all. */
    CompletableFuture<Void> close(Duration timeout) {
        closed = true;
        return CompletableFuture.allOf(
                readers.keySet().stream().map(reader -> reader.close(timeout)).toArray(CompletableFuture<?>[]::new));
    }
}

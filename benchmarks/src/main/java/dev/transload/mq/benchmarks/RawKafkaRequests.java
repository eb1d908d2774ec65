package dev.transload.mq.benchmarks;

import dev.transload.mq.benchmarks.Meter.Sample;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/**
 * Requests by hand: a topic of requests with one who answers on a thread of its own, and a partition for the replies
 * that is assigned before the first request.
 */
final class RawKafkaRequests implements AutoCloseable {

    private static final String CORRELATION = "correlation";
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final String requests;
    private final String replies;
    private final Admin admin;
    private final Producer<byte[], byte[]> asking;
    private final Producer<byte[], byte[]> answering;
    private final Consumer<byte[], byte[]> asked;
    private final Consumer<byte[], byte[]> answered;
    private final Thread server;
    private volatile boolean closing;

    RawKafkaRequests(String name, String bootstrap, Admin admin, Producer<byte[], byte[]> asking) throws Exception {
        this.requests = name + "-requests";
        this.replies = name + "-replies";
        this.admin = admin;
        this.asking = asking;
        RawKafka.create(admin, requests, RawKafka.PARTITIONS);
        RawKafka.create(admin, replies, 1);
        this.answering = RawKafka.producer(bootstrap, 0);
        this.asked = RawKafka.consumer(bootstrap, Map.of("group.id", requests, "group.protocol", "consumer"));
        this.answered = RawKafka.consumer(bootstrap, Map.of());
        answered.assign(List.of(new TopicPartition(replies, 0)));
        this.server = new Thread(this::answer, "bench-" + name + "-answers");
        server.setDaemon(true);
        server.start();
    }

    Sample ask(int messages, byte[] body) {
        answered.seekToEnd(answered.assignment());
        answered.assignment().forEach(answered::position);
        Meter meter = new Meter();
        long[] latencies = new long[messages];
        meter.start();
        for (int i = 0; i < messages; i++) {
            long start = System.nanoTime();
            String correlation = Integer.toString(i);
            ProducerRecord<byte[], byte[]> request = new ProducerRecord<>(requests, body);
            request.headers().add(CORRELATION, correlation.getBytes(StandardCharsets.UTF_8));
            var unused = asking.send(request);
            awaitReply(correlation, start + LIMIT.toNanos());
            latencies[i] = System.nanoTime() - start;
        }
        meter.stop();
        return meter.sample(messages, latencies);
    }

    private void awaitReply(String correlation, long deadline) {
        while (true) {
            for (ConsumerRecord<byte[], byte[]> reply : answered.poll(POLL)) {
                if (correlation.equals(correlation(reply))) {
                    return;
                }
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("no reply to " + requests);
            }
        }
    }

    private static String correlation(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.headers().lastHeader(CORRELATION).value(), StandardCharsets.UTF_8);
    }

    private void answer() {
        try {
            asked.subscribe(List.of(requests));
            while (!closing) {
                ConsumerRecords<byte[], byte[]> polled = asked.poll(POLL);
                for (ConsumerRecord<byte[], byte[]> request : polled) {
                    var unused = answering.send(new ProducerRecord<byte[], byte[]>(
                            replies, null, null, request.value(), request.headers()));
                }
                if (!polled.isEmpty()) {
                    asked.commitAsync();
                }
            }
        } catch (WakeupException closed) {
            // The end was asked for.
        } finally {
            asked.close();
        }
    }

    @Override
    public void close() throws Exception {
        closing = true;
        asked.wakeup();
        server.join(LIMIT.toMillis());
        answered.close();
        answering.close();
        admin.deleteTopics(List.of(requests, replies)).all().get();
    }
}

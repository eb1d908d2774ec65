package dev.transload.mq.kafka;

import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** All that this client receives by share groups. Thread-safe. */
final class ShareReceivers {

    private final KafkaAsk ask;
    private final KafkaConsumers consumers;
    private final TopicPatterns patterns;
    private final TimeSource time;
    private final Set<ShareReceiver> receivers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger threads = new AtomicInteger();

    ShareReceivers(KafkaAsk ask, KafkaConsumers consumers, TopicPatterns patterns, TimeSource time) {
        this.ask = ask;
        this.consumers = consumers;
        this.patterns = patterns;
        this.time = time;
    }

    /** Starts to receive. Blocks for the broker. */
    ShareReceiver receive(ReceiveSpec spec, Sink sink, Set<String> topics)
            throws ExecutionException, InterruptedException {
        Set<String> divided = ask.partitions(topics).stream()
                .filter(partition -> partition.partition() > 0)
                .map(TopicPartition::topic)
                .collect(Collectors.toSet());
        ShareReceiver receiver = new ShareReceiver(spec, sink, topics, divided, time, this::slot, this::ended);
        receivers.add(receiver);
        receiver.start();
        return receiver;
    }

    private ShareSlot slot(ShareReceiver receiver, int size, int needs) {
        String group = KafkaNames.group(receiver.spec().from());
        return new ShareSlot(
                receiver,
                size,
                needs,
                () -> consumers.sharing(group, size),
                "mq-kafka-share-" + threads.incrementAndGet());
    }

    private void ended(ShareReceiver receiver, @Nullable Throwable cause) {
        if (receivers.remove(receiver) && cause != null) {
            fail(
                    receiver,
                    KafkaErrors.operation(
                            "receive from " + receiver.spec().from().name(), cause));
        }
    }

    private static void fail(ShareReceiver receiver, MessagingException why) {
        receiver.outlet().tell(() -> receiver.outlet().sink().failed(why));
    }

    /** All topics that are read. */
    Set<String> topics() {
        Set<String> all = new LinkedHashSet<>();
        receivers.forEach(receiver -> all.addAll(receiver.topics()));
        return all;
    }

    /** A topic is there, with so many partitions. */
    void found(String topic, int partitions) {
        receivers.forEach(receiver -> receiver.found(topic, partitions));
    }

    /** A topic is gone: whoever receives from the place it stands for has nothing left. */
    void missing(String topic, MessagingException why) {
        for (ShareReceiver receiver : List.copyOf(receivers)) {
            if (KafkaNames.topic(receiver.spec().from()).equals(topic) && receivers.remove(receiver)) {
                var unused = receiver.close(Duration.ofSeconds(1));
                fail(receiver, why);
            }
        }
    }

    /** The place is about to be deleted: its receivers end. Returns what is done when they have. */
    List<CompletableFuture<Void>> deleted(Place place, Duration within) {
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (ShareReceiver receiver : List.copyOf(receivers)) {
            if (receiver.spec().from().name().equals(place.name()) && receivers.remove(receiver)) {
                ends.add(receiver.close(within));
                fail(receiver, new DestinationNotFoundException("kafka: " + place.name() + " was deleted", null));
            }
        }
        return ends;
    }

    /** Looks at what the receivers' consumers do. To be called now and then, seconds apart. */
    void look() {
        for (ShareReceiver receiver : List.copyOf(receivers)) {
            receiver.look();
            receiver.lookAtPolls();
        }
    }

    void lookForPatterns() throws ExecutionException, InterruptedException {
        for (ShareReceiver receiver : List.copyOf(receivers)) {
            String pattern = receiver.spec().from().topic();
            if (receiver.spec().pattern() && pattern != null) {
                Set<String> topics = KafkaReceiver.topics(receiver.spec());
                topics.addAll(patterns.matching(pattern));
                receiver.reads(topics);
            }
        }
    }

    /** Begins to close all. */
    List<CompletableFuture<Void>> close(Duration timeout) {
        return receivers.stream().map(receiver -> receiver.close(timeout)).toList();
    }
}

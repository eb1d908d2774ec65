package dev.transload.mq.tck;

import dev.transload.mq.Outbound;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Topic;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Finds out whether a transport does what it is made to claim: the core of the rule of each thing it may refuse. */
final class WorksAnyway {

    private static final Duration HANDLING = Duration.ofMillis(30);

    private WorksAnyway() {}

    /** Whether it works, claimed or declared. What the transport throws means that it does not. */
    static boolean works(Tck t, Refusable what) {
        Pretence pretence = Pretence.with(what.capability());
        try {
            return switch (what) {
                case TOPICS -> topics(t, t.through(pretence));
                case ORDER -> order(t, t.through(pretence), t.through(pretence));
                case REPLAY -> replay(t, t.through(pretence));
                case PATTERNS -> patterns(t, t.through(pretence));
            };
        } catch (RuntimeException refused) {
            return false;
        }
    }

    private static boolean topics(Tck t, MqClient mq) {
        Topic<String> topic = t.topic();
        Seen<String> one = t.seen();
        Seen<String> two = t.seen();
        mq.subscribe(topic.group("one"), one);
        mq.subscribe(topic.group("two"), two);
        mq.send(topic, "x");
        return t.soon(() -> one.count() == 1 && two.count() == 1);
    }

    // Two consumers that could run side by side: without lanes they do.
    private static boolean order(Tck t, MqClient mq, MqClient other) {
        Queue<String> queue = t.orderedQueue();
        List<String> order = new CopyOnWriteArrayList<>();
        AtomicInteger running = new AtomicInteger();
        AtomicBoolean together = new AtomicBoolean();
        SubscribeOptions options =
                SubscribeOptions.builder().concurrency(2).prefetch(2).build();
        for (MqClient each : List.of(mq, other)) {
            each.subscribe(
                    queue,
                    t.seen(delivery -> {
                        together.compareAndSet(false, running.incrementAndGet() > 1);
                        t.busy(HANDLING);
                        order.add(delivery.payload());
                        running.decrementAndGet();
                    }),
                    options);
        }
        List<String> sent = IntStream.range(0, 20).mapToObj(i -> "m" + i).toList();
        mq.sendAll(
                queue,
                sent.stream()
                        .map(text -> new Outbound<>(text, SendOptions.key("k")))
                        .toList());
        return t.soon(() -> order.size() == sent.size()) && order.equals(sent) && !together.get();
    }

    private static boolean replay(Tck t, MqClient mq) {
        Topic<String> topic = t.remove(Topic.of(t.name(), String.class).retained(Duration.ofHours(1)));
        mq.send(topic, "before");
        Seen<String> seen = t.seen();
        mq.subscribe(topic.group("late").fromBeginning(), seen);
        return t.soon(() -> seen.payloads().contains("before"));
    }

    private static boolean patterns(Tck t, MqClient mq) {
        String name = t.name();
        Topic<String> topic = t.remove(Topic.of(name + ".a", String.class));
        mq.admin().create(topic);
        Seen<String> seen = t.seen();
        mq.subscribe(Topic.pattern(name + ".*", String.class).group("all"), seen);
        mq.send(topic, "x");
        return t.soon(() -> seen.payloads().contains("x"));
    }
}

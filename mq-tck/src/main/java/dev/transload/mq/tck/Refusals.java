package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Destination;
import dev.transload.mq.Outbound;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.Source;
import dev.transload.mq.Topic;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.List;

/** Shows that a refused feature is refused: at once, by the right exception, in every form of the API, to no effect. */
final class Refusals {

    private Refusals() {}

    static void verify(Tck t, Feature feature) {
        switch (feature) {
            case TOPIC -> {
                sending(t, Topic.of(t.name(), String.class), SendOptions.none());
                subscribing(t, Topic.of(t.name(), String.class).group("g"));
            }
            case EPHEMERAL -> subscribing(t, Topic.of(t.name(), String.class).ephemeral());
            case ORDERED -> {
                Queue<String> queue = Queue.of(t.name(), String.class).ordered();
                sending(t, queue, SendOptions.key("k"));
                subscribing(t, queue);
                assertThat(t.client().admin().exists(queue))
                        .as("nothing was made")
                        .isFalse();
            }
            case DELAY -> sending(t, Queue.of(t.name(), String.class), SendOptions.delay(Duration.ofSeconds(1)));
            case PRIORITY -> {
                Queue<String> queue = Queue.of(t.name(), String.class).priorities(3);
                sending(t, queue, SendOptions.priority(1));
                subscribing(t, queue);
            }
            case REPLAY -> {
                Topic<String> topic = Topic.of(t.name(), String.class).retained(Duration.ofHours(1));
                sending(t, topic, SendOptions.none());
                subscribing(t, topic.group("g").fromBeginning());
                subscribing(t, topic.group("g").from(t.clock().instant()));
                assertThat(t.client()
                                .admin()
                                .depth(Topic.of(topic.name(), String.class).group("g")))
                        .as("nothing was made")
                        .isEmpty();
            }
            case PATTERN -> {
                subscribing(t, Topic.pattern(t.name() + ".*", String.class).group("g"));
                subscribing(t, Topic.pattern(t.name() + ".#", String.class).ephemeral());
            }
            // The engine filters for any group, so they are refused where topics are and nowhere else.
            case HEADER_FILTER ->
                subscribing(t, Topic.of(t.name(), String.class).group("g").whereHeader("colour", "blue"));
            default ->
                throw new AssertionError("explain() refuses " + feature.explained() + ", which no broker may refuse");
        }
    }

    private static void sending(Tck t, Destination<String> destination, SendOptions options) {
        MqClient mq = t.client();
        unsupported(t, () -> mq.send(destination, "x", options));
        unsupported(t, () -> mq.sendAsync(destination, "x", options));
        unsupported(t, () -> mq.sendAll(destination, List.of(new Outbound<>("x", options))));
    }

    private static void subscribing(Tck t, Source<String> source) {
        unsupported(t, () -> t.client().subscribe(source, delivery -> {}));
        unsupported(
                t,
                () -> t.client()
                        .subscribeAsync(
                                source,
                                delivery -> java.util.concurrent.CompletableFuture.completedFuture(null),
                                dev.transload.mq.SubscribeOptions.defaults()));
    }

    private static void unsupported(Tck t, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        t.refused(UnsupportedCapabilityException.class, call);
    }
}

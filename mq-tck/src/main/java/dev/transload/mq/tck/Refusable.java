package dev.transload.mq.tck;

import dev.transload.mq.Destination;
import dev.transload.mq.Explanation;
import dev.transload.mq.Outbound;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.Source;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Topic;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.spi.Capability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What a broker may refuse, with every form of the API that asks for it. */
enum Refusable {
    TOPICS(Capability.GROUPS, "topics") {
        @Override
        List<Probe> probes(MqClient mq, String name) {
            Topic<String> topic = Topic.of(name, String.class);
            List<Probe> probes = sending(mq, topic, SendOptions.none());
            probes.addAll(subscribing(mq, topic.group("g")));
            probes.addAll(subscribing(mq, topic.ephemeral()));
            probes.addAll(subscribing(mq, topic.group("g").whereHeader("a", "b")));
            return probes;
        }

        @Override
        Destination<String> destination(String name) {
            return Topic.of(name, String.class);
        }
    },
    ORDER(Capability.LANES, "ordered by key") {
        @Override
        List<Probe> probes(MqClient mq, String name) {
            Queue<String> queue = Queue.of(name, String.class).ordered();
            List<Probe> probes = sending(mq, queue, SendOptions.key("k"));
            probes.addAll(subscribing(mq, queue));
            probes.add(new Probe("reply", () -> mq.reply(queue, String.class, question -> question)));
            probes.add(new Probe("request", () -> mq.request(queue, "q", String.class, Duration.ofSeconds(5))));
            probes.add(
                    new Probe("requestAsync", () -> mq.requestAsync(queue, "q", String.class, Duration.ofSeconds(5))));
            return probes;
        }

        @Override
        Destination<String> destination(String name) {
            return Queue.of(name, String.class).ordered();
        }
    },
    REPLAY(Capability.HISTORY, "replay") {
        @Override
        List<Probe> probes(MqClient mq, String name) {
            Topic<String> topic = Topic.of(name, String.class).retained(Duration.ofHours(1));
            List<Probe> probes = sending(mq, topic, SendOptions.none());
            probes.addAll(subscribing(mq, topic.group("g").fromBeginning()));
            probes.addAll(subscribing(mq, topic.group("g").from(java.time.Instant.EPOCH)));
            return probes;
        }

        @Override
        Destination<String> destination(String name) {
            return Topic.of(name, String.class).retained(Duration.ofHours(1));
        }
    },
    PATTERNS(Capability.PATTERN, "topic patterns") {
        @Override
        List<Probe> probes(MqClient mq, String name) {
            List<Probe> probes =
                    subscribing(mq, Topic.pattern(name + ".*", String.class).group("g"));
            probes.addAll(
                    subscribing(mq, Topic.pattern(name + ".#", String.class).ephemeral()));
            return probes;
        }

        @Override
        Destination<String> destination(String name) {
            return Topic.of(name, String.class);
        }
    };

    private final Capability capability;
    private final String row;

    Refusable(Capability capability, String row) {
        this.capability = capability;
        this.row = row;
    }

    /** One call that asks for it. */
    record Probe(String form, ThrowingCallable call) {}

    /** Every form of the API that asks for it, on a name that nobody else uses. */
    abstract List<Probe> probes(MqClient mq, String name);

    /** What the probes would have made. */
    abstract Destination<String> destination(String name);

    Capability capability() {
        return capability;
    }

    /** Its name in {@code explain()}. */
    String row() {
        return row;
    }

    boolean refusedBy(Explanation explanation) {
        return explanation.feature(row).support() == Explanation.Support.REFUSED;
    }

    /** What a refused feature is about. */
    static Refusable of(Feature feature) {
        return switch (feature) {
            case TOPIC, EPHEMERAL, HEADER_FILTER -> TOPICS;
            case ORDERED -> ORDER;
            case REPLAY -> REPLAY;
            case PATTERN -> PATTERNS;
            default ->
                throw new AssertionError("explain() refuses " + feature.explained() + ", which no broker may refuse");
        };
    }

    private static List<Probe> sending(MqClient mq, Destination<String> to, SendOptions options) {
        Outbound<String> one = new Outbound<>("x", options);
        return new ArrayList<>(Arrays.asList(
                new Probe("send", () -> mq.send(to, "x", options)),
                new Probe("sendAsync", () -> mq.sendAsync(to, "x", options)),
                new Probe("sendAll", () -> mq.sendAll(to, List.of(one, one))),
                new Probe("admin().create", () -> mq.admin().create(to))));
    }

    private static List<Probe> subscribing(MqClient mq, Source<String> from) {
        SubscribeOptions options = SubscribeOptions.builder().concurrency(2).build();
        return new ArrayList<>(Arrays.asList(
                new Probe("subscribe", () -> mq.subscribe(from, delivery -> {})),
                new Probe("subscribe with options", () -> mq.subscribe(from, delivery -> {}, options)),
                new Probe(
                        "subscribeAsync",
                        () -> mq.subscribeAsync(from, d -> CompletableFuture.completedFuture(null), options))));
    }
}

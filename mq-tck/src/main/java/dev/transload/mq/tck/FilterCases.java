package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.HEADER_FILTER;
import static dev.transload.mq.tck.Feature.PATTERN;
import static dev.transload.mq.tck.Feature.QUEUE;
import static dev.transload.mq.tck.Feature.SECURITY;
import static dev.transload.mq.tck.Feature.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.DeadLetters;
import dev.transload.mq.Destination;
import dev.transload.mq.Group;
import dev.transload.mq.MqObserver;
import dev.transload.mq.Outbound;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.Source;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Topic;
import dev.transload.mq.client.MqClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Filters to the letter, and names that never meet. */
@TckGroup("Filters and names")
final class FilterCases {

    @TckCase(
            id = "RTE-02",
            value = "a filter treats absent, empty, odd and differently written header values as different",
            tier = Tier.T1,
            check = "does the broker's own filter fold case, trim, or read a value as a pattern?",
            proves = HEADER_FILTER)
    void valuesToTheLetter(Tck t) {
        Topic<String> topic = t.topic();
        List<String> values = List.of(
                "",
                " ",
                "blue",
                "Blue",
                "blue ",
                "bl\u00FCe",
                "blu\u0308e",
                "*",
                "bl%",
                "blue\nred",
                "'; --",
                "{\"a\":1}",
                "x".repeat(255));
        Map<String, Seen<String>> groups = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            Seen<String> seen = t.seen();
            groups.put(values.get(i), seen);
            t.client().subscribe(topic.group("g" + i).whereHeader("colour", values.get(i)), seen);
        }
        Seen<String> all = t.seen();
        t.client().subscribe(topic.group("all"), all);
        for (int i = 0; i < values.size(); i++) {
            t.client().send(topic, "v" + i, SendOptions.header("colour", values.get(i)));
        }
        t.client().send(topic, "absent");
        t.client().send(topic, "other name", SendOptions.header("Colour", "blue"));

        all.awaitExactly(values.size() + 2);
        for (int i = 0; i < values.size(); i++) {
            Group<String> group = topic.group("g" + i);
            t.until("the group is empty", () -> t.client().admin().depth(group).orElse(-1) == 0);
            String expected = "v" + i;
            Seen<String> seen = java.util.Objects.requireNonNull(groups.get(values.get(i)));
            seen.await(1);
            assertThat(seen.payloads())
                    .as("where colour is '%s'", values.get(i))
                    .containsExactly(expected);
        }
    }

    @TckCase(
            id = "RTE-04",
            value = "what a filter keeps out is gone for its group alone, and piles up nowhere",
            tier = Tier.T1,
            check = "is what does not match acked, and for this group only?",
            proves = HEADER_FILTER)
    void keptOut(Tck t) {
        Topic<String> topic = t.topic();
        Group<String> few = topic.group("few").whereHeader("tenant", "blue");
        AtomicLong filtered = new AtomicLong();
        MqClient counting = t.newClient(builder -> builder.observer(new MqObserver() {
            @Override
            public void count(MqObserver.Event event, String destination, long by) {
                if (event == MqObserver.Event.FILTERED) {
                    filtered.addAndGet(by);
                }
            }
        }));
        Seen<String> seenFew = t.seen();
        Seen<String> seenAll = t.seen();
        counting.subscribe(
                few,
                seenFew,
                SubscribeOptions.builder().prefetch(5).retry(RetryPolicy.none()).build());
        t.client().subscribe(topic.group("all"), seenAll);
        List<Outbound<String>> batch = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            batch.add(new Outbound<>("m" + i, SendOptions.header("tenant", i % 20 == 0 ? "blue" : "red")));
        }
        t.client().sendAll(topic, batch);

        seenAll.awaitExactly(200);
        seenFew.await(10);
        t.until("the group is empty", () -> t.client().admin().depth(few).orElse(-1) == 0);
        assertThat(seenFew.payloads()).hasSize(10).allMatch(text -> Integer.parseInt(text.substring(1)) % 20 == 0);
        assertThat(t.client().deadLetters(few).count()).isZero();
        // What the client holds waits no more, and may not have been counted yet.
        t.until(
                "all are counted where the client filters, none where the broker does",
                () -> filtered.get() == 0 || filtered.get() == 190);
    }

    @TckCase(
            id = "RTE-06",
            value = "a message that matches a group in more than one way is delivered to it once",
            tier = Tier.T1,
            check = "does a group get a copy for each of its bindings?",
            proves = {PATTERN, HEADER_FILTER})
    void matchesTwice(Tck t) {
        String root = t.name().replace('.', '-');
        Topic<String> topic = t.remove(Topic.of(root + ".a.b", String.class));
        t.client().admin().create(topic);
        Group<String> group =
                Topic.pattern(root + ".#", String.class).group("both").whereHeader("tenant", "blue");
        Seen<String> members = t.seen();
        t.client().subscribe(group, members);
        t.newClient().subscribe(group, members);
        t.client().send(topic, "red", SendOptions.header("tenant", "red"));
        List<Outbound<String>> batch = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            batch.add(new Outbound<>("m" + i, SendOptions.header("tenant", "blue")));
        }
        t.client().sendAll(topic, batch);

        members.await(50);
        t.until("the group is empty", () -> t.client().admin().depth(group).orElse(-1) == 0);
        String fence = t.client().send(topic, "fence", SendOptions.header("tenant", "blue"));
        t.until("the fence is handled", () -> members.ids().contains(fence));
        assertThat(members.ids()).hasSize(51).doesNotHaveDuplicates();
        assertThat(members.payloads()).doesNotContain("red");
    }

    @TckCase(
            id = "RTE-08",
            value =
                    "names of the greatest length work with everything derived from them, and no two names are one place",
            check = "does the mapping to the broker's names shorten, fold or replace characters?",
            proves = {QUEUE, TOPIC, SECURITY})
    void namesAreApart(Tck t) {
        String stem = t.name().replace('.', '-');
        List<String> names = List.of(
                longest(stem + ".x"),
                longest(stem + "-x"),
                stem + ".a.b",
                stem + ".a-b",
                stem + "-a.b",
                stem + "-a-b",
                stem + "a.b",
                stem + ".ab");
        SubscribeOptions once =
                SubscribeOptions.builder().retry(RetryPolicy.none()).build();
        Map<Destination<String>, DeadLetters> places = new LinkedHashMap<>();
        Map<Destination<String>, Seen<String>> seen = new LinkedHashMap<>();
        for (String name : names) {
            Queue<String> queue = t.remove(Queue.of(name, String.class));
            places.put(queue, t.client().deadLetters(queue));
            seen.put(queue, failing(t, queue, once));
        }
        for (String name : List.of(longest(stem + ".t"), longest(stem + "-t"))) {
            Topic<String> topic = t.remove(Topic.of(name, String.class));
            places.put(topic, t.client().deadLetters(topic.group("g")));
            seen.put(topic, failing(t, topic.group("g"), once));
        }
        places.keySet().forEach(place -> t.client().send(place, place.name()));

        seen.forEach((place, each) -> {
            each.await(1);
            assertThat(each.payloads()).containsExactly(place.name());
        });
        places.forEach((place, dead) -> {
            t.until("one dead letter each", () -> dead.count() == 1);
            assertThat(new String(dead.browse(2).get(0).message().body(), StandardCharsets.UTF_8))
                    .isEqualTo(place.name());
        });
        t.refused(IllegalArgumentException.class, () -> Queue.of("x".repeat(49), String.class), "48", "49");
    }

    private static Seen<String> failing(Tck t, Source<String> source, SubscribeOptions options) {
        Seen<String> seen = t.seen(delivery -> {
            throw new Boom("set aside");
        });
        t.client().subscribe(source, seen, options);
        return seen;
    }

    /** The stem with as many letters behind it as a name may have. */
    private static String longest(String stem) {
        return stem + "z".repeat(48 - stem.length());
    }

    @TckCase(
            id = "RTE-09",
            value =
                    "patterns and filters are there for durable and ephemeral groups alike, or refused when subscribing",
            check = "is a feature accepted for one kind of group and forgotten for the other?",
            proves = {PATTERN, HEADER_FILTER, Feature.EPHEMERAL})
    void forEveryKindOfGroup(Tck t) {
        String root = t.name().replace('.', '-');
        Topic<String> topic = t.remove(Topic.of(root + ".made", String.class));
        t.client().admin().create(topic);
        Topic<String> other = t.remove(Topic.of(root + "-other.made", String.class));
        t.client().admin().create(other);
        var pattern = Topic.pattern(root + ".*", String.class);
        Seen<String> durable = t.seen();
        Seen<String> ephemeral = t.seen();
        t.client().subscribe(pattern.group("g").whereHeader("tenant", "blue"), durable);
        t.client().subscribe(pattern.ephemeral().whereHeader("tenant", "blue"), ephemeral);
        t.client().send(topic, "without");
        t.client().send(other, "elsewhere", SendOptions.header("tenant", "blue"));
        t.client().send(topic, "with", SendOptions.header("tenant", "blue"));

        for (Seen<String> each : List.of(durable, ephemeral)) {
            each.awaitExactly(1);
            assertThat(each.payloads()).containsExactly("with");
            assertThat(each.call(0).delivery().destination()).isEqualTo(topic.name());
        }
    }
}

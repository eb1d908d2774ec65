package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.HEADER_FILTER;
import static dev.transload.mq.tck.Feature.PATTERN;
import static dev.transload.mq.tck.Feature.REPLAY;
import static dev.transload.mq.tck.Feature.SECURITY;
import static dev.transload.mq.tck.Feature.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Group;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.Topic;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Which messages reach a group: by pattern, by header, and from when on. */
@TckGroup("Routing and replay")
final class RoutingCases {

    @TckCase(
            id = "RTE-05",
            value = "a pattern gets the topics whose names match, and no others",
            tier = Tier.T1,
            check = "how does the broker match an asterisk and a hash, at the end of a name too?",
            proves = PATTERN)
    void patterns(Tck t) {
        Map<String, List<String>> matching = Map.of(
                "*.created", List.of("eu.created", "us.created"),
                "eu.*", List.of("eu.created", "eu.deleted"),
                "eu.#", List.of("eu", "eu.created", "eu.deleted", "eu.west.created"),
                "#", List.of("eu", "eu.created", "eu.deleted", "eu.west.created", "us.created"),
                "eu.*.created", List.of("eu.west.created"),
                "*", List.of("eu"));
        List<String> names = List.of("eu", "eu.created", "eu.deleted", "eu.west.created", "us.created");
        String root = t.name().replace('.', '-');
        Map<String, Topic<String>> topics = new java.util.LinkedHashMap<>();
        names.forEach(name -> topics.put(name, t.remove(Topic.of(root + "." + name, String.class))));
        topics.values().forEach(topic -> t.client().admin().create(topic));

        Map<String, Seen<String>> seen = new java.util.LinkedHashMap<>();
        int number = 0;
        for (String pattern : matching.keySet()) {
            Seen<String> each = t.seen();
            seen.put(pattern, each);
            t.client()
                    .subscribe(Topic.pattern(root + "." + pattern, String.class).group("g" + number++), each);
        }
        topics.forEach((name, topic) -> t.client().send(topic, name));

        matching.forEach((pattern, expected) -> {
            Seen<String> each = java.util.Objects.requireNonNull(seen.get(pattern));
            each.await(expected.size());
            assertThat(each.payloads()).as(pattern).containsExactlyInAnyOrderElementsOf(expected);
        });
    }

    @TckCase(
            id = "RTE-11",
            value = "a topic that is made after the pattern was subscribed is found",
            check = "how often does the client or the broker look for new topics?",
            proves = PATTERN)
    void laterTopics(Tck t) {
        String root = t.name().replace('.', '-');
        Seen<String> seen = t.seen();
        t.client().subscribe(Topic.pattern(root + ".*", String.class).group("all"), seen);
        Topic<String> late = t.remove(Topic.of(root + ".late", String.class));
        t.client().send(late, "x");

        t.until("the late topic's messages arrive", () -> {
            if (seen.count() == 0) {
                t.client().send(late, "again");
            }
            return seen.count() > 0;
        });
        assertThat(seen.call(0).delivery().destination()).isEqualTo(late.name());
    }

    @TckCase(
            id = "RTE-03",
            value = "patterns and names outside the grammar are refused by name",
            check = "is a name checked when the destination is built?",
            proves = {TOPIC, SECURITY})
    void grammar(Tck t) {
        for (String bad : List.of("", "*", "#", "*.x", "a.#.b", "a..b", "a.", "A.b", "a.b*", "a\n.b")) {
            t.refused(IllegalArgumentException.class, () -> Topic.pattern(bad, String.class), "pattern");
        }
        List<String> badNames = List.of(
                " ",
                "Upper",
                "under_score",
                "a..b",
                "-a",
                "a-",
                "a b",
                "a/b",
                "\u00FC",
                "a\nb",
                "x".repeat(49),
                "a.dlq",
                "a.suspects",
                "a-delays",
                "dlq",
                "a--b",
                "{a}",
                "a:b",
                "a*b");
        for (String bad : badNames) {
            t.refused(IllegalArgumentException.class, () -> Queue.of(bad, String.class), "queue name");
            t.refused(IllegalArgumentException.class, () -> Topic.of(bad, String.class), "topic name");
        }
        t.refused(
                IllegalArgumentException.class,
                () -> Topic.of("a", String.class).group("Group"),
                "group name");
        t.refused(IllegalArgumentException.class, () -> Queue.named("a\nb", String.class), "name", "U+000A");
        t.refused(NullPointerException.class, () -> Queue.of(Nulls.of(), String.class), "queue name");
        t.refused(NullPointerException.class, () -> Topic.of("a", String.class).group(Nulls.of()), "group name");
    }

    @TckCase(
            id = "RTE-01",
            value = "a header filter lets exactly the matching messages through and keeps none of the others",
            tier = Tier.T1,
            check = "is a message that does not match acked for its group alone?",
            proves = HEADER_FILTER)
    void headerFilter(Tck t) {
        Topic<String> topic = t.topic();
        Group<String> blue = topic.group("blue").whereHeader("tenant", "blue");
        Group<String> both = topic.group("both").whereHeader("tenant", "blue").whereHeader("kind", "a b\u00FC");
        Seen<String> seenBlue = t.seen();
        Seen<String> seenBoth = t.seen();
        Seen<String> seenAll = t.seen();
        t.client().subscribe(blue, seenBlue);
        t.client().subscribe(both, seenBoth);
        t.client().subscribe(topic.group("all"), seenAll);
        t.client().send(topic, "none");
        t.client().send(topic, "empty", SendOptions.header("tenant", ""));
        t.client().send(topic, "other", SendOptions.header("tenant", "Blue"));
        t.client().send(topic, "blue", SendOptions.header("tenant", "blue"));
        t.client().send(topic, "blue-kind", SendOptions.header("tenant", "blue").header("kind", "a b\u00FC"));

        seenAll.awaitExactly(5);
        seenBlue.await(2);
        seenBoth.await(1);
        t.until(
                "the groups are empty",
                () -> t.client().admin().depth(blue).orElse(0) == 0
                        && t.client().admin().depth(both).orElse(0) == 0);
        assertThat(seenBlue.payloads()).containsExactlyInAnyOrder("blue", "blue-kind");
        assertThat(seenBoth.payloads()).containsExactly("blue-kind");
    }

    @TckCase(
            id = "RTE-12",
            value = "members of one group that state different filters are refused where that can be seen",
            check = "is the filter of a group remembered while it has members?",
            proves = HEADER_FILTER)
    void differingFilters(Tck t) {
        Topic<String> topic = t.topic();
        t.client().subscribe(topic.group("g").whereHeader("tenant", "blue"), t.seen());
        t.refused(
                IllegalArgumentException.class,
                () -> t.client().subscribe(topic.group("g").whereHeader("tenant", "red"), t.seen()),
                topic.name());
    }

    @TckCase(
            id = "RPL-01",
            value =
                    "a new group from the beginning gets every message that is kept, in the order of its lane, then what follows",
            tier = Tier.T1,
            check = "does history end and live traffic begin without a gap and without a repeat?",
            proves = REPLAY)
    void fromBeginning(Tck t) {
        Topic<String> topic = retained(t);
        SendOptions oneLane = t.inOneLane();
        List<String> texts = IntStream.range(0, 30).mapToObj(i -> "m" + i).toList();
        texts.forEach(text -> t.client().send(topic, text, oneLane));
        Seen<String> seen = t.seen();
        t.client().subscribe(topic.group("replays").fromBeginning(), seen);
        t.client().send(topic, "live", oneLane);

        seen.awaitExactly(31);
        List<String> expected = new ArrayList<>(texts);
        expected.add("live");
        assertThat(seen.payloads()).containsExactlyElementsOf(expected);
        assertThat(seen.attempts()).containsOnly(1);
    }

    @TckCase(
            id = "RPL-03",
            value = "a new group from a time gets what was sent then and later",
            tier = Tier.T1,
            check = "is the start compared with the time of the send, the very millisecond included?",
            proves = REPLAY)
    void fromTime(Tck t) {
        Topic<String> topic = retained(t);
        SendOptions oneLane = t.inOneLane();
        t.client().send(topic, "before", oneLane);
        t.elapse(Duration.ofMillis(50));
        Instant time = t.clock().instant();
        t.client().send(topic, "after 1", oneLane);
        t.client().send(topic, "after 2", oneLane);
        Seen<String> seen = t.seen();
        t.client().subscribe(topic.group("late").from(time), seen);

        seen.awaitExactly(2);
        assertThat(seen.payloads()).containsExactly("after 1", "after 2");
    }

    @TckCase(
            id = "RPL-05",
            value = "a replay by one group disturbs no other, and a group that exists goes on where it was",
            tier = Tier.T1,
            check = "does a start apply to a group that already has a position?",
            proves = REPLAY)
    void replayIsTheGroupsOwn(Tck t) {
        Topic<String> topic = retained(t);
        Seen<String> steady = t.seen();
        try (MqClient first = t.newClient()) {
            first.subscribe(topic.group("steady"), steady);
            t.client().sendAll(topic, QueueCases.texts(10));
            steady.awaitExactly(10);
        }
        Seen<String> replaying = t.seen();
        t.client().subscribe(topic.group("replays").fromBeginning(), replaying);
        replaying.awaitExactly(10);
        t.client().subscribe(topic.group("steady").fromBeginning(), steady);
        t.client().send(topic, "next");

        steady.awaitExactly(11);
        replaying.awaitExactly(11);
        assertThat(new HashSet<>(steady.ids())).hasSize(11);
    }

    @TckCase(
            id = "RPL-02",
            value =
                    "a new group without a start gets only what is sent after it subscribed, also where the past is kept",
            tier = Tier.T1,
            check = "is the position of a new group written when it subscribes, at the end?",
            proves = REPLAY)
    void fromNowOn(Tck t) {
        Topic<String> topic = retained(t);
        t.client().sendAll(topic, QueueCases.texts(20));
        Seen<String> seen = t.seen();
        try (MqClient first = t.newClient()) {
            first.subscribe(topic.group("new"), seen);
            t.client().send(topic, "after");
            seen.awaitExactly(1);
        }
        t.client().send(topic, "while away");
        t.client().subscribe(topic.group("new"), seen);
        t.client().send(topic, "last");

        seen.awaitExactly(3);
        assertThat(seen.payloads()).containsExactlyInAnyOrder("after", "while away", "last"); // it is no ordered topic
    }

    @TckCase(
            id = "RPL-08",
            value = "replay of a topic that keeps nothing is refused when it is asked for",
            check = "is a start looked at where the group is built?",
            proves = {TOPIC, SECURITY})
    void notRetained(Tck t) {
        Topic<String> topic = Topic.of(t.name(), String.class);
        t.refused(IllegalArgumentException.class, () -> topic.group("g").fromBeginning(), topic.name(), "retained");
        t.refused(IllegalArgumentException.class, () -> topic.retained(Duration.ZERO), "retained");
        t.refused(NullPointerException.class, () -> topic.retained(Nulls.of()), "duration");
    }

    @TckCase(
            id = "RPL-10",
            value = "an ephemeral group has no past: a start is refused",
            check = "is a start looked at where the group is built?",
            proves = {TOPIC, SECURITY})
    void ephemeralReplay(Tck t) {
        Topic<String> topic = Topic.of(t.name(), String.class).retained(Duration.ofHours(1));
        t.refused(IllegalArgumentException.class, () -> topic.ephemeral().fromBeginning(), topic.name(), "ephemeral");
    }

    private static Topic<String> retained(Tck t) {
        return t.remove(Topic.of(t.name(), String.class).retained(Duration.ofHours(1)));
    }
}

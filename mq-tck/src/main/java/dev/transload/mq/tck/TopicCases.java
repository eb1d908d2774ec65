package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.EPHEMERAL;
import static dev.transload.mq.tck.Feature.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Outbound;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.Topic;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** Topics: every group gets every message. */
@TckGroup("Publish and subscribe")
final class TopicCases {

    private static final SubscribeOptions RETRY_AT_ONCE =
            SubscribeOptions.builder().retry(RetryPolicy.immediate(3)).build();

    @TckCase(
            id = "PUB-01",
            value = "every group gets every message once",
            check = "does each group have a queue of its own?",
            proves = TOPIC)
    void everyGroup(Tck t) {
        Topic<String> topic = t.topic();
        Seen<String> billing = t.seen();
        Seen<String> shipping = t.seen();
        t.client().subscribe(topic.group("billing"), billing);
        t.client().subscribe(topic.group("shipping"), shipping);
        t.newClient().subscribe(topic.group("shipping"), shipping);
        t.client().sendAll(topic, QueueCases.texts(100));

        billing.awaitExactly(100);
        shipping.awaitExactly(100);
        assertThat(new HashSet<>(billing.payloads())).hasSize(100);
        assertThat(new HashSet<>(shipping.payloads())).hasSize(100);
        assertThat(new HashSet<>(shipping.ids())).isEqualTo(new HashSet<>(billing.ids()));
    }

    @TckCase(
            id = "PUB-02",
            value = "when subscribe has returned, the very next message is received",
            tier = Tier.T1,
            check = "does subscribe return before the group has its position?",
            proves = TOPIC)
    void nothingIsMissedAfterSubscribe(Tck t) {
        Topic<String> topic = t.topic();
        MqClient mq = t.client();
        for (int i = 0; i < 20; i++) {
            Seen<String> seen = t.seen();
            try (Subscription subscription = mq.subscribe(topic.group("g" + i), seen)) {
                String id = mq.send(topic, "next");
                assertThat(seen.await(1).id()).isEqualTo(id);
                mq.admin()
                        .delete(topic.group(
                                subscription.source().substring(topic.name().length() + 2)));
            }
        }
    }

    @TckCase(
            id = "PUB-03",
            value = "a closed subscription is called no more, and others go on",
            check = "does closing one subscription end or keep another?",
            proves = TOPIC)
    void closedSubscription(Tck t) {
        Topic<String> topic = t.topic();
        Seen<String> leaving = t.seen();
        Seen<String> staying = t.seen();
        Subscription subscription = t.client().subscribe(topic.group("leaving"), leaving);
        t.client().subscribe(topic.group("staying"), staying);
        t.client().send(topic, "one");
        leaving.awaitExactly(1);
        subscription.close();
        t.client().sendAll(topic, QueueCases.texts(10));

        staying.awaitExactly(11);
        assertThat(leaving.count()).isEqualTo(1);
        assertThat(subscription.state()).isEqualTo(Subscription.State.CLOSED);
    }

    @TckCase(
            id = "PUB-04",
            value = "a group that blocks or fails holds no other up",
            check = "do groups share a thread, a connection's flow or a queue?",
            proves = TOPIC)
    void groupsAreIndependent(Tck t) {
        Topic<String> topic = t.topic();
        CountDownLatch gate = t.latch();
        Seen<String> stuck = t.seen(delivery -> gate.await());
        Seen<String> failing = t.seen(delivery -> {
            throw new Boom("always");
        });
        Seen<String> good = t.seen();
        t.client().subscribe(topic.group("stuck"), stuck);
        t.client().subscribe(topic.group("failing"), failing, RETRY_AT_ONCE);
        t.client().subscribe(topic.group("good"), good);
        t.client().sendAll(topic, QueueCases.texts(20));

        good.awaitExactly(20);
        assertThat(new HashSet<>(good.ids())).hasSize(20);
        assertThat(stuck.count()).isLessThanOrEqualTo(1);
        gate.countDown();
        failing.await(60);
        stuck.awaitExactly(20);
        assertThat(good.count()).isEqualTo(20);
    }

    @TckCase(
            id = "PUB-05",
            value = "a durable group gets what was sent while it was away, in the order of the sends within a lane",
            tier = Tier.T1,
            check = "does the group outlive its last member?",
            proves = TOPIC)
    void durableGroup(Tck t) {
        Topic<String> topic = t.topic();
        try (MqClient away = t.newClient()) {
            away.subscribe(topic.group("durable"), t.seen());
        }
        List<String> texts = IntStream.range(0, 50).mapToObj(i -> "m" + i).toList();
        SendOptions oneLane = t.inOneLane();
        texts.forEach(text -> t.client().send(topic, text, oneLane));

        Seen<String> seen = t.seen();
        t.client().subscribe(topic.group("durable"), seen);
        seen.awaitExactly(50);
        if (t.inAnyOrder()) {
            assertThat(seen.payloads()).containsExactlyInAnyOrderElementsOf(texts);
        } else {
            assertThat(seen.payloads()).containsExactlyElementsOf(texts);
        }
    }

    @TckCase(
            id = "PUB-06",
            value = "an ephemeral group sees only what is sent while it is subscribed, and leaves nothing behind",
            tier = Tier.T1,
            check = "is the place of an ephemeral group private, and removed at the end?",
            proves = EPHEMERAL)
    void ephemeralGroup(Tck t) {
        Topic<String> topic = t.topic();
        t.client().send(topic, "before");
        Seen<String> first = t.seen();
        Subscription subscription = t.client().subscribe(topic.ephemeral(), first);
        t.client().send(topic, "during");
        first.awaitExactly(1);
        subscription.close();
        t.client().send(topic, "after");

        Seen<String> second = t.seen();
        t.client().subscribe(topic.ephemeral(), second);
        t.client().send(topic, "again");
        second.awaitExactly(1);
        assertThat(first.payloads()).containsExactly("during");
        assertThat(second.payloads()).containsExactly("again");
    }

    @TckCase(
            id = "PUB-13",
            value = "every ephemeral subscriber gets every message",
            check = "do ephemeral subscribers compete?",
            proves = EPHEMERAL)
    void broadcast(Tck t) {
        Topic<String> topic = t.topic();
        List<Seen<String>> all =
                IntStream.range(0, 4).mapToObj(i -> t.<String>seen()).toList();
        all.forEach(seen -> t.newClient().subscribe(topic.ephemeral(), seen));
        t.client().sendAll(topic, QueueCases.texts(25));

        all.forEach(seen -> seen.awaitExactly(25));
        assertThat(all).allSatisfy(seen -> assertThat(new HashSet<>(seen.ids())).hasSize(25));
    }

    @TckCase(
            id = "PUB-14",
            value = "an ephemeral group retries in memory, then discards with an event",
            check = "is a failed ephemeral delivery kept and tried again in memory?",
            proves = EPHEMERAL)
    void ephemeralRetry(Tck t) {
        Topic<String> topic = t.topic();
        Seen<String> seen = t.seen(delivery -> {
            throw new Boom("always");
        });
        t.client()
                .subscribe(
                        topic.ephemeral(),
                        seen,
                        SubscribeOptions.builder()
                                .retry(RetryPolicy.fixed(3, Duration.ofMillis(100)))
                                .build());
        t.client().send(topic, "x");

        seen.awaitExactly(3);
        assertThat(seen.attempts()).containsExactly(1, 2, 3);
        t.until("the message is discarded with an event", () -> t.history().discarded() == 1);
    }

    @TckCase(
            id = "PUB-15",
            value = "slow handlers of a group keep no message waiting that another could handle",
            tier = Tier.T1,
            check = "does what a group has not settled keep the rest of its messages at the broker?",
            proves = TOPIC)
    void slowHandlersOfAGroup(Tck t) {
        Topic<String> topic = t.topic();
        CountDownLatch gate = t.latch();
        int all = 300;
        int slow = 3;
        Seen<String> handled = t.seen();
        t.client()
                .subscribe(
                        topic.group("g"),
                        delivery -> {
                            if (delivery.payload().startsWith("slow")) {
                                gate.await();
                            }
                            handled.handle(delivery);
                        },
                        SubscribeOptions.builder()
                                .prefetch(16)
                                .concurrency(slow + 1)
                                .build());
        t.client()
                .sendAll(
                        topic,
                        IntStream.range(0, all)
                                .mapToObj(i -> Outbound.of(i % (all / slow) == 0 ? "slow-" + i : "quick-" + i))
                                .toList());

        t.until("all but the slow ones are handled", () -> handled.count() == all - slow);
        assertThat(handled.payloads()).allMatch(text -> text.startsWith("quick"));
        gate.countDown();
        handled.awaitExactly(all);
        assertThat(new HashSet<>(handled.payloads())).hasSize(all);
    }

    @TckCase(
            id = "PUB-10",
            value = "the same group name on two topics is two groups",
            check = "is the topic a part of the group's place?",
            proves = TOPIC)
    void sameGroupName(Tck t) {
        Topic<String> one = t.topic();
        Topic<String> two = t.topic();
        Seen<String> ofOne = t.seen();
        Seen<String> ofTwo = t.seen();
        t.client().subscribe(one.group("same"), ofOne);
        t.client().subscribe(two.group("same"), ofTwo);
        t.client().send(one, "1");
        t.client().send(two, "2");

        ofOne.awaitExactly(1);
        ofTwo.awaitExactly(1);
        assertThat(ofOne.payloads()).containsExactly("1");
        assertThat(ofTwo.payloads()).containsExactly("2");
    }

    @TckCase(
            id = "PUB-11",
            value = "a retry in one group redelivers to that group alone",
            tier = Tier.T1,
            check = "is a retry sent to the topic instead of the group's own place?",
            proves = TOPIC)
    void retryInOneGroup(Tck t) {
        Topic<String> topic = t.topic();
        Seen<String> good = t.seen();
        Seen<String> failsOnce = t.seen(delivery -> {
            if (delivery.attempt() == 1) {
                throw new Boom("once");
            }
        });
        t.client().subscribe(topic.group("good"), good);
        t.client().subscribe(topic.group("fails"), failsOnce, RETRY_AT_ONCE);
        t.client().send(topic, "x");
        failsOnce.awaitExactly(2);
        String fence = t.client().send(topic, "fence");
        t.until("the fence is handled", () -> good.ids().contains(fence));

        assertThat(good.payloads()).containsExactly("x", "fence");
        assertThat(good.attempts()).containsOnly(1);
    }
}

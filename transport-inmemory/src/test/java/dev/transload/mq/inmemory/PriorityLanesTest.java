package dev.transload.mq.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Topic;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Priorities that the broker does not have, kept by the engine as lanes. */
class PriorityLanesTest {

    @ParameterizedTest
    @EnumSource(
            value = Profile.class,
            names = {"KAFKA", "REDIS", "SQS_STANDARD"})
    void higherLevelsAreHandledMoreOftenAndNoneStarves(Profile profile) {
        try (InMemoryBroker broker = InMemoryBroker.builder().profile(profile).build();
                MqClient mq = MqClient.connect(broker.uri())) {
            Queue<String> queue = Queue.of("jobs", String.class).priorities(3);
            for (int i = 0; i < 210; i++) {
                mq.send(queue, "job", SendOptions.priority(i % 3));
            }
            List<Integer> handled = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch everyLaneIsOpen = new CountDownLatch(1);
            mq.subscribe(
                    queue,
                    d -> {
                        everyLaneIsOpen.await();
                        handled.add(d.message().priority());
                    },
                    SubscribeOptions.builder().prefetch(7).build());
            everyLaneIsOpen.countDown();

            broker.awaitIdle();

            assertThat(handled).hasSize(210);
            List<Integer> early = handled.subList(0, 70);
            assertThat(Collections.frequency(early, 2))
                    .as("level 2 of the first 70")
                    .isBetween(30, 50);
            assertThat(Collections.frequency(early, 1))
                    .as("level 1 of the first 70")
                    .isBetween(14, 26);
            assertThat(Collections.frequency(early, 0))
                    .as("level 0 of the first 70")
                    .isBetween(5, 15);
        }
    }

    @Test
    void aRetryAndARedriveKeepTheLevelAndTheGroup() {
        try (InMemoryBroker broker =
                        InMemoryBroker.builder().profile(Profile.KAFKA).build();
                MqClient mq = MqClient.connect(broker.uri())) {
            Topic<String> topic = Topic.of("events", String.class).priorities(2);
            List<String> seen = Collections.synchronizedList(new ArrayList<>());
            boolean[] mended = new boolean[1];
            mq.subscribe(
                    topic.group("a"),
                    d -> {
                        seen.add("a" + d.message().priority() + "#" + d.attempt());
                        if (!mended[0]) {
                            throw new IllegalStateException("not yet");
                        }
                    },
                    SubscribeOptions.builder()
                            .retry(RetryPolicy.fixed(2, Duration.ofSeconds(3)))
                            .build());
            mq.subscribe(topic.group("b"), d -> seen.add("b" + d.message().priority() + "#" + d.attempt()));
            mq.send(topic, "x", SendOptions.priority(1));

            broker.advance(Duration.ofSeconds(10));
            mended[0] = true;
            mq.deadLetters(topic.group("a")).redrive(dev.transload.mq.Redrive.all());
            broker.advance(Duration.ofSeconds(1));

            assertThat(seen).containsExactlyInAnyOrder("a1#1", "b1#1", "a1#2", "a1#1");
            assertThat(mq.admin().depth(topic.group("a"))).hasValue(0);
        }
    }

    @Test
    void moreLevelsThanPrefetchAreRefused() {
        try (InMemoryBroker broker =
                        InMemoryBroker.builder().profile(Profile.KAFKA).build();
                MqClient mq = MqClient.connect(broker.uri())) {
            Queue<String> queue = Queue.of("jobs", String.class).priorities(3);

            assertThatThrownBy(() -> mq.subscribe(
                            queue,
                            d -> {},
                            SubscribeOptions.builder().prefetch(2).build()))
                    .isInstanceOf(UnsupportedCapabilityException.class)
                    .hasMessageContaining("3 priorities of jobs")
                    .hasMessageContaining("was 2");
        }
    }
}

package dev.transload.mq.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.ExpiryPolicy;
import dev.transload.mq.Failure;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Delays that the broker cannot do, done by the engine, on brokers that the profiles stand for. */
class DelayRoutesTest {

    private record Arrival(String payload, Instant at) {}

    @ParameterizedTest
    @EnumSource(
            value = Profile.class,
            names = {"NONE", "RABBITMQ", "KAFKA", "REDIS", "SQS_STANDARD", "SQS_FIFO"})
    void arrivesOnceNeverEarlyAndAtMostASecondAndAHundredthLate(Profile profile) {
        try (InMemoryBroker broker = InMemoryBroker.builder().profile(profile).build();
                MqClient mq = MqClient.connect(broker.uri())) {
            Queue<String> queue = Queue.of("reminders", String.class);
            List<Arrival> arrivals = Collections.synchronizedList(new ArrayList<>());
            mq.subscribe(queue, d -> arrivals.add(new Arrival(d.payload(), broker.now())));
            Random random = new Random(7);
            Instant start = broker.now();
            int count = 200;
            for (int i = 0; i < count; i++) {
                long wait = 1 + (long) Math.exp(random.nextDouble() * Math.log(10_000_000));
                mq.send(queue, Long.toString(wait), SendOptions.delay(Duration.ofMillis(wait)));
            }

            broker.advance(Duration.ofHours(4));

            assertThat(arrivals).hasSize(count);
            for (Arrival arrival : arrivals) {
                long wait = Long.parseLong(arrival.payload());
                long took = Duration.between(start, arrival.at()).toMillis();
                assertThat(took).as("delay of %s ms", wait).isBetween(wait, wait + 1_000 + wait / 100);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Profile.class,
            names = {"KAFKA", "SQS_FIFO"})
    void anOrderedDestinationIsDelayedThroughARelay(Profile profile) {
        try (InMemoryBroker broker = InMemoryBroker.builder().profile(profile).build();
                MqClient mq = MqClient.connect(broker.uri())) {
            Queue<String> queue = Queue.of("reminders", String.class).ordered();
            List<Arrival> arrivals = Collections.synchronizedList(new ArrayList<>());
            mq.subscribe(queue, d -> arrivals.add(new Arrival(d.payload(), broker.now())));
            Instant start = broker.now();
            mq.send(queue, "later", SendOptions.key("a").delay(Duration.ofHours(2)));
            mq.send(queue, "now", SendOptions.key("a"));

            broker.advance(Duration.ofHours(3));

            assertThat(arrivals).extracting(Arrival::payload).containsExactly("now", "later");
            assertThat(Duration.between(start, arrivals.get(1).at()))
                    .isBetween(Duration.ofHours(2), Duration.ofHours(2).plusSeconds(73));
        }
    }

    @Test
    void whatExpiresOnARelayIsJudgedWhereItWasGoing() {
        try (InMemoryBroker broker =
                        InMemoryBroker.builder().profile(Profile.KAFKA).build();
                MqClient mq = MqClient.connect(broker.uri())) {
            Queue<String> queue = Queue.of("reminders", String.class);
            mq.subscribe(
                    queue,
                    d -> {
                        throw new IllegalStateException("broken");
                    },
                    SubscribeOptions.builder()
                            .retry(RetryPolicy.fixed(5, Duration.ofMillis(700)))
                            .expiryPolicy(ExpiryPolicy.DEAD_LETTER)
                            .build());
            mq.send(queue, "x", SendOptions.ttl(Duration.ofMillis(500)));

            broker.advance(Duration.ofSeconds(5));

            assertThat(mq.deadLetters(queue).browse(2))
                    .singleElement()
                    .satisfies(dead -> assertThat(dead.failure().reason()).isEqualTo(Failure.Reason.EXPIRED));
        }
    }

    @Test
    void aRelayLeavesNothingOfItsOwnOnTheMessage() {
        try (InMemoryBroker broker =
                        InMemoryBroker.builder().profile(Profile.KAFKA).build();
                MqClient mq = MqClient.connect(broker.uri())) {
            Queue<String> queue = Queue.of("reminders", String.class);
            List<java.util.Map<String, String>> marks = Collections.synchronizedList(new ArrayList<>());
            mq.subscribe(queue, d -> {
                marks.add(d.message().annotations());
                marks.add(d.headers());
            });
            mq.send(queue, "x", SendOptions.delay(Duration.ofSeconds(90)).header("tenant", "blue"));

            broker.advance(Duration.ofMinutes(3));

            assertThat(marks).containsExactly(java.util.Map.of(), java.util.Map.of("tenant", "blue"));
        }
    }

    @Test
    void aDelayBeyondTheLongestIsRefusedWithBothNumbers() {
        try (InMemoryBroker broker =
                        InMemoryBroker.builder().profile(Profile.KAFKA).build();
                MqClient mq = MqClient.connect(broker.uri())) {
            Queue<String> queue = Queue.of("reminders", String.class);

            assertThatThrownBy(() -> mq.send(queue, "x", SendOptions.delay(Duration.ofDays(400))))
                    .isInstanceOf(UnsupportedCapabilityException.class)
                    .hasMessageContaining("PT9600H");
        }
    }
}

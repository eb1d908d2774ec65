package dev.transload.mq.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Faults at random, in virtual time: whatever was sent is handled or set aside, and a key keeps its order. */
class ClientStormTest {

    @ParameterizedTest
    @CsvSource({
        "NONE, false",
        "NONE, true",
        "RABBITMQ, false",
        "RABBITMQ, true",
        "REDIS, false",
        "REDIS, true",
        "SQS_STANDARD, false",
        "SQS_FIFO, true",
        "KAFKA, false",
        "KAFKA, true"
    })
    void nothingIsLostAndOrderHolds(Profile profile, boolean ordered) {
        for (int seed = 0; seed < 15; seed++) {
            try (Storm storm = new Storm(profile, ordered, seed)) {
                storm.run();
            }
        }
    }

    private static final class Storm implements AutoCloseable {
        private final String name;
        private final boolean ordered;
        private final Random random;
        private final InMemoryBroker broker;
        private final Queue<String> queue;
        private final List<MqClient> clients = new ArrayList<>();
        private final List<String> handled = new CopyOnWriteArrayList<>();
        private final Map<String, Integer> failuresLeft = new ConcurrentHashMap<>();
        private final List<String> sent = new ArrayList<>();
        private final MqClient sender;

        Storm(Profile profile, boolean ordered, int seed) {
            this.name = profile + (ordered ? " ordered" : "") + ", seed " + seed;
            this.ordered = ordered;
            this.random = new Random(seed);
            this.broker = InMemoryBroker.builder().profile(profile).build();
            Queue<String> plain = Queue.of("work", String.class);
            this.queue = ordered ? plain.ordered() : plain;
            this.sender = MqClient.connect(broker.uri());
            consumer();
        }

        private void consumer() {
            MqClient client = MqClient.connect(broker.uri());
            clients.add(client);
            client.subscribe(
                    queue,
                    delivery -> {
                        if (failuresLeft.merge(delivery.payload(), -1, Integer::sum) >= 0) {
                            throw new IllegalStateException("as told");
                        }
                        handled.add(delivery.payload());
                    },
                    SubscribeOptions.builder()
                            .concurrency(3)
                            .prefetch(ordered ? 20 : 8)
                            .retry(RetryPolicy.fixed(3, Duration.ofSeconds(2)))
                            .build());
        }

        void run() {
            for (int step = 0; step < 60; step++) {
                switch (random.nextInt(12)) {
                    case 0 -> broker.duplicateNext("work");
                    case 1 -> broker.loseLeases("work");
                    case 2 -> cut();
                    case 3 -> restart();
                    case 4, 5 -> broker.advance(Duration.ofMillis(random.nextInt(4000)));
                    default -> send();
                }
            }
            for (int i = 0; i < 30; i++) {
                broker.advance(Duration.ofMinutes(1));
            }
            check();
        }

        private void send() {
            for (int i = 0; i < 3; i++) {
                String key = "k" + random.nextInt(4);
                String payload = key + ":" + sent.size();
                failuresLeft.put(payload, random.nextInt(4) == 0 ? random.nextInt(4) : 0);
                sent.add(payload);
                sender.send(queue, payload, SendOptions.key(key));
            }
        }

        private void cut() {
            broker.disconnect();
            broker.reconnect();
            broker.advance(Duration.ofSeconds(5));
        }

        private void restart() {
            MqClient old = clients.remove(0);
            if (random.nextBoolean()) {
                broker.crash(old.clientId());
            }
            consumer();
            old.close();
        }

        private void check() {
            Set<String> dead = new HashSet<>();
            broker.deadLetters("work").forEach(letter -> dead.add(text(letter)));
            Set<String> seen = new HashSet<>(handled);
            seen.addAll(dead);
            assertThat(seen).as(name + ": handled or set aside").containsAll(sent);
            assertThat(broker.depth("work")).as(name + ": left over").isZero();
            assertThat(broker.inFlight("work")).as(name + ": in flight").isEmpty();
            if (ordered) {
                Map<String, Integer> last = new HashMap<>();
                Set<String> known = new HashSet<>(dead); // the duplicate of one may be handled late
                for (String payload : handled) {
                    String[] parts = payload.split(":", -1);
                    if (known.add(payload)) {
                        int number = Integer.parseInt(parts[1]);
                        assertThat(number)
                                .as(name + ": order of " + parts[0] + " in " + handled)
                                .isGreaterThan(last.getOrDefault(parts[0], -1));
                        last.put(parts[0], number);
                    }
                }
            }
        }

        private static String text(InMemoryBroker.SetAside dead) {
            String json = new String(dead.message().body(), java.nio.charset.StandardCharsets.UTF_8);
            return json.replace("\"", "");
        }

        @Override
        public void close() {
            clients.forEach(MqClient::close);
            sender.close();
            broker.close();
        }
    }
}

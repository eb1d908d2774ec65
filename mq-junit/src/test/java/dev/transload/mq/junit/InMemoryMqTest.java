package dev.transload.mq.junit;

import static dev.transload.mq.junit.MqAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.InMemoryIdempotencyStore;
import dev.transload.mq.Queue;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.inmemory.InMemoryBroker;
import dev.transload.mq.inmemory.Profile;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a test is given: a broker of its own, clients, a store. */
@InMemoryMq(startingAt = "2027-03-28T00:59:00Z")
class InMemoryMqTest {

    private static final Queue<String> WORDS = Queue.of("words", String.class);
    private static final Set<String> BROKERS = new HashSet<>();

    private final InMemoryBroker ofConstructor;
    private MqClient ofSetUp;

    InMemoryMqTest(InMemoryBroker broker) {
        this.ofConstructor = broker;
    }

    @BeforeEach
    void setUp(MqClient mq) {
        this.ofSetUp = mq;
    }

    @Test
    void allPartsOfATestShareItsBroker(InMemoryBroker broker, MqClient mq) {
        List<String> seen = new CopyOnWriteArrayList<>();
        mq.subscribe(WORDS, delivery -> seen.add(delivery.payload()));
        ofSetUp.send(WORDS, "hello");
        broker.awaitIdle();

        assertThat(broker.uri()).isEqualTo(ofConstructor.uri());
        assertThat(mq.clientId()).isNotEqualTo(ofSetUp.clientId());
        assertThat(seen).containsExactly("hello");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void eachRunHasAnotherBroker(int run, InMemoryBroker broker) {
        assertThat(BROKERS.add(broker.uri())).isTrue();
        assertThat(broker.destinations()).isEmpty();
    }

    @Test
    void timeStartsWhereTheTestSaysAndMovesWhenItDoes(InMemoryBroker broker) {
        broker.advance(Duration.ofHours(2));

        assertThat(broker.now()).isEqualTo(Instant.parse("2027-03-28T02:59:00Z"));
    }

    @Test
    void theStoreGoesByTheBrokersClock(InMemoryBroker broker, IdempotencyStore store, InMemoryIdempotencyStore same) {
        store.begin("key", "me", Duration.ofMinutes(1));
        broker.advance(Duration.ofMinutes(2));

        assertThat(store).isSameAs(same);
        assertThat(store.begin("key", "other", Duration.ofMinutes(1)))
                .isInstanceOf(IdempotencyStore.Claim.Started.class);
    }

    @Test
    @InMemoryMq(profile = Profile.KAFKA)
    void aTestCanHaveLimitsOfItsOwn(InMemoryBroker broker, MqClient mq) {
        assertThat(broker.toString()).contains("profile kafka");
        assertThat(mq.explain().broker()).contains("kafka");
        assertThat(broker).isDrained().hasNoDeadLetters();
    }

    @Nested
    class Within {

        @Test
        void whatTheOuterClassAsksForHolds(InMemoryBroker broker) {
            assertThat(broker.now()).isEqualTo(Instant.parse("2027-03-28T00:59:00Z"));
        }
    }
}

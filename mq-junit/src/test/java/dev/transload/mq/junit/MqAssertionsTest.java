package dev.transload.mq.junit;

import static dev.transload.mq.junit.MqAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.Failure;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.inmemory.InMemoryBroker;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Assertions hold or say what there is instead. */
@InMemoryMq
class MqAssertionsTest {

    private static final Queue<String> WORDS = Queue.of("words", String.class);

    @Test
    void waitingAndDelayedAreToldApart(InMemoryBroker broker, MqClient mq) {
        mq.send(WORDS, "now", SendOptions.id("m-1"));
        mq.send(WORDS, "later", SendOptions.id("m-2").delay(Duration.ofHours(1)));

        assertThat(broker).at("words").hasWaiting(1).hasDelayed(1).hasInFlight(0);
        assertThatThrownBy(() -> assertThat(broker).at("words").isEmpty())
                .isInstanceOf(AssertionError.class)
                .hasMessage("expected that nothing is at words, but there are 1 waiting (m-1), 0 in flight,"
                        + " 1 delayed (m-2)");
        assertThatThrownBy(() -> assertThat(broker).isDrained()).hasMessageContaining("words: 1 waiting (m-1)");
        assertThatThrownBy(() -> assertThat(broker).at("words").hasDelayed(2))
                .hasMessageContaining("expected 2 messages delayed at words, but there are 1");
    }

    @Test
    void aPlaceThatIsNotThereIsNoEmptyPlace(InMemoryBroker broker, MqClient mq) {
        mq.send(WORDS, "hello");

        assertThatThrownBy(() -> assertThat(broker).at("wrods"))
                .isInstanceOf(AssertionError.class)
                .hasMessage("there is no place named wrods, only [words]");
    }

    @Test
    void aDeadLetterTellsWhy(InMemoryBroker broker, MqClient mq) {
        mq.subscribe(
                WORDS,
                delivery -> {
                    throw new IOException("451 try again later");
                },
                SubscribeOptions.builder()
                        .retry(RetryPolicy.fixed(3, Duration.ofMinutes(1)))
                        .build());
        mq.send(WORDS, "hello", SendOptions.id("m-1"));
        broker.awaitIdle();
        assertThat(broker).at("words").hasNoDeadLetters();

        broker.advance(Duration.ofMinutes(2));

        assertThat(broker).isDrained();
        assertThat(broker)
                .at("words")
                .isEmpty()
                .hasOneDeadLetter()
                .hasId("m-1")
                .hasReason(Failure.Reason.ATTEMPTS_EXHAUSTED)
                .becauseOf(IOException.class)
                .withMessage("451 try again later")
                .afterAttempts(3);
        assertThat(assertThat(broker).at("words").hasDeadLetter("m-1").message().body())
                .isNotEmpty();
        assertThatThrownBy(() -> assertThat(broker).hasNoDeadLetters())
                .hasMessage("expected 0 dead letters of words, but there are 1 (m-1 ATTEMPTS_EXHAUSTED after 3"
                        + " attempts, IOException: 451 try again later)");
        assertThatThrownBy(() -> assertThat(broker).at("words").hasDeadLetter("m-2"))
                .hasMessageContaining("expected a dead letter m-2 of words, but there are 1 (m-1");
        assertThatThrownBy(
                        () -> assertThat(broker).at("words").hasOneDeadLetter().afterAttempts(2))
                .hasMessageContaining("attempts 2, but it is m-1");
    }
}

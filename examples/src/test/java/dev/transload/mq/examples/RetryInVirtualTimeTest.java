package dev.transload.mq.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.InMemoryIdempotencyStore;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.inmemory.InMemoryBroker;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How an application tests its retries: with a broker in memory whose time it moves itself. */
class RetryInVirtualTimeTest {

    @Test
    void failsThreeTimesThenIsDeadLettered() {
        InMemoryBroker broker = InMemoryBroker.create(); // virtual time
        try (MqClient mq = MqClient.connect(broker.uri())) {
            WelcomeEmails.deliver(
                    mq,
                    email -> {
                        throw new IOException("451 try again later");
                    },
                    new InMemoryIdempotencyStore(broker.clock()));
            WelcomeEmails.signedUp(mq, "user@example.com");

            broker.advance(Duration.ofMinutes(1)); // all delays elapse, nothing sleeps

            assertThat(broker.deadLetters("email-queue")).hasSize(1);
            assertThat(broker.deadLetters("email-queue").get(0).failureType()).isEqualTo("IOException");
        }
    }
}

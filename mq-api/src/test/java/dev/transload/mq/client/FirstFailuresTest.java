package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Annotations;
import org.junit.jupiter.api.Test;

class FirstFailuresTest {
    private final FirstFailures firsts = new FirstFailures();
    private final Message message = Message.builder("id", new byte[0]).build();

    @Test
    void aMessageThatHasNotFailedFailsNow() {
        assertThat(firsts.of(message, 70)).isEqualTo(70);
    }

    @Test
    void whatIsWrittenOnACopyIsBelieved() {
        Message copy =
                message.toBuilder().annotation(Annotations.FIRST_FAILURE, "40").build();

        assertThat(firsts.of(copy, 70)).isEqualTo(40);
    }

    @Test
    void theFirstOfSeveralFailuresIsRemembered() {
        firsts.remember("id", 50);
        firsts.remember("id", 60);

        assertThat(firsts.of(message, 70)).isEqualTo(50);
    }

    @Test
    void aMessageThatHasEndedIsForgotten() {
        firsts.remember("id", 50);
        firsts.forget("id");

        assertThat(firsts.of(message, 70)).isEqualTo(70);
    }

    @Test
    void theOldestAreForgottenWhenThereAreTooMany() {
        for (int i = 0; i <= 10_000; i++) {
            firsts.remember("id" + i, 50);
        }

        assertThat(firsts.of(Message.builder("id0", new byte[0]).build(), 70)).isEqualTo(70);
        assertThat(firsts.of(Message.builder("id1", new byte[0]).build(), 70)).isEqualTo(50);
    }
}

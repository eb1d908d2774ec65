package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Annotations;
import org.junit.jupiter.api.Test;

class FailureMemoryTest {
    private final FailureMemory memory = new FailureMemory();
    private final Message message = Message.builder("id", new byte[0]).build();

    @Test
    void aMessageThatHasNotFailedFailsNow() {
        assertThat(memory.of(message, 70)).isEqualTo(70);
    }

    @Test
    void whatIsWrittenOnACopyIsBelieved() {
        Message copy =
                message.toBuilder().annotation(Annotations.FIRST_FAILURE, "40").build();

        assertThat(memory.of(copy, 70)).isEqualTo(40);
    }

    @Test
    void theFirstOfSeveralFailuresIsRemembered() {
        memory.remember("id", 50, 1);
        memory.remember("id", 60, 2);

        assertThat(memory.of(message, 70)).isEqualTo(50);
        assertThat(memory.failures("id")).isEqualTo(2);
    }

    @Test
    void aMessageThatHasEndedIsForgotten() {
        memory.remember("id", 50, 1);
        memory.forget("id");

        assertThat(memory.of(message, 70)).isEqualTo(70);
        assertThat(memory.failures("id")).isZero();
    }

    @Test
    void theOldestAreForgottenWhenThereAreTooMany() {
        for (int i = 0; i <= 10_000; i++) {
            memory.remember("id" + i, 50, 1);
        }

        assertThat(memory.of(Message.builder("id0", new byte[0]).build(), 70)).isEqualTo(70);
        assertThat(memory.of(Message.builder("id1", new byte[0]).build(), 70)).isEqualTo(50);
    }
}

package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.ClientClosedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RabbitMqTransportTest {

    private final RabbitMqTransport transport = Unconnected.transport();
    private final CompletableFuture<Void> answer = new CompletableFuture<>();

    /** The control thread waits for an answer of the broker. */
    @BeforeEach
    void occupy() throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(1);
        transport.onControl(() -> {
            busy.countDown();
            answer.join(); // no interrupt ends it
        });
        busy.await();
    }

    @AfterEach
    void release() {
        answer.complete(null);
    }

    @Test
    void aCallThatTheCloseKeepsFromItsTurnIsTold() {
        CompletableFuture<Void> declared = transport.declare(Spi.queue("orders"));
        CompletableFuture<?> depth = transport.admin().depth(Spi.queue("orders"));

        Spi.get(transport.close(Duration.ofMillis(1)));

        assertThat(declared).isCompletedExceptionally();
        assertThat(depth).isCompletedExceptionally();
        assertThat(Spi.failure(declared)).isInstanceOf(ClientClosedException.class);
        assertThat(Spi.failure(depth)).isInstanceOf(ClientClosedException.class);
    }

    @Test
    void aDelayedMessageThatTheCloseKeepsFromItsTurnIsTold() {
        Sent later = new Sent(Spi.queue("orders"), Spi.message("an order"), 60_000);
        transport.send(later);

        Spi.get(transport.close(Duration.ofMillis(1)));

        assertThat(later.end()).isCompletedExceptionally();
        assertThat(later.failure()).isInstanceOf(ClientClosedException.class);
    }
}

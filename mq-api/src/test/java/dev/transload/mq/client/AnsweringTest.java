package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Message;
import dev.transload.mq.MqObserver;
import dev.transload.mq.Queue;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Topology;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AnsweringTest {

    private static final Queue<byte[]> PRICES = Queue.of("prices", byte[].class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final ScriptedTransport transport = new ScriptedTransport();
    private final SystemTime system = new SystemTime("test");
    private final Engine engine = new Engine(
            ScriptedEngine.settings(Topology.CREATE, TIMEOUT, 10, false),
            transport,
            system,
            new ConnectionState(),
            List.of(),
            MqObserver.NONE);

    @AfterEach
    void close() {
        system.close();
    }

    @Test
    void theBytesOfARequestAreMadeOnceWhichIsForItsHandler() {
        Shapes shapes = new Shapes(engine);
        Answering answering = new Answering(engine, new Subscribing(engine, shapes), new Sending(engine, shapes));
        answering.reply(PRICES, byte[].class, request -> request, SubscribeOptions.defaults());
        AtomicInteger made = new AtomicInteger();

        transport
                .receiver("prices")
                .deliver(Message.lateBuilder("a", () -> {
                            made.incrementAndGet();
                            return new byte[] {7};
                        })
                        .replyTo("inbox-1")
                        .build());

        await("the reply").until(() -> !transport.sentTo("inbox-1").isEmpty());
        assertThat(transport.sentTo("inbox-1").get(0).body()).containsExactly(7);
        assertThat(made).hasValue(1);
    }
}

package dev.transload.mq.client;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Place;
import java.time.Duration;

/** Sends a dead letter when it is too late for it. */
final class LateLetter {

    private LateLetter() {}

    static void send(EngineContext engine, Place to, Message message) {
        engine.time().schedule(Duration.ofMillis(50), () -> {
            var unused = engine.sendInternal(to, message, 0);
        });
    }
}

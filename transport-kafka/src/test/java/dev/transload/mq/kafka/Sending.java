package dev.transload.mq.kafka;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import java.util.function.Consumer;

/** A message nobody waits for. */
record Sending(Place to, Message message, Consumer<Throwable> failure) implements Outgoing {

    /** One that must not fail. */
    Sending(Place to, Message message) {
        this(to, message, cause -> {
            throw new AssertionError(cause);
        });
    }

    @Override
    public long delayMillis() {
        return 0;
    }

    @Override
    public void done() {}

    @Override
    public void failed(Throwable cause) {
        failure.accept(cause);
    }
}

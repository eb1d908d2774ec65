package dev.transload.mq.kafka;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;

/** A message nobody waits for, which must not fail. */
record Sending(Place to, Message message) implements Outgoing {

    @Override
    public long delayMillis() {
        return 0;
    }

    @Override
    public void done() {}

    @Override
    public void failed(Throwable cause) {
        throw new AssertionError(cause);
    }
}

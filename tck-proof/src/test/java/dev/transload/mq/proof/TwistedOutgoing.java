package dev.transload.mq.proof;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;

/**
 * A message on its way through a broken transport.
 *
 * @param to where it goes
 * @param message what goes, which need not be what the engine gave
 * @param delayMillis with which delay
 * @param told who learns how it ended
 */
record TwistedOutgoing(Place to, Message message, long delayMillis, Completion told) implements Outgoing {

    static TwistedOutgoing of(Twist twist, Outgoing real) {
        Message message = twist.outgoing(real.message(), real.to());
        return new TwistedOutgoing(real.to(), message, twist.delay(real.delayMillis(), message, real.to()), real);
    }

    /** The same message, of whose end someone else is told. */
    static Outgoing telling(Outgoing outgoing, Completion told) {
        return new TwistedOutgoing(outgoing.to(), outgoing.message(), outgoing.delayMillis(), told);
    }

    /** Another message that goes the same way. */
    static Outgoing with(Outgoing outgoing, Message message) {
        return new TwistedOutgoing(outgoing.to(), message, outgoing.delayMillis(), outgoing);
    }

    @Override
    public void done() {
        told.done();
    }

    @Override
    public void failed(Throwable cause) {
        told.failed(cause);
    }
}

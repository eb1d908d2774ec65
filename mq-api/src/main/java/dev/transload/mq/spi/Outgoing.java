package dev.transload.mq.spi;

import dev.transload.mq.Message;
import java.util.List;

/**
 * A message on its way to a place, and who is told when the broker has it. Made by the engine only.
 *
 * <p>{@link Completion#done()} means that the broker has the message. A failure is a {@link
 * dev.transload.mq.MessagingException} whose {@code outcome()} says whether the broker may have it.
 */
public interface Outgoing extends Completion {

    /** Where it goes. */
    Place to();

    /** What goes. */
    Message message();

    /**
     * Milliseconds from now before which it may not be received, by the broker's clock; 0 for at once. Never above
     * {@link Capabilities#maxSendDelay()}.
     */
    long delayMillis();

    /**
     * The broker has all of these, of which this is one. What {@link #done()} of each in turn says, at less cost: who
     * waits for them is woken once.
     */
    default void done(List<? extends Outgoing> all) {
        all.forEach(Completion::done);
    }

    /**
     * Whether the calling thread hands this over and then does nothing until it is told. A transport that would have
     * another thread wait for the broker's answer may have this one do it, for some milliseconds at most; it is
     * none that an interrupt would close a socket for.
     */
    default boolean isAwaited() {
        return false;
    }
}

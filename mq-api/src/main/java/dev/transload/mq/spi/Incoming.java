package dev.transload.mq.spi;

import dev.transload.mq.Message;
import java.time.Duration;

/**
 * A delivery the engine has to settle once, by {@link #ack} or {@link #release}.
 *
 * <p>Thread-safe; no call throws or waits. Settles may be sent together. A settle's completion fails with {@link
 * dev.transload.mq.LeaseLostException} if the delivery was lost before; then nothing changed at the broker. The engine
 * settles a delivery once at most; a renewal may arrive after the settle it raced with, and then changes nothing.
 */
public interface Incoming {

    /**
     * The message as stored; the engine decodes it. A transport whose client has the body in another form than an array
     * of bytes spares a copy with {@link Message#lateBuilder}. The engine keeps such a message no longer than the delivery
     * and hands it to an application with its bytes made; what it keeps in memory until it is settled is for the transport
     * to bound, by calling {@link Message#body()}.
     */
    Message message();

    /** Name of the queue or topic the message was sent to: with a pattern, the topic that matched. */
    String destination();

    /**
     * When the broker stored the message here, in milliseconds since 1970, or -1 if it does not tell. Waits that the
     * engine emulates count from it; without it they count from when the message was sent here, by the clock of who
     * sent it.
     */
    default long storedAt() {
        return -1;
    }

    /** Unit of broker order, such as a partition; stable while it is assigned. */
    int lane();

    /**
     * Deliveries of this stored message so far, this one included, that the broker knows of; 1 if it does not count.
     * What makes it rise is {@link Capabilities#counting()}.
     */
    int brokerCount();

    /**
     * Failures remembered by {@link #note}, which {@link #brokerCount} includes; 0 if none were, or if the broker
     * cannot tell them from other deliveries.
     */
    default int notedFailures() {
        return 0;
    }

    /**
     * Whether a process that had this message died, and may have begun a handler that {@link #brokerCount} does not
     * count, see {@link Counting#mostUnseen}; the delivery is marked as redelivered then.
     */
    default boolean mayHaveBegun() {
        return false;
    }

    /** Grows with each owner of the lane; 0 where the broker has no such number. */
    default long fence() {
        return 0;
    }

    /**
     * Tells that a handler call begins now, the first of this delivery or one more after a {@link #note}. Where {@link
     * Counting#exact()}, a delivery that is lost counts only if this was called; elsewhere nothing happens.
     *
     * <p>Called on the thread that will run the handler. It returns at once, save where the broker must know of the start
     * first, as after a crash that may have been this message's doing; then it waits for the broker. A delivery that was
     * lost before has been reported so when it returns.
     */
    default void began() {}

    /** Ends the delivery; the message is done. */
    void ack(Completion completion);

    /**
     * Gives the message back to its place.
     *
     * @param delay how long it stays away; at most {@link Capabilities#maxReleaseDelay()}
     * @param failed whether a handler ran; where {@link Counting#uncountedRelease()}, the broker counts it only then
     */
    void release(Duration delay, boolean failed, Completion completion);

    /**
     * Keeps the lease for {@link ReceiveSpec#lease()} from now. Needs {@link Capability#RENEW}. If it fails with {@link
     * dev.transload.mq.LeaseLostException} the delivery is taken for lost; after another failure it is tried again.
     */
    default void renew(Completion completion) {
        throw new UnsupportedOperationException("RENEW is not declared");
    }

    /**
     * Remembers, durably and under this lease, that so many handler calls of this message have failed; {@link
     * #brokerCount} of the next delivery goes on from {@code failures + 1}. Needs {@link Capability#NOTE_ATTEMPTS}.
     */
    default void note(int failures, Completion completion) {
        throw new UnsupportedOperationException("NOTE_ATTEMPTS is not declared");
    }

    /**
     * Sends and acks in one atomic step; both are told by {@code outgoing}. If that fails, save by {@link
     * dev.transload.mq.LeaseLostException}, the delivery is still out and may be settled, or moved again. Needs {@link
     * Capability#ATOMIC_MOVE}.
     */
    default void moveTo(Outgoing outgoing) {
        throw new UnsupportedOperationException("ATOMIC_MOVE is not declared");
    }
}

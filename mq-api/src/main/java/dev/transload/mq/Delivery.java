package dev.transload.mq;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A message handed to a handler, and the means to settle it.
 *
 * <p>Most handlers return or throw and settle nothing by hand: returning acks, throwing retries or dead-letters by the
 * subscription's policy. A handler that settles by hand does so once; a second settle is an
 * {@link IllegalStateException}, and one that comes after the lease was lost a {@link LeaseLostException}.
 *
 * <p>Thread-safe. Valid until it is settled: whoever keeps more for longer keeps the {@link #message()} or the payload,
 * since the delivery itself can hold on to all that its client received together with it.
 *
 * @param <T> type of the payload
 */
public interface Delivery<T> {

    /** The decoded payload. */
    T payload();

    /** The message as stored. */
    Message message();

    /** Identity of the message, see {@link Message#id()}. */
    default String id() {
        return message().id();
    }

    /** Key of the message, if it has one. */
    default Optional<String> key() {
        return Optional.ofNullable(message().key());
    }

    /** Headers of the application. Immutable. */
    default Map<String, String> headers() {
        return message().headers();
    }

    /** Name of the queue or topic the message was sent to. */
    String destination();

    /** Number of this handling of the message, from 1: failures and suspected crashes so far, and this one. */
    int attempt();

    /** Whether the message may have been handed out before. */
    boolean redelivered();

    /** When the lease ends unless it is renewed, which the client does while the handler runs. */
    Instant leaseUntil();

    /** Whether the lease was lost: someone else may have the message now. The handler is interrupted too. */
    boolean leaseLost();

    /**
     * A number that grows with each owner of the message's lane, for systems that can refuse a late writer; 0 where
     * the broker has no such number.
     */
    long fence();

    /** Done. Returns at once. */
    void ack();

    /** Failed; tried again at once while attempts remain, else dead-lettered. Returns at once. */
    default void retry() {
        retry(Duration.ZERO);
    }

    /** Failed; tried again after the delay while attempts remain, else dead-lettered. Returns at once. */
    void retry(Duration delay);

    /** Set aside among the dead letters, with this reason, without another attempt. Returns at once. */
    void deadLetter(String reason);

    /** Thrown away: not done, not kept. Returns at once. */
    void discard();
}

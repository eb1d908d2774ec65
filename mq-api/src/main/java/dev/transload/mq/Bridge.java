package dev.transload.mq;

import java.time.Duration;
import java.util.Optional;

/**
 * A way for messages from one broker to another, see {@code MqClient.bridge}. Thread-safe.
 *
 * <p>A message is settled here when the other broker has it, so a bridge that is killed leaves messages that are there
 * twice, with one id, and loses none. Body, headers, id, key, type, timestamp, priority, what is left of the time to live,
 * and the number of failures so far are kept; suspected crashes are not. What is delayed comes when it is due.
 */
public interface Bridge extends AutoCloseable {

    /** The queue or group that is moved. */
    String source();

    /** Messages that the other broker has confirmed so far, dead letters apart. */
    long moved();

    /** Dead letters that were moved. */
    long movedDeadLetters();

    /**
     * What there is to do: messages that wait here, as the broker counts them, and those the bridge has received and not
     * settled, which brokers that count both tell twice; dead letters included. Messages that other consumers hold count
     * where the broker counts them, and those whose delay is not over do not. Blocks for the broker.
     */
    long left();

    /**
     * Why the bridge stands still, if it does: the other broker will never take a message, such as one that is too large
     * for it. That message and what came after it stay here.
     */
    Optional<MessagingException> failure();

    /**
     * Stops: what was received and not sent goes back, what was sent is settled. Idempotent; both clients stay open.
     * Blocks up to the deadline and a little longer.
     */
    CloseReport close(Duration deadline);

    /** Stops within 30 s, see {@link #close(Duration)}. */
    @Override
    void close();
}

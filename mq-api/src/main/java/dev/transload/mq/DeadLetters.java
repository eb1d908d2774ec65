package dev.transload.mq;

import java.util.List;
import java.util.function.Predicate;

/**
 * The dead letters of one queue or group. Thread-safe; every method blocks for the broker.
 *
 * <p>Where the broker cannot peek (RabbitMQ, SQS), browsing takes messages and gives them back, so two who browse or
 * redrive at the same time do not see each other's messages.
 */
public interface DeadLetters {

    /** Name of the place they are in, such as {@code email-queue.dlq}. */
    String name();

    /** How many there are; approximate where the broker approximates, 0 if the place does not exist. */
    long count();

    /** The oldest ones, at most {@code max}, without consuming them; copies of one id are shown once. */
    List<DeadLetter> browse(int max);

    /**
     * Sends dead letters back to the queue or group that failed, with their attempts reset. Looks at no more than
     * there are at the start.
     */
    RedriveReport redrive(Redrive redrive);

    /** Removes those that match and returns how many. Looks at no more than there are at the start. */
    long discard(Predicate<? super DeadLetter> which);

    /** Removes all of them. */
    void purge();
}

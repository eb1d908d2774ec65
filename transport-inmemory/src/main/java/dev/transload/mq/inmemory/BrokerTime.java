package dev.transload.mq.inmemory;

import dev.transload.mq.spi.TimeSource;
import java.time.Duration;

/** A broker's time. It counts the work that has begun and not ended, so that one can wait until nothing runs. */
interface BrokerTime extends TimeSource {

    /** Whether time moves only when it is told to. */
    boolean virtual();

    /**
     * Waits until no work is running; in virtual time, tasks that are due now run first.
     *
     * @throws IllegalStateException if work is still running after the broker's bound; the text says how much
     */
    void awaitIdle();

    /**
     * Moves virtual time on, running what becomes due in order of time, and waiting before each step until no work is
     * running.
     *
     * @throws IllegalStateException as {@link #awaitIdle}, or if time is not virtual
     */
    void advance(Duration by);

    /** Lets timers run; called when the first client comes. */
    void start();

    /** Ends the timer thread, if there is one; called when the last client has gone. */
    void stop();
}

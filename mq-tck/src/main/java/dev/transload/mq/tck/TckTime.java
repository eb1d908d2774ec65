package dev.transload.mq.tck;

import java.time.Clock;
import java.time.Duration;

/** Virtual time of a broker and its clients: it moves when a case says so. */
public interface TckTime {

    /**
     * Moves time on, running what becomes due on the way.
     *
     * @throws IllegalStateException if handlers are still running after a short real time; the case then looks again
     */
    void advance(Duration by);

    /** A clock that shows the virtual time. */
    Clock clock();
}

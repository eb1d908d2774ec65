package dev.transload.mq.tck;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/** A broker as one case sees it. */
public interface TckBroker extends AutoCloseable {

    /** What clients connect to. */
    String uri();

    /** How the case moves time on, if the broker's time is virtual; otherwise cases wait. */
    default Optional<TckTime> time() {
        return Optional.empty();
    }

    /** Called when the case has ended; does nothing unless overridden. */
    @Override
    default void close() {}

    /** A broker that goes by the system's clock and outlives the case. */
    static TckBroker at(String uri) {
        requireNonNull(uri, "uri");
        return () -> uri;
    }
}

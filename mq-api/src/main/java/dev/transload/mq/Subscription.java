package dev.transload.mq;

import java.time.Duration;

/** A running subscription. Thread-safe. */
public interface Subscription extends AutoCloseable {

    /** Name of the queue or group, see {@link Source#name()}. */
    String source();

    /** What the subscription is doing. */
    State state();

    /**
     * No handler call starts after this returned. What was handed out stays here under its lease, up to the prefetch;
     * what leaves is not replaced. Membership lives on.
     */
    void pause();

    /** Goes on after {@link #pause}. */
    void resume();

    /** How the subscription is, judged from what was observed; does no I/O. */
    Health health();

    /** Drains within 30 s, see {@link #close(Duration)}. */
    @Override
    void close();

    /**
     * Stops intake, gives unstarted deliveries back, lets handlers finish until the deadline and then interrupts
     * them. Blocks until then; idempotent; called inside a handler it leaves that handler's own delivery out.
     */
    CloseReport close(Duration deadline);

    /** What a subscription is doing. */
    enum State {
        RUNNING,
        PAUSED,
        DRAINING,
        CLOSED,
        /** Ended by itself, see {@link MqListener#subscriptionFailed}. */
        FAILED
    }
}

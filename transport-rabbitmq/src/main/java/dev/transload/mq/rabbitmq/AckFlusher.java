package dev.transload.mq.rabbitmq;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A thread that writes acks which no full batch has carried away, a millisecond after the first of them. Sleeps while
 * there are none.
 *
 * <p>Thread-safe.
 */
final class AckFlusher {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final BooleanSupplier flush;
    private final Thread thread;
    private volatile boolean waiting;
    private volatile boolean sleeping;
    private volatile boolean closed;

    /**
     * Starts the thread.
     *
     * @param flush writes what waits; says whether some is left
     */
    AckFlusher(BooleanSupplier flush) {
        this.flush = flush;
        this.thread = RabbitMqConnections.daemon(this::run, "mq-rabbitmq-acks-1");
        thread.start();
    }

    /** An ack waits. */
    void wake() {
        if (!waiting) {
            waiting = true;
        }
        if (sleeping) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        while (!closed) {
            if (!waiting) {
                sleeping = true;
                if (!waiting && !closed) {
                    LockSupport.park(this);
                }
                sleeping = false;
            } else {
                LockSupport.parkNanos(this, PAUSE_NANOS);
                waiting = false;
                if (flush.getAsBoolean()) {
                    waiting = true;
                }
            }
        }
    }

    void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}

package dev.transload.mq.kafka;

import java.time.Duration;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * A connection for questions that may take long, made when the first is asked. A broker answers what comes over one
 * connection in its turn, so whatever is asked after such a question waits with it, and a client that asks whether the
 * cluster is there takes it for lost. What the state of share groups is asked for waits for their coordinator: up to half
 * a minute, seen on 4.4.
 *
 * <p>Thread-safe.
 */
final class SlowAdmin {

    private final Supplier<Admin> connector;
    private final Lock lock = new ReentrantLock();
    /** Guarded. */
    private @Nullable Admin admin;
    /** Guarded. */
    private boolean closed;

    /**
     * @param connector makes it
     */
    SlowAdmin(Supplier<Admin> connector) {
        this.connector = connector;
    }

    /** The connection. */
    Admin get() {
        lock.lock();
        try {
            if (closed) {
                throw KafkaAsk.closed("ask");
            }
            if (admin == null) {
                admin = connector.get();
            }
            return admin;
        } finally {
            lock.unlock();
        }
    }

    /** Ends it, whatever is asked. */
    void close() {
        Admin open;
        lock.lock();
        try {
            closed = true;
            open = admin;
            admin = null;
        } finally {
            lock.unlock();
        }
        if (open != null) {
            open.close(Duration.ZERO);
        }
    }
}

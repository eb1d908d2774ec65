package dev.transload.mq.client;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Whether the transport is connected, as it last said. Thread-safe. */
final class ConnectionState {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final AtomicBoolean up = new AtomicBoolean(true);
    private volatile String why = "connected";
    private volatile @Nullable BiConsumer<Boolean, String> listener;

    /** Who is told of changes; one only. */
    void onChange(BiConsumer<Boolean, String> told) {
        listener = told;
    }

    /** Called by the transport. */
    void changed(boolean isUp, String reason) {
        why = reason;
        BiConsumer<Boolean, String> told = listener;
        if (up.getAndSet(isUp) != isUp && told != null) {
            told.accept(isUp, reason);
        }
    }

    /** Waits until the transport is connected, at most so long; returns whether it is. Not before a moment has passed. */
    boolean awaitUp(Duration most) {
        long deadline = System.nanoTime() + most.toNanos();
        do {
            if (System.nanoTime() >= deadline || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        } while (!up.get());
        return true;
    }

    boolean isUp() {
        return up.get();
    }

    String why() {
        return why;
    }
}

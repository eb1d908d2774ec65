package dev.transload.mq.kafka;

import dev.transload.mq.spi.Completion;
import org.jspecify.annotations.Nullable;

/** Remembers how an operation ended. */
final class Told implements Completion {

    volatile int dones;
    volatile @Nullable Throwable failure;

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // told by one thread at a time
    public void done() {
        dones++;
    }

    @Override
    public void failed(Throwable cause) {
        failure = cause;
    }

    boolean isTold() {
        return dones > 0 || failure != null;
    }
}

package dev.transload.mq.redis;

import dev.transload.mq.spi.Completion;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers how often an operation ended, and why it failed. */
final class Told implements Completion {

    volatile int dones;
    final List<Throwable> failures = new CopyOnWriteArrayList<>();

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // told by one thread at a time
    public void done() {
        dones++;
    }

    @Override
    public void failed(Throwable cause) {
        failures.add(cause);
    }
}

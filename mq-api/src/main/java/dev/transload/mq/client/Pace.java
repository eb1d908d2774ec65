package dev.transload.mq.client;

import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets one thread through so many times a second, evenly. Goes by the engine's clock, or by the system's where that is
 * ahead: a virtual clock that nobody moves never holds a caller for longer than real time would. Not thread-safe.
 */
final class Pace {

    private final TimeSource time;
    private final long interval;
    private final long start;
    private final long systemStart = System.nanoTime();
    private long passed;

    /**
     * @param perSecond 0 for no limit
     */
    Pace(TimeSource time, int perSecond) {
        this.time = time;
        this.interval = perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.start = time.nanos();
    }

    /** Waits for the next turn; the first one is at once. */
    void await() throws InterruptedException {
        long due = interval * passed++;
        while (true) {
            long wait = due - Math.max(time.nanos() - start, System.nanoTime() - systemStart);
            if (wait <= 0) {
                return;
            }
            CountDownLatch turn = new CountDownLatch(1);
            TimeSource.Timer timer = time.schedule(Duration.ofNanos(wait), turn::countDown);
            if (!turn.await(wait, TimeUnit.NANOSECONDS)) {
                timer.cancel();
            }
        }
    }
}

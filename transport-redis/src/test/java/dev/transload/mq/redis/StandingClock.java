package dev.transload.mq.redis;

import dev.transload.mq.spi.TimeSource;
import java.time.Duration;

/** A clock that stands still. */
final class StandingClock implements TimeSource {
    @Override
    public long millis() {
        return 0;
    }

    @Override
    public long nanos() {
        return 0;
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        throw new UnsupportedOperationException();
    }
}

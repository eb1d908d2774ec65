package dev.transload.mq.sqs;

import dev.transload.mq.spi.TimeSource;
import java.time.Duration;

/** Time that does not go by. */
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

package dev.transload.mq.tck;

import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.InMemoryIdempotencyStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

/** The store of one process, on a clock that the test moves. */
class InMemoryIdempotencyStoreTest implements IdempotencyStoreTck {
    private final AtomicLong millis = new AtomicLong();
    private final IdempotencyStore store = new InMemoryIdempotencyStore(new MovedClock(millis));

    @Override
    public IdempotencyStore store() {
        return store;
    }

    @Override
    public void elapse(Duration span) {
        millis.addAndGet(span.toMillis());
    }

    private static final class MovedClock extends Clock {
        private final AtomicLong millis;

        MovedClock(AtomicLong millis) {
            this.millis = millis;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis.get());
        }
    }
}

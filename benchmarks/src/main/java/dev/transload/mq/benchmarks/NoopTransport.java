package dev.transload.mq.benchmarks;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.PlaceAdmin;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A transport without a broker: a send is confirmed within the call, and what a {@link NoopFeed} is given is delivered
 * against credit. What is left is the engine's own cost.
 *
 * <p>Thread-safe. One receiver at a time.
 */
final class NoopTransport implements Transport {

    private static final Capabilities CAPABILITIES = Capabilities.builder(
                    "no broker", new Capabilities.Limits(16 << 20, 1 << 20, 1_000, 200))
            .durability("none", List.of())
            .sendDelay(Duration.ofDays(1), "nothing is kept")
            .build();

    private volatile @Nullable NoopFeed feed;
    private volatile boolean loop;

    /** From now on what is sent is delivered. */
    void loopSendsBack() {
        loop = true;
    }

    /** The feed of the one subscription there is. */
    NoopFeed feed() {
        NoopFeed current = feed;
        if (current == null) {
            throw new IllegalStateException("nobody subscribed");
        }
        return current;
    }

    @Override
    public Capabilities capabilities(Shape shape) {
        return CAPABILITIES;
    }

    @Override
    public CompletableFuture<Void> declare(Place place) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void send(Outgoing outgoing) {
        if (loop) {
            feed().offer(outgoing.message());
        }
        outgoing.done();
    }

    @Override
    public CompletableFuture<Receiver> receive(ReceiveSpec spec, Sink sink) {
        NoopFeed fresh = new NoopFeed(sink);
        if (spec.from().role() == Place.Role.QUEUE) {
            feed = fresh;
        }
        return CompletableFuture.completedFuture(fresh);
    }

    @Override
    public CompletableFuture<Receiver> openReplyInbox(Sink sink) {
        throw new UnsupportedOperationException("no replies");
    }

    @Override
    public PlaceAdmin admin() {
        return new PlaceAdmin() {
            @Override
            public CompletableFuture<OptionalLong> depth(Place place) {
                return CompletableFuture.completedFuture(OptionalLong.of(0));
            }

            @Override
            public CompletableFuture<Void> purge(Place place) {
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public CompletableFuture<Void> delete(Place place) {
                return CompletableFuture.completedFuture(null);
            }
        };
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public <T> Optional<T> unwrap(Class<T> type) {
        return type.isInstance(this) ? Optional.of(type.cast(this)) : Optional.empty();
    }
}

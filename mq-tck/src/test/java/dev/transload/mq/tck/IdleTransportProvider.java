package dev.transload.mq.tck;

import dev.transload.mq.Shape;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.PlaceAdmin;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.Transport;
import dev.transload.mq.spi.TransportContext;
import dev.transload.mq.spi.TransportProvider;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A transport that says what it could do and does nothing: enough for cases that judge the kit. */
public final class IdleTransportProvider implements TransportProvider {

    @Override
    public Set<String> schemes() {
        return Set.of("idle");
    }

    @Override
    public Map<String, String> options() {
        return Map.of();
    }

    @Override
    public CompletableFuture<Transport> open(TransportContext context) {
        return CompletableFuture.completedFuture(new Idle());
    }

    private static final class Idle implements Transport {

        @Override
        public Capabilities capabilities(Shape shape) {
            return Capabilities.builder("Idle 1.0", new Capabilities.Limits(1_000, 1_000, 10, 100))
                    .has(Capability.GROUPS, "none ever speaks")
                    .build();
        }

        @Override
        public CompletableFuture<Void> declare(Place place) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void send(Outgoing outgoing) {
            outgoing.failed(TransportException.temporary("idle", null));
        }

        @Override
        public CompletableFuture<Receiver> receive(ReceiveSpec spec, Sink sink) {
            return CompletableFuture.failedFuture(TransportException.temporary("idle", null));
        }

        @Override
        public CompletableFuture<Receiver> openReplyInbox(Sink sink) {
            return CompletableFuture.failedFuture(TransportException.temporary("idle", null));
        }

        @Override
        public PlaceAdmin admin() {
            throw TransportException.temporary("idle", null);
        }

        @Override
        public CompletableFuture<Void> close(Duration timeout) {
            return CompletableFuture.completedFuture(null);
        }
    }
}

package dev.transload.mq.examples.files;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capabilities.Limits;
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

/** The transport on files as it is on its first evening: what every transport must do, and no capability declared. */
public final class BareFiles implements TransportProvider {

    /** How long a delivery may be out: nothing renews it. */
    private static final Duration LEASE = Duration.ofMinutes(15);

    @Override
    public Set<String> schemes() {
        return Set.of("barefiles");
    }

    @Override
    public Map<String, String> options() {
        return new FilesTransportProvider().options();
    }

    @Override
    public CompletableFuture<Transport> open(TransportContext context) {
        return new FilesTransportProvider().open(context).thenApply(Bare::new);
    }

    private record Bare(Transport files) implements Transport {

        @Override
        public Capabilities capabilities(Shape shape) {
            return Capabilities.builder("directory of files, bare", new Limits(16 << 20, 1 << 20, 1_000, 160))
                    .maxLease(LEASE)
                    .build();
        }

        @Override
        public CompletableFuture<Void> declare(Place place) {
            return files.declare(place);
        }

        @Override
        public void send(Outgoing outgoing) {
            files.send(outgoing);
        }

        @Override
        public CompletableFuture<Receiver> receive(ReceiveSpec spec, Sink sink) {
            return files.receive(
                    ReceiveSpec.builder(spec.from(), spec.maxCredit())
                            .lease(LEASE)
                            .ephemeral(spec.ephemeral())
                            .build(),
                    sink);
        }

        @Override
        public CompletableFuture<Receiver> openReplyInbox(Sink sink) {
            return files.openReplyInbox(sink);
        }

        @Override
        public PlaceAdmin admin() {
            return files.admin();
        }

        @Override
        public CompletableFuture<Void> close(Duration timeout) {
            return files.close(timeout);
        }
    }
}

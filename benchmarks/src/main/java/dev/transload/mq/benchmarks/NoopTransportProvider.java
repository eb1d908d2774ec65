package dev.transload.mq.benchmarks;

import dev.transload.mq.spi.Transport;
import dev.transload.mq.spi.TransportContext;
import dev.transload.mq.spi.TransportProvider;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Opens {@link NoopTransport} for the URI {@code noop:}. */
public final class NoopTransportProvider implements TransportProvider {

    /** Made by the service loader. */
    public NoopTransportProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("noop");
    }

    @Override
    public Map<String, String> options() {
        return Map.of();
    }

    @Override
    public CompletableFuture<Transport> open(TransportContext context) {
        return CompletableFuture.completedFuture(new NoopTransport());
    }
}

package dev.transload.mq.tck;

import dev.transload.mq.Topology;
import dev.transload.mq.spi.TimeSource;
import dev.transload.mq.spi.Transport;
import dev.transload.mq.spi.TransportContext;
import dev.transload.mq.spi.TransportProvider;
import dev.transload.mq.spi.TransportUri;
import java.time.Duration;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Opens the transport of another URI, and has it say more or less of itself than is true; for the kit's own cases, which
 * make its URIs.
 */
public final class PretendingTransportProvider implements TransportProvider {

    /** For {@link ServiceLoader}. */
    public PretendingTransportProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of(Pretence.SCHEME);
    }

    @Override
    public Map<String, String> options() {
        return Map.of();
    }

    @Override
    public CompletableFuture<Transport> open(TransportContext context) {
        String path = context.uri().path();
        Pretence pretence = Pretence.read(path);
        TransportUri uri = TransportUri.parse(Pretence.brokerUri(path));
        return provider(uri.scheme())
                .open(new Lent(context, uri, pretence.of(context.time())))
                .thenApply(real -> new PretendingTransport(real, pretence, context.time()));
    }

    private static TransportProvider provider(String scheme) {
        for (TransportProvider each : ServiceLoader.load(TransportProvider.class)) {
            if (each.schemes().contains(scheme)) {
                return each;
            }
        }
        throw new IllegalArgumentException("no transport for the scheme '" + scheme + "'");
    }

    /** All of the engine's own, but for the URI and the time. */
    private record Lent(TransportContext engine, TransportUri uri, TimeSource time) implements TransportContext {

        @Override
        public String clientId() {
            return engine.clientId();
        }

        @Override
        public Topology topology() {
            return engine.topology();
        }

        @Override
        public Duration connectTimeout() {
            return engine.connectTimeout();
        }

        @Override
        public int maxOutstandingSends() {
            return engine.maxOutstandingSends();
        }

        @Override
        public void connection(boolean up, String why) {
            engine.connection(up, why);
        }
    }
}

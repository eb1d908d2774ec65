package dev.transload.mq.proof;

import dev.transload.mq.Topology;
import dev.transload.mq.spi.TimeSource;
import dev.transload.mq.spi.Transport;
import dev.transload.mq.spi.TransportContext;
import dev.transload.mq.spi.TransportProvider;
import dev.transload.mq.spi.TransportUri;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Opens any transport and breaks it: {@code mutant:headers-are-lost/…}, where the rest is the URI of the broker, encoded.
 * As the URI says all, another JVM can open it too.
 */
public final class MutantTransportProvider implements TransportProvider {

    private static final String SCHEME = "mutant";

    /** What a client connects to in order to reach a broker by a broken transport. */
    static String uri(Mutant mutant, String brokerUri) {
        return uri(mutant.id(), brokerUri);
    }

    /** What a client connects to in order to reach a broker by a twist of that name. */
    static String uri(String twist, String brokerUri) {
        String encoded =
                Base64.getUrlEncoder().withoutPadding().encodeToString(brokerUri.getBytes(StandardCharsets.UTF_8));
        return SCHEME + ":" + twist + "/" + encoded;
    }

    @Override
    public Set<String> schemes() {
        return Set.of(SCHEME);
    }

    @Override
    public Map<String, String> options() {
        return Map.of();
    }

    @Override
    public CompletableFuture<Transport> open(TransportContext context) {
        String path = context.uri().path();
        int slash = path.indexOf('/');
        Twist twist = twist(path.substring(0, slash));
        TransportUri uri = TransportUri.parse(
                new String(Base64.getUrlDecoder().decode(path.substring(slash + 1)), StandardCharsets.UTF_8));
        return provider(uri.scheme()).open(new Lent(context, uri, twist)).thenApply(real -> {
            twist.opened(real, context);
            return new TwistedTransport(real, twist);
        });
    }

    private static Twist twist(String name) {
        return name.startsWith(Wire.PREFIX)
                ? Wire.twist(name)
                : Mutants.get(name).twist().get();
    }

    private static TransportProvider provider(String scheme) {
        for (TransportProvider each : ServiceLoader.load(TransportProvider.class)) {
            if (each.schemes().contains(scheme)) {
                return each;
            }
        }
        throw new IllegalArgumentException("no transport for scheme " + scheme);
    }

    /** What the real transport is lent: all of the engine's own, but for its URI and what the twist tells. */
    private record Lent(TransportContext engine, TransportUri uri, Twist twist) implements TransportContext {

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
        public TimeSource time() {
            return engine.time();
        }

        @Override
        public void connection(boolean up, String why) {
            twist.connection(up, why);
        }
    }
}

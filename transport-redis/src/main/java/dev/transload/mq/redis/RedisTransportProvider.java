package dev.transload.mq.redis;

import dev.transload.mq.spi.Transport;
import dev.transload.mq.spi.TransportContext;
import dev.transload.mq.spi.TransportProvider;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Opens transports for {@code redis:} and, over TLS, {@code rediss:}. */
public final class RedisTransportProvider implements TransportProvider {

    /** For the service loader. */
    public RedisTransportProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("redis", "rediss");
    }

    @Override
    public Map<String, String> options() {
        return RedisOptions.descriptions();
    }

    @Override
    public CompletableFuture<Transport> open(TransportContext context) {
        return RedisTransport.open(RedisOptions.of(context.uri()), context);
    }
}

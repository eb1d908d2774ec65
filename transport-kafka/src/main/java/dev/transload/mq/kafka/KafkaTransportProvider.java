package dev.transload.mq.kafka;

import dev.transload.mq.spi.Transport;
import dev.transload.mq.spi.TransportContext;
import dev.transload.mq.spi.TransportProvider;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Opens transports for {@code kafka:} and, over TLS, {@code kafkas:}. */
public final class KafkaTransportProvider implements TransportProvider {

    /** For the service loader. */
    public KafkaTransportProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("kafka", "kafkas");
    }

    @Override
    public Map<String, String> options() {
        return KafkaOptions.descriptions();
    }

    @Override
    public CompletableFuture<Transport> open(TransportContext context) {
        return KafkaTransport.open(KafkaOptions.of(context.uri()), context);
    }
}

package dev.transload.mq.rabbitmq;

import dev.transload.mq.spi.Transport;
import dev.transload.mq.spi.TransportContext;
import dev.transload.mq.spi.TransportProvider;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Opens RabbitMQ transports: {@code rabbitmq://user:password@host:port,host:port/vhost?option=value}; {@code
 * rabbitmqs:} for TLS, and {@code amqp:}, {@code amqps:} for the same.
 *
 * <p>Thread-safe, without state.
 */
public final class RabbitMqTransportProvider implements TransportProvider {

    /** Used by {@link java.util.ServiceLoader}. */
    public RabbitMqTransportProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("rabbitmq", "rabbitmqs", "amqp", "amqps");
    }

    @Override
    public Map<String, String> options() {
        return RabbitMqOptions.descriptions();
    }

    @Override
    public CompletableFuture<Transport> open(TransportContext context) {
        return RabbitMqTransport.open(RabbitMqOptions.of(context.uri()), context);
    }
}

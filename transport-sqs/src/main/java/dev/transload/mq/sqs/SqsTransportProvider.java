package dev.transload.mq.sqs;

import dev.transload.mq.spi.Transport;
import dev.transload.mq.spi.TransportContext;
import dev.transload.mq.spi.TransportProvider;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Opens transports for {@code sqs:}. */
public final class SqsTransportProvider implements TransportProvider {

    /** For the service loader. */
    public SqsTransportProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("sqs");
    }

    @Override
    public Map<String, String> options() {
        return SqsOptions.descriptions();
    }

    @Override
    public CompletableFuture<Transport> open(TransportContext context) {
        return SqsTransport.open(SqsOptions.of(context.uri()), context);
    }
}

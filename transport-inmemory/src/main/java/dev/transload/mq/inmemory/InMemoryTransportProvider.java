package dev.transload.mq.inmemory;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.Outcome;
import dev.transload.mq.spi.Transport;
import dev.transload.mq.spi.TransportContext;
import dev.transload.mq.spi.TransportProvider;
import dev.transload.mq.spi.TransportUri;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Opens brokers of this JVM: {@code inmemory:} is one that all share, {@code inmemory:orders} one of that name, and
 * {@link InMemoryBroker#uri()} names one that a test has made.
 *
 * <p>Thread-safe.
 */
public final class InMemoryTransportProvider implements TransportProvider {

    private static final String PROFILE = "profile";

    /** Made by the service loader. */
    public InMemoryTransportProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("inmemory");
    }

    @Override
    public Map<String, String> options() {
        return Map.of(
                PROFILE,
                "whose limits to take on: none, rabbitmq, kafka, redis, sqs-standard or sqs-fifo; fixed by the first"
                        + " client of a broker");
    }

    @Override
    public CompletableFuture<Transport> open(TransportContext context) {
        TransportUri uri = context.uri();
        if (!uri.hosts().isEmpty() || uri.username().isPresent() || uri.path().startsWith("/")) {
            throw new IllegalArgumentException(
                    "a uri of scheme inmemory has no host and no credentials; write inmemory: or inmemory:name");
        }
        Optional<Profile> profile = uri.option(PROFILE).map(Profile::parse);
        Broker broker = Brokers.get(uri.path(), profile);
        InMemoryTransport transport = new InMemoryTransport(broker, context);
        boolean entered = broker.call(() -> {
            if (broker.isAway()) {
                return false;
            }
            broker.enter(transport);
            return true;
        });
        return entered
                ? CompletableFuture.completedFuture(transport)
                : CompletableFuture.failedFuture(new ConnectionLostException(
                        "inmemory: the broker " + uri + " does not answer", Outcome.NOT_SENT, null));
    }
}

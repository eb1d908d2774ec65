package dev.transload.mq.client;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.TimeSource;
import dev.transload.mq.spi.Transport;
import dev.transload.mq.spi.TransportContext;
import dev.transload.mq.spi.TransportProvider;
import dev.transload.mq.spi.TransportUri;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Opens the transport that a URI names and builds the engine around it. */
final class Connecting {

    private static final Duration MARGIN = Duration.ofSeconds(5);
    private static final long BETWEEN_TRIES_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private Connecting() {}

    static Engine open(ClientConfig config) {
        EngineSettings settings = config.settings();
        TransportProvider provider = TransportLookup.find(settings.uri().scheme());
        settings.uri().requireKnownOptions(provider.options().keySet());
        SystemTime system = new SystemTime(settings.clientId());
        ConnectionState connection = new ConnectionState();
        try {
            Transport transport = open(provider, new Context(settings, system, connection), settings);
            return new Engine(settings, transport, system, connection, config.listeners(), config.observer());
        } catch (RuntimeException | Error e) {
            system.close();
            throw e;
        }
    }

    private static Transport open(TransportProvider provider, TransportContext context, EngineSettings settings) {
        long deadline = System.nanoTime() + settings.waitForBroker().toNanos();
        while (true) {
            try {
                return Waits.join(
                        "connect to " + settings.uri(),
                        provider.open(context),
                        settings.connectTimeout().plus(MARGIN));
            } catch (ConnectionLostException e) {
                if (System.nanoTime() >= deadline || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                LockSupport.parkNanos(BETWEEN_TRIES_NANOS);
            }
        }
    }

    private record Context(EngineSettings settings, TimeSource time, ConnectionState state)
            implements TransportContext {

        @Override
        public TransportUri uri() {
            return settings.uri();
        }

        @Override
        public String clientId() {
            return settings.clientId();
        }

        @Override
        public Topology topology() {
            return settings.topology();
        }

        @Override
        public Duration connectTimeout() {
            return settings.connectTimeout();
        }

        @Override
        public int maxOutstandingSends() {
            return settings.maxOutstandingSends();
        }

        @Override
        public void connection(boolean up, String why) {
            state.changed(up, why);
        }
    }
}

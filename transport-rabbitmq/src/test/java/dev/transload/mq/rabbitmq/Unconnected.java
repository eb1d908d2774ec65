package dev.transload.mq.rabbitmq;

import dev.transload.mq.Topology;
import dev.transload.mq.spi.TimeSource;
import dev.transload.mq.spi.TransportContext;
import dev.transload.mq.spi.TransportUri;
import java.time.Duration;

/** A transport that has not connected, and whose timers never fire. */
final class Unconnected implements TransportContext, TimeSource {

    private static final TransportUri NOWHERE = TransportUri.parse("rabbitmq://nowhere.invalid");

    private Unconnected() {}

    static RabbitMqTransport transport() {
        return new RabbitMqTransport(RabbitMqOptions.of(NOWHERE), new Unconnected());
    }

    @Override
    public TransportUri uri() {
        return NOWHERE;
    }

    @Override
    public String clientId() {
        return "test";
    }

    @Override
    public Topology topology() {
        return Topology.CREATE;
    }

    @Override
    public Duration connectTimeout() {
        return Duration.ofSeconds(5);
    }

    @Override
    public int maxOutstandingSends() {
        return 1_000;
    }

    @Override
    public TimeSource time() {
        return this;
    }

    @Override
    public void connection(boolean up, String why) {}

    @Override
    public long millis() {
        return System.currentTimeMillis();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        return () -> {};
    }
}

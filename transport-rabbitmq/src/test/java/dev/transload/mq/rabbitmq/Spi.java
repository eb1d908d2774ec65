package dev.transload.mq.rabbitmq;

import dev.transload.mq.Message;
import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.TimeSource;
import dev.transload.mq.spi.Transport;
import dev.transload.mq.spi.TransportContext;
import dev.transload.mq.spi.TransportUri;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A transport and its context, as the engine would use them. */
final class Spi implements AutoCloseable {

    static final Shape ORDERED = new Shape(true, 0, 1, null);

    final Transport transport;
    final List<Boolean> connection = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService timer;

    private Spi(String uri, Topology topology) {
        timer = Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "test-timer"));
        try {
            transport = get(new RabbitMqTransportProvider().open(new Context(TransportUri.parse(uri), topology)));
        } catch (RuntimeException | Error e) {
            timer.shutdownNow();
            throw e;
        }
    }

    static Spi connect(String uri) {
        return new Spi(uri, Topology.CREATE);
    }

    static Spi connect(String uri, Topology topology) {
        return new Spi(uri, topology);
    }

    static Place queue(String name) {
        return Place.of(Place.Role.QUEUE, name, Shape.PLAIN);
    }

    static Place queue(String name, Shape shape) {
        return Place.of(Place.Role.QUEUE, name, shape);
    }

    static Place topic(String name) {
        return Place.of(Place.Role.TOPIC, name, Shape.PLAIN);
    }

    static Place group(String topic, String group) {
        return new Place(Place.Role.GROUP, topic + "--" + group, topic, group, Shape.PLAIN, true);
    }

    static Place ephemeral(String topic) {
        return new Place(Place.Role.GROUP, topic + "--", topic, null, Shape.PLAIN, true);
    }

    static Message message(String text) {
        return Message.builder(UUID.randomUUID().toString(), text.getBytes(StandardCharsets.UTF_8))
                .timestamp(System.currentTimeMillis())
                .build();
    }

    static String unique(String prefix) {
        return prefix + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    Sent send(Place to, String text) {
        return send(to, message(text), 0);
    }

    Sent send(Place to, Message message, long delayMillis) {
        Sent sent = new Sent(to, message, delayMillis);
        transport.send(sent);
        return sent;
    }

    void declare(Place place) {
        get(transport.declare(place));
    }

    Receiver receive(Place from, int credit, Inbox inbox) {
        return receive(ReceiveSpec.builder(from, credit).build(), credit, inbox);
    }

    Receiver receive(ReceiveSpec spec, int credit, Inbox inbox) {
        Receiver receiver = get(transport.receive(spec, inbox));
        inbox.receiver = receiver;
        receiver.credit(credit);
        return receiver;
    }

    /** Waits for a result; throws what it failed with. */
    static <T> T get(Future<T> result) {
        try {
            return result.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    static Throwable failure(CompletableFuture<?> result) {
        try {
            get(result);
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    @Override
    public void close() {
        try {
            get(transport.close(Duration.ofSeconds(5)));
        } finally {
            timer.shutdownNow();
        }
    }

    private final class Context implements TransportContext {
        private final TransportUri uri;
        private final Topology topology;

        Context(TransportUri uri, Topology topology) {
            this.uri = uri;
            this.topology = topology;
        }

        @Override
        public TransportUri uri() {
            return uri;
        }

        @Override
        public String clientId() {
            return "test-" + UUID.randomUUID();
        }

        @Override
        public Topology topology() {
            return topology;
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
            return new RealTime();
        }

        @Override
        public void connection(boolean up, String why) {
            connection.add(up);
        }
    }

    private final class RealTime implements TimeSource {

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
            if (timer.isShutdown()) {
                return () -> {};
            }
            Future<?> scheduled = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        }
    }
}

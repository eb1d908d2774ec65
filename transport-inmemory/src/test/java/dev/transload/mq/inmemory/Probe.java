package dev.transload.mq.inmemory;

import dev.transload.mq.Message;
import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.TimeSource;
import dev.transload.mq.spi.Transport;
import dev.transload.mq.spi.TransportContext;
import dev.transload.mq.spi.TransportUri;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A client at the level of the SPI, which remembers what it was told. */
final class Probe implements TransportContext {

    private static final AtomicLong NUMBERS = new AtomicLong();

    final Transport transport;
    final List<String> connection = new CopyOnWriteArrayList<>();

    private final String uri;
    private final Topology topology;
    private final String clientId;

    private Probe(String uri, Topology topology, String clientId) {
        this.uri = uri;
        this.topology = topology;
        this.clientId = clientId;
        this.transport = new InMemoryTransportProvider().open(this).join();
    }

    static Probe on(InMemoryBroker broker) {
        return on(broker.uri(), Topology.CREATE);
    }

    static Probe on(String uri, Topology topology) {
        return new Probe(uri, topology, "client-" + NUMBERS.incrementAndGet());
    }

    static Place queue(String name) {
        return queue(name, Shape.PLAIN);
    }

    static Place queue(String name, Shape shape) {
        return Place.of(Role.QUEUE, name, shape);
    }

    static Place topic(String name, Shape shape) {
        return Place.of(Role.TOPIC, name, shape);
    }

    static Place group(String topic, String group, Shape shape) {
        return new Place(Role.GROUP, topic + "--" + group, topic, group, shape, true);
    }

    static Shape ordered(int partitions) {
        return new Shape(true, partitions, 1, null);
    }

    static Message message(String id) {
        return message(id, null);
    }

    static Message message(String id, @Nullable String key) {
        return Message.builder(id, id.getBytes(StandardCharsets.UTF_8)).key(key).build();
    }

    void declare(Place place) {
        transport.declare(place).join();
    }

    /** Sends, and fails if the broker does not take it. */
    void send(Place to, Message message) {
        Sent sent = trySend(to, message, Duration.ZERO);
        if (sent.failure != null) {
            throw new AssertionError("not sent: " + message, sent.failure);
        }
    }

    void send(Place to, String id) {
        send(to, message(id));
    }

    Sent trySend(Place to, Message message, Duration delay) {
        Sent sent = new Sent(to, message, delay.toMillis());
        transport.send(sent);
        return sent;
    }

    Inbox receive(Place from, int credit) {
        return receive(from, credit, spec -> spec);
    }

    Inbox receive(Place from, int credit, UnaryOperator<ReceiveSpec.Builder> with) {
        Inbox inbox = new Inbox();
        ReceiveSpec spec =
                with.apply(ReceiveSpec.builder(from, Math.max(1, credit))).build();
        inbox.receiver = transport.receive(spec, inbox).join();
        inbox.receiver.credit(credit);
        return inbox;
    }

    void close() {
        transport.close(Duration.ofSeconds(1)).join();
    }

    @Override
    public TransportUri uri() {
        return TransportUri.parse(uri);
    }

    @Override
    public String clientId() {
        return clientId;
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
        throw new UnsupportedOperationException("the transport has its own");
    }

    @Override
    public void connection(boolean up, String why) {
        connection.add(up ? "up" : "down");
    }

    /** A message on its way, and its answer. */
    static final class Sent implements Outgoing {
        private final Place to;
        private final Message message;
        private final long delayMillis;
        volatile @Nullable Throwable failure;
        final AtomicInteger answers = new AtomicInteger();

        Sent(Place to, Message message, long delayMillis) {
            this.to = to;
            this.message = message;
            this.delayMillis = delayMillis;
        }

        @Override
        public Place to() {
            return to;
        }

        @Override
        public Message message() {
            return message;
        }

        @Override
        public long delayMillis() {
            return delayMillis;
        }

        @Override
        public void done() {
            answers.incrementAndGet();
        }

        @Override
        public void failed(Throwable cause) {
            failure = cause;
            answers.incrementAndGet();
        }
    }

    /** How a settle ended. */
    static final class Settled implements Completion {
        volatile @Nullable Throwable failure;
        volatile boolean done;

        @Override
        public void done() {
            done = true;
        }

        @Override
        public void failed(Throwable cause) {
            failure = cause;
        }
    }

    /** A sink that keeps what it is given. */
    static final class Inbox implements Sink {
        final List<Incoming> deliveries = new CopyOnWriteArrayList<>();
        final List<Incoming> lost = new CopyOnWriteArrayList<>();
        volatile @Nullable Throwable failure;
        volatile Receiver receiver;

        @Override
        public void deliver(Incoming delivery) {
            deliveries.add(delivery);
        }

        @Override
        public void lost(List<? extends Incoming> gone, String why) {
            lost.addAll(gone);
        }

        @Override
        public void failed(Throwable cause) {
            failure = cause;
        }

        Incoming last() {
            return deliveries.get(deliveries.size() - 1);
        }

        List<String> ids() {
            return ids(deliveries);
        }

        static List<String> ids(List<Incoming> deliveries) {
            List<String> ids = new ArrayList<>();
            deliveries.forEach(delivery -> ids.add(delivery.message().id()));
            return ids;
        }

        void ackAll() {
            deliveries.forEach(delivery -> delivery.ack(Completion.IGNORED));
        }
    }
}

package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.Connection;
import dev.transload.mq.ClientClosedException;
import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.PlaceAdmin;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.Transport;
import dev.transload.mq.spi.TransportContext;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connections to a RabbitMQ broker: one to send, on which replies come back, and one to receive.
 *
 * <p>Thread-safe. What waits for the network runs on one control thread.
 */
final class RabbitMqTransport implements Transport {

    private static final Logger LOG = LoggerFactory.getLogger(RabbitMqTransport.class);
    private static final Duration RESTART_PAUSE = Duration.ofMillis(500);

    private final RabbitMqOptions options;
    private final TransportContext context;
    private final ExecutorService control = RabbitMqConnections.control();
    private final RabbitMqConnections connections;
    private final RabbitMqLink sendLink;
    private final RabbitMqLink receiveLink;
    private final RabbitMqSender sender = new RabbitMqSender();
    private final RabbitMqDelays delays;
    private final AckFlusher acks = new AckFlusher(this::flushAcks);
    private final Set<RabbitMqReceiver> receivers = ConcurrentHashMap.newKeySet();
    private final Set<RabbitMqReplyInbox> inboxes = ConcurrentHashMap.newKeySet();
    private final Map<Shape, Capabilities> capabilities = new ConcurrentHashMap<>();
    private final AtomicBoolean up = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile BrokerVersion version = BrokerVersion.of("RabbitMQ", "unknown");
    private volatile RabbitMqTopology topology;
    private volatile int frameMax;

    /** One that is not connected yet. */
    RabbitMqTransport(RabbitMqOptions options, TransportContext context) {
        this.options = options;
        this.context = context;
        this.delays = new RabbitMqDelays(context.topology());
        this.topology = new RabbitMqTopology(context.topology(), version);
        this.connections = new RabbitMqConnections(options, context);
        this.sendLink = new RabbitMqLink(
                "send", connections, control, context.time(), options.maxReconnectDelay(), new Sending());
        this.receiveLink = new RabbitMqLink(
                "receive", connections, control, context.time(), options.maxReconnectDelay(), new Receiving());
    }

    /** Connects. */
    static CompletableFuture<Transport> open(RabbitMqOptions options, TransportContext context) {
        if (options.tls()) {
            options.sslContext(); // an unreadable store is the caller's mistake, found before any connection
        }
        RabbitMqTransport transport = new RabbitMqTransport(options, context);
        CompletableFuture<Transport> opened = new CompletableFuture<>();
        transport.control.execute(() -> {
            try {
                transport.sendLink.open();
                transport.receiveLink.open();
                transport.up.set(true);
                opened.complete(transport);
            } catch (RuntimeException e) {
                transport.closeThen(() -> opened.completeExceptionally(e));
            }
        });
        return opened;
    }

    @Override
    public Capabilities capabilities(Shape shape) {
        return capabilities.computeIfAbsent(shape, key -> RabbitMqCapabilities.of(key, version, options, frameMax));
    }

    @Override
    public CompletableFuture<Void> declare(Place place) {
        return act("declare " + place.name(), () -> {
            RabbitMqTopology.refuse(place.shape(), version);
            delays.forget(place);
            topology.declare(required().connection(), place);
        });
    }

    @Override
    public void send(Outgoing outgoing) {
        Place to = outgoing.to();
        long units = RabbitMqDelays.units(outgoing.delayMillis());
        if (units <= 0 || delays.ready(to, units)) {
            sender.send(outgoing);
            return;
        }
        onControl(
                () -> {
                    try {
                        delays.prepare(required().connection(), to, units);
                    } catch (IOException | RuntimeException e) {
                        outgoing.failed(RabbitMqErrors.operation("prepare a delay to " + to.name(), e));
                        return;
                    }
                    sender.send(outgoing);
                },
                () -> outgoing.failed(closed("send to " + to.name())));
    }

    @Override
    public CompletableFuture<Receiver> receive(ReceiveSpec spec, Sink sink) {
        return call("receive from " + spec.from().name(), () -> {
            RabbitMqConnections.Opened opened = required();
            topology.declare(opened.connection(), spec.from());
            RabbitMqReceiver receiver = new RabbitMqReceiver(spec, sink, this);
            receivers.add(receiver);
            try {
                receiver.start(opened);
            } catch (IOException | RuntimeException e) {
                receiver.giveUp();
                throw e;
            }
            return receiver;
        });
    }

    @Override
    public CompletableFuture<Receiver> openReplyInbox(Sink sink) {
        return call("open a reply inbox", () -> {
            RabbitMqReplyInbox inbox = new RabbitMqReplyInbox(sink, this);
            SendSession session = sender.session();
            RabbitMqConnections.Opened opened = sendLink.required();
            if (session == null) {
                throw new IOException("the connection was lost");
            }
            inbox.start(opened, session);
            inboxes.add(inbox);
            return inbox;
        });
    }

    @Override
    public PlaceAdmin admin() {
        return new RabbitMqAdmin(this, topology);
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        if (closing.compareAndSet(false, true)) {
            RabbitMqConnections.daemon(() -> closeAll(timeout), "mq-rabbitmq-close-1")
                    .start();
        }
        return ended.copy();
    }

    private void closeThen(Runnable next) {
        closing.set(true);
        RabbitMqConnections.daemon(
                        () -> {
                            closeAll(Duration.ZERO);
                            next.run();
                        },
                        "mq-rabbitmq-close-1")
                .start();
    }

    private void closeAll(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            CompletableFuture<?>[] closes = java.util.stream.Stream.<Receiver>concat(
                            receivers.stream(), inboxes.stream())
                    .map(receiver -> receiver.close(timeout))
                    .toArray(CompletableFuture<?>[]::new);
            try {
                CompletableFuture.allOf(closes).get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
                LOG.debug("rabbitmq: closing receivers", e);
            }
            connections.close();
            Duration rest =
                    Duration.ofNanos(Math.max(TimeUnit.MILLISECONDS.toNanos(200), deadline - System.nanoTime()));
            receiveLink.close(rest);
            sendLink.close(rest);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sender.close();
            acks.close();
            refuse(control.shutdownNow());
            ended.complete(null);
        }
    }

    @Override
    public <T> Optional<T> unwrap(Class<T> type) {
        RabbitMqConnections.Opened opened = receiveLink.current();
        return opened != null && type == Connection.class
                ? Optional.of(type.cast(opened.connection()))
                : Optional.empty();
    }

    /** What may wait for the network. */
    interface Work<T> {
        T run() throws IOException;
    }

    /** Runs work on the control thread; a failure is told in the words of {@link RabbitMqErrors}. */
    <T> CompletableFuture<T> call(String what, Work<? extends T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        onControl(
                () -> {
                    try {
                        result.complete(work.run());
                    } catch (IOException | RuntimeException e) {
                        result.completeExceptionally(RabbitMqErrors.operation(what, e));
                    }
                },
                () -> result.completeExceptionally(closed(what)));
        return result;
    }

    /** What may wait for the network and has no result. */
    interface Action {
        void run() throws IOException;
    }

    /** As {@link #call}, without a result. */
    CompletableFuture<Void> act(String what, Action action) {
        return this.<Boolean>call(what, () -> {
                    action.run();
                    return true;
                })
                .thenAccept(done -> {});
    }

    private static ClientClosedException closed(String what) {
        return new ClientClosedException("rabbitmq: closed, cannot " + what, null);
    }

    /**
     * Work of the control thread that someone waits for.
     *
     * @param refused tells them that it is not done because of the close
     */
    private record Awaited(Runnable work, Runnable refused) implements Runnable {

        @Override
        public void run() {
            work.run();
        }
    }

    private void onControl(Runnable work, Runnable refused) {
        if (!onControl(new Awaited(work, refused))) {
            refused.run();
        }
    }

    private static void refuse(List<Runnable> left) {
        for (Runnable task : left) {
            if (task instanceof Awaited awaited) {
                awaited.refused().run();
            }
        }
    }

    /** Runs work on the control thread; returns false if that has ended. */
    boolean onControl(Runnable work) {
        try {
            control.execute(work);
            return true;
        } catch (RejectedExecutionException e) {
            LOG.trace("rabbitmq: closed", e);
            return false;
        }
    }

    /** Starts a receiver again whose channel ended. */
    void restart(RabbitMqReceiver receiver) {
        if (receivers.contains(receiver)) {
            onControl(receiver::restart);
        }
    }

    /** Starts a receiver again after a pause. */
    void restartLater(RabbitMqReceiver receiver) {
        context.time().schedule(RESTART_PAUSE, () -> restart(receiver));
    }

    /** A receiver ended. */
    void ended(Receiver receiver) {
        receivers.remove(receiver);
        inboxes.remove(receiver);
    }

    RabbitMqConnections.Opened required() {
        return receiveLink.required();
    }

    RabbitMqConnections.@Nullable Opened receiving() {
        return receiveLink.current();
    }

    RabbitMqDelays delays() {
        return delays;
    }

    AckFlusher acks() {
        return acks;
    }

    BrokerVersion version() {
        return version;
    }

    long nanos() {
        return context.time().nanos();
    }

    boolean mayMakePrivateObjects() {
        return context.topology() != Topology.NONE;
    }

    private boolean flushAcks() {
        boolean left = false;
        for (RabbitMqReceiver receiver : receivers) {
            left |= receiver.flushAcks();
        }
        return left;
    }

    private void restored() {
        if (sendLink.current() != null && receiveLink.current() != null && up.compareAndSet(false, true)) {
            context.connection(true, "connected to " + connections.where());
        }
    }

    private void lost(String why) {
        if (up.compareAndSet(true, false) && !closing.get()) {
            context.connection(false, why);
        }
    }

    private final class Sending implements RabbitMqLink.Tenant {

        @Override
        public void up(RabbitMqConnections.Opened opened) throws IOException {
            SendSession session = new SendSession(opened, work -> onControl(work));
            for (RabbitMqReplyInbox inbox : inboxes) {
                inbox.start(opened, session);
            }
            sender.up(session);
            restored();
        }

        @Override
        public void down(String why, Throwable cause) {
            sender.down(why, cause);
            lost(why);
        }
    }

    private final class Receiving implements RabbitMqLink.Tenant {

        @Override
        public void up(RabbitMqConnections.Opened opened) throws IOException {
            if (frameMax == 0) {
                version = BrokerVersion.of(opened.connection());
                frameMax = opened.connection().getFrameMax();
                topology = new RabbitMqTopology(context.topology(), version);
            }
            delays.forgetAll();
            topology.restore(opened.connection());
            for (RabbitMqReceiver receiver : receivers) {
                try {
                    receiver.start(opened);
                } catch (IOException | RuntimeException e) {
                    if (!opened.connection().isOpen()) {
                        throw e;
                    }
                    receiver.failedToStart(e);
                }
            }
            restored();
        }

        @Override
        public void down(String why, Throwable cause) {
            lost(why);
        }
    }
}

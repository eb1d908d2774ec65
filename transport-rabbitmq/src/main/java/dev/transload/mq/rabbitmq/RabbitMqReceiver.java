package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deliveries from one queue. The broker hands out as many as the prefetch allows; what the engine has no credit for
 * waits here.
 *
 * <p>Thread-safe. The sink is called by whoever brings a delivery or credit, one at a time.
 */
final class RabbitMqReceiver implements Receiver {

    private static final Logger LOG = LoggerFactory.getLogger(RabbitMqReceiver.class);
    private static final String TIMEOUT = "x-consumer-timeout";
    private static final Duration TIMEOUT_MARGIN = Duration.ofMinutes(1);
    private static final Duration LEAST_TIMEOUT = Duration.ofMinutes(30);

    private final ReceiveSpec spec;
    private final Sink sink;
    private final RabbitMqTransport transport;
    private final CreditGate<RabbitMqDelivery> gate;
    private volatile @Nullable ReceiveSession session;
    private volatile boolean stopped;
    private volatile boolean closed;
    private volatile boolean failed;
    private volatile boolean timeoutRefused;
    private volatile long lastContact;

    RabbitMqReceiver(ReceiveSpec spec, Sink sink, RabbitMqTransport transport) {
        this.spec = spec;
        this.sink = sink;
        this.transport = transport;
        this.gate = new CreditGate<>(
                sink, spec.maxCredit(), delivery -> delivery.session().handOver(delivery));
    }

    /** Whether it brings the messages of each key in their order. */
    boolean ordered() {
        return spec.from().shape().ordered();
    }

    /** Whether all that is unsettled goes back together, in its order, with the end of the channel. */
    boolean givesBackInOrder() {
        return ordered() && (stopped || closed);
    }

    /** Starts on a connection; on the control thread. */
    void start(RabbitMqConnections.Opened opened) throws IOException {
        if (stopped || closed || failed) {
            return;
        }
        Place from = spec.from();
        Channel channel = opened.connection().createChannel();
        if (channel == null) {
            throw new IOException("the connection has no channel left");
        }
        boolean group = from.role() == Place.Role.GROUP;
        boolean pattern = group && spec.pattern();
        ReceiveSession fresh = new ReceiveSession(
                this,
                channel,
                opened.frames(),
                spec.maxCredit(),
                group && from.portable() ? RabbitMqRoute.groupExchange(from) : "",
                group && !pattern ? RabbitMqRoute.topic(from) : from.name());
        String queue = spec.ephemeral() ? ephemeral(channel, from) : from.name();
        channel.basicQos(spec.maxCredit());
        session = fresh;
        lastContact = transport.nanos();
        try {
            fresh.handleConsumeOk(channel.basicConsume(queue, false, "", false, false, arguments(), fresh));
        } catch (IOException e) {
            ShutdownSignalException signal = RabbitMqErrors.signal(e);
            if (timeoutRefused || signal == null || !RabbitMqErrors.text(signal).contains(TIMEOUT)) {
                throw e;
            }
            // A classic queue, which someone else made, knows no such argument and never times out.
            timeoutRefused = true;
            session = null;
            start(opened);
        }
    }

    // A failed declaration closes the channel, so the caller sees it.
    private String ephemeral(Channel channel, Place from) throws IOException {
        if (!transport.mayMakePrivateObjects()) {
            throw new UnsupportedCapabilityException(
                    "ephemeral groups",
                    "an ephemeral group of " + from.topic(),
                    transport.version().toString(),
                    "it needs a queue of its own, which topology NONE does not allow",
                    "use topology CREATE or ASSERT, or a durable group whose queue exists");
        }
        String queue = channel.queueDeclare("", false, true, true, Map.of()).getQueue();
        channel.queueBind(queue, RabbitMqRoute.groupExchange(from), RabbitMqRoute.bindingKey(from));
        return queue;
    }

    private Map<String, Object> arguments() {
        if (!transport.version().atLeast(4, 3) || spec.ephemeral() || timeoutRefused) {
            return Map.of();
        }
        return Map.of(
                TIMEOUT,
                Math.max(
                        LEAST_TIMEOUT.toMillis(),
                        spec.maxProcessingTime()
                                .multipliedBy(2)
                                .plus(TIMEOUT_MARGIN)
                                .toMillis()));
    }

    /** A delivery came; on the connection's thread. */
    void arrived(RabbitMqDelivery delivery) {
        lastContact = transport.nanos();
        InboundBatches batches = InboundBatches.current();
        if (batches == null) {
            gate.offer(delivery);
            return;
        }
        gate.add(delivery);
        ReceiveSession from = delivery.session();
        if (!from.passing) {
            from.passing = true;
            batches.addLast(() -> pass(from));
        }
    }

    private void pass(ReceiveSession from) {
        from.passing = false;
        gate.pass();
        if (gate.isShut() && !ordered()) {
            from.releaseBuffered(gate.shut()); // came before the broker's answer to the cancel, but was read with it
        }
    }

    @Override
    public void credit(int n) {
        gate.credit(n);
    }

    /** Acks wait for the next flush. */
    void acksWait() {
        transport.acks().wake();
    }

    /** Writes acks that wait; returns whether some are left. */
    boolean flushAcks() {
        ReceiveSession now = session;
        return now != null && now.flush(false);
    }

    /** A session ended, for whatever reason. */
    void ended(ReceiveSession gone, List<RabbitMqDelivery> open, int unwritten, String why, Throwable cause) {
        if (session == gone) {
            session = null;
        }
        gate.dropIf(delivery -> delivery.session() == gone);
        if (closed || failed) {
            return;
        }
        if (!open.isEmpty()) {
            gate.tell(() -> sink.lost(open, "rabbitmq: " + why));
        }
        ShutdownSignalException signal = RabbitMqErrors.signal(cause);
        if (signal == null) {
            // Cancelled. Whoever consumes from a queue that is being deleted brings the whole connection down.
            transport.restartLater(this);
        } else if (!signal.isHardError()) {
            transport.restart(this);
        }
    }

    /** The broker took the consumer away: the queue is gone or moved, or a delivery was kept too long. */
    void cancelled(ReceiveSession gone) {
        LOG.info(
                "rabbitmq: the broker cancelled the consumer of {}", spec.from().name());
        // Closed before it is started again: what it holds is older than what the next one would get.
        transport.onControl(() -> gone.close(""));
        gone.end("the broker cancelled the consumer", new IOException("consumer cancelled"));
    }

    /** Starts again after its channel ended; on the control thread. */
    void restart() {
        RabbitMqConnections.Opened opened = transport.receiving();
        if (opened == null || session != null || stopped || closed || failed) {
            return; // the next connection starts it
        }
        try {
            start(opened);
        } catch (IOException | RuntimeException e) {
            failedToStart(e);
        }
    }

    /** Decides whether a receiver that cannot start is done for. */
    void failedToStart(Exception cause) {
        session = null;
        MessagingException known =
                RabbitMqErrors.operation("receive from " + spec.from().name(), cause);
        if (known instanceof DestinationNotFoundException || !known.retryable()) {
            failed = true;
            transport.ended(this);
            gate.tell(() -> sink.failed(known));
        } else {
            transport.restartLater(this);
        }
    }

    @Override
    public CompletableFuture<Void> stop() {
        stopped = true;
        return transport.act("stop receiving", () -> {
            ReceiveSession now = session;
            if (now != null && !ordered()) {
                now.cancel();
            }
            List<RabbitMqDelivery> rest = gate.shut();
            if (now != null && !ordered()) {
                now.releaseBuffered(rest);
            }
        });
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        stopped = true;
        closed = true;
        transport.ended(this);
        return transport.act("close a receiver", () -> {
            ReceiveSession now = session;
            if (now != null) {
                now.close(spec.ephemeral() ? "" : spec.from().name());
            }
        });
    }

    @Override
    public long lastContact() {
        ReceiveSession now = session;
        return now != null && now.channel().isOpen() ? transport.nanos() : lastContact;
    }

    /** Ends a receiver that could not be started; on the control thread. */
    void giveUp() {
        closed = true;
        ReceiveSession now = session;
        if (now != null) {
            now.close(spec.ephemeral() ? "" : spec.from().name());
        }
        transport.ended(this);
    }
}

package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmListener;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.impl.AMQChannel;
import dev.transload.mq.AuthenticationException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Outgoing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Channels of one sending connection: one for all messages, and one for requests, whose replies come back on the
 * channel they were written to. Ends with the connection.
 *
 * <p>Messages are written under the sender's lock; confirms arrive on the connection's own thread.
 */
final class SendSession {

    private static final Logger LOG = LoggerFactory.getLogger(SendSession.class);
    private static final int WINDOW = 8192;
    private static final int HIGHEST_LOWER = 4;

    /** What the broker calls the exchange without a name. */
    private static final String DEFAULT_EXCHANGE = "amq.default";

    private final RabbitMqConnections.Opened opened;
    private final Executor control;
    private final BrokerVersion version;
    private volatile Lane messages;
    private volatile @Nullable Lane requests;
    private volatile boolean blocked;
    private volatile boolean lost;
    private volatile Runnable onProgress = () -> {};

    /** Opens the channel; waits for the network. */
    SendSession(RabbitMqConnections.Opened opened, Executor control) throws IOException {
        this.opened = opened;
        this.control = control;
        this.version = BrokerVersion.of(opened.connection());
        opened.connection().addBlockedListener(new BlockedListener() {
            @Override
            public void handleBlocked(String reason) {
                LOG.warn("rabbitmq: the broker blocks sends: {}", reason);
                blocked = true;
            }

            @Override
            public void handleUnblocked() {
                LOG.info("rabbitmq: the broker takes sends again");
                blocked = false;
                onProgress.run();
            }
        });
        this.messages = new Lane(opened.connection().createChannel());
    }

    /** Told on the connection's thread when more can be written. */
    void onProgress(Runnable task) {
        onProgress = task;
    }

    /** Writes requests to this channel too, until it closes. */
    void requestChannel(Channel channel) throws IOException {
        requests = new Lane(channel);
    }

    /** Messages and requests that are not confirmed. */
    int inFlight() {
        Lane replies = requests;
        return messages.window.span() + (replies == null ? 0 : replies.window.span());
    }

    /** Their bytes, about. */
    long inFlightBytes() {
        Lane replies = requests;
        return messages.inFlightBytes() + (replies == null ? 0 : replies.inFlightBytes());
    }

    boolean blocked() {
        return blocked;
    }

    /** Whether a message can be written now. */
    boolean ready() {
        Lane replies = requests;
        return !blocked
                && !lost
                && messages.open
                && !messages.window.full()
                && (replies == null || !replies.window.full());
    }

    /** Starts a batch; under the sender's lock. */
    void begin() {
        opened.frames().begin();
    }

    /** Flushes a batch; under the sender's lock. */
    void end() throws IOException {
        opened.frames().end();
    }

    /** Writes one message; under the sender's lock. Tells it itself if it cannot be written. */
    void write(Outgoing message) throws IOException {
        Lane lane = RabbitMqRoute.request(message) ? requests : messages;
        if (lane == null) {
            message.failed(new ConnectionLostException("rabbitmq: the reply inbox is gone", Outcome.NOT_SENT, null));
            return;
        }
        lane.write(message);
    }

    /** Writing failed: the connection is of no more use. */
    void broken(Exception cause) {
        if (!lost) {
            LOG.debug("rabbitmq: writing failed", cause);
            control.execute(() -> opened.connection().abort(1_000));
        }
    }

    /** Fails all that is not confirmed. */
    void lost(String why, Throwable cause) {
        lost = true;
        messages.lost(why, cause);
        Lane replies = requests;
        if (replies != null) {
            replies.lost(why, cause);
        }
    }

    /** One channel with confirms. */
    private final class Lane implements ConfirmListener {
        private final AMQChannel channel;
        private final PublishCommand command; // under the sender's lock
        private final ConfirmWindow<Outgoing> window = new ConfirmWindow<>(WINDOW);
        private volatile boolean open = true;
        private volatile long writtenBytes;
        private volatile long doneBytes;

        Lane(@Nullable Channel channel) throws IOException {
            if (channel == null) {
                throw new IOException("the connection has no channel left");
            }
            this.channel = (AMQChannel) channel;
            this.command = new PublishCommand(
                    channel.getChannelNumber(), channel.getConnection().getFrameMax());
            channel.confirmSelect();
            channel.addConfirmListener(this);
            channel.addReturnListener(
                    returned -> returned(returned.getRoutingKey(), returned.getProperties(), returned.getReplyText()));
            channel.addShutdownListener(this::closed);
        }

        long inFlightBytes() {
            return writtenBytes - doneBytes;
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // written under the sender's lock only
        void write(Outgoing outgoing) throws IOException {
            long sequence;
            try {
                command.prepare(
                        RabbitMqRoute.exchange(outgoing),
                        RabbitMqRoute.routingKey(outgoing),
                        RabbitMqRoute.mandatory(outgoing, version),
                        outgoing.message(),
                        levels(outgoing));
                sequence = window.add(outgoing);
            } catch (RuntimeException e) {
                outgoing.failed(
                        RabbitMqErrors.operation("send to " + outgoing.to().name(), e));
                return;
            }
            if (!open || lost) {
                if (window.undo(sequence)) {
                    outgoing.failed(notSent(outgoing, null));
                }
                return;
            }
            writtenBytes += bytes(outgoing);
            try {
                channel.transmit(command);
            } catch (IllegalArgumentException | ShutdownSignalException e) {
                // Found by the client before the first frame, so the broker counts nothing.
                writtenBytes -= bytes(outgoing);
                if (window.undo(sequence)) {
                    outgoing.failed(
                            RabbitMqErrors.operation("send to " + outgoing.to().name(), e));
                }
            } finally {
                command.forget();
            }
        }

        // Before 4.3 a quorum queue, as those that delay are, lets the upper half of priorities pass the others, and
        // then looks at their expiry alone: the others would be late.
        private int levels(Outgoing outgoing) {
            boolean passing = outgoing.delayMillis() > 0
                    && outgoing.message().priority() > HIGHEST_LOWER
                    && version.atLeast(4, 0)
                    && !version.atLeast(4, 3);
            return passing ? 1 : outgoing.to().shape().priorities();
        }

        @Override
        public void handleAck(long sequence, boolean multiple) {
            window.confirm(sequence, multiple, this::confirmed);
            onProgress.run();
        }

        @Override
        public void handleNack(long sequence, boolean multiple) {
            window.confirm(sequence, multiple, message -> {
                done(message);
                message.failed(TransportException.unknown(
                        "rabbitmq: the broker did not take a message to "
                                + message.to().name(),
                        null));
            });
            onProgress.run();
        }

        private void confirmed(Outgoing message) {
            done(message);
            message.done();
        }

        private void returned(String routingKey, AMQP.BasicProperties properties, String text) {
            String id = RabbitMqMessages.message(properties, new byte[0]).id();
            Outgoing message = window.takeFirst(m -> RabbitMqRoute.routingKey(m).equals(routingKey)
                    && m.message().id().equals(id));
            if (message != null) {
                done(message);
                message.failed(new DestinationNotFoundException(
                        "rabbitmq: no queue for " + message.to().name() + ": " + text, null));
            }
        }

        private void closed(ShutdownSignalException signal) {
            open = false;
            if (signal.isHardError() || lost) {
                return; // the connection's own listener follows
            }
            if (signal.isInitiatedByApplication()) {
                forget();
                lost("closed", signal);
                return;
            }
            LOG.warn("rabbitmq: the broker closed the sending channel: {}", RabbitMqErrors.text(signal));
            List<Outgoing> unconfirmed = new ArrayList<>();
            window.takeAll(unconfirmed::add);
            unconfirmed.forEach(message -> {
                done(message);
                message.failed(blame(message, signal, unconfirmed.size() == 1));
            });
            forget();
            if (this == messages) {
                control.execute(this::replace);
            }
        }

        private void forget() {
            if (requests == this) {
                requests = null;
            }
        }

        // A channel closes over one message; the others in flight were stored or were not.
        private MessagingException blame(Outgoing message, ShutdownSignalException signal, boolean alone) {
            String text = RabbitMqErrors.text(signal);
            String exchange = RabbitMqRoute.exchange(message);
            boolean named = text.contains("'" + (exchange.isEmpty() ? DEFAULT_EXCHANGE : exchange) + "'");
            if (named && RabbitMqErrors.code(signal) == RabbitMqErrors.NOT_FOUND) {
                return new DestinationNotFoundException(
                        "rabbitmq: cannot send to " + message.to().name() + ": " + text,
                        alone ? Outcome.NOT_SENT : Outcome.UNKNOWN,
                        signal);
            }
            if (named && RabbitMqErrors.code(signal) == RabbitMqErrors.ACCESS_REFUSED) {
                return new AuthenticationException(
                        "rabbitmq: cannot send to " + message.to().name() + ": " + text,
                        alone ? Outcome.NOT_SENT : Outcome.UNKNOWN,
                        signal);
            }
            return TransportException.unknown(
                    "rabbitmq: channel closed while a message to "
                            + message.to().name() + " was not confirmed: " + text,
                    signal);
        }

        private void replace() {
            try {
                messages = new Lane(opened.connection().createChannel());
                onProgress.run();
            } catch (IOException | RuntimeException e) {
                broken(e);
            }
        }

        void lost(String why, Throwable cause) {
            open = false;
            window.takeAll(message -> {
                done(message);
                message.failed(new ConnectionLostException(
                        "rabbitmq: connection lost while a message to "
                                + message.to().name() + " was not confirmed: " + why,
                        Outcome.UNKNOWN,
                        cause));
            });
        }

        private static MessagingException notSent(Outgoing outgoing, @Nullable Throwable cause) {
            return new ConnectionLostException(
                    "rabbitmq: connection lost, nothing sent to "
                            + Objects.requireNonNull(outgoing.to()).name(),
                    Outcome.NOT_SENT,
                    cause);
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // an estimate: only the size of direct writes hangs on it
        private void done(Outgoing message) {
            doneBytes += bytes(message);
        }

        private static long bytes(Outgoing message) {
            return message.message().body().length + 512L;
        }
    }
}

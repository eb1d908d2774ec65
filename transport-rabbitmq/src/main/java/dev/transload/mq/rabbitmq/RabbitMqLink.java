package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.ShutdownSignalException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.spi.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection that comes back for ever, with growing and jittered pauses.
 *
 * <p>Thread-safe. Connecting and restoring run on the control thread, one at a time.
 */
final class RabbitMqLink {

    private static final Logger LOG = LoggerFactory.getLogger(RabbitMqLink.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

    /** Who lives on the connection. */
    interface Tenant {

        /** Moves in; on the control thread, may wait for the network. A failure gives the connection up. */
        void up(RabbitMqConnections.Opened opened) throws IOException;

        /** The connection is gone; on any thread, must not wait. */
        void down(String why, Throwable cause);
    }

    private final String role;
    private final RabbitMqConnections connections;
    private final ExecutorService control;
    private final TimeSource time;
    private final Duration maxPause;
    private final Tenant tenant;
    private volatile RabbitMqConnections.@Nullable Opened opened;
    private volatile boolean closed;
    private int failures; // control thread only

    RabbitMqLink(
            String role,
            RabbitMqConnections connections,
            ExecutorService control,
            TimeSource time,
            Duration maxPause,
            Tenant tenant) {
        this.role = role;
        this.connections = connections;
        this.control = control;
        this.time = time;
        this.maxPause = maxPause;
        this.tenant = tenant;
    }

    /**
     * Connects for the first time; on the control thread.
     *
     * @throws MessagingException if that fails; nothing is tried again
     */
    void open() {
        RabbitMqConnections.Opened fresh = connections.open(role);
        try {
            moveIn(fresh);
        } catch (IOException | RuntimeException e) {
            throw RabbitMqErrors.operation("set up the " + role + " connection", e);
        }
    }

    /** The connection, or null while there is none. */
    RabbitMqConnections.@Nullable Opened current() {
        return opened;
    }

    /** The connection; fails while there is none. */
    RabbitMqConnections.Opened required() {
        RabbitMqConnections.Opened now = opened;
        if (now == null) {
            throw new ConnectionLostException(
                    "rabbitmq: not connected to " + connections.where(), Outcome.NOT_SENT, null);
        }
        return now;
    }

    @SuppressWarnings("ReferenceEquality") // this very connection
    private void moveIn(RabbitMqConnections.Opened fresh) throws IOException {
        opened = fresh;
        fresh.connection().addShutdownListener(signal -> lost(fresh, signal));
        try {
            tenant.up(fresh);
            failures = 0;
        } catch (IOException | RuntimeException e) {
            if (opened == fresh) {
                opened = null;
                tenant.down("could not be set up", e);
            }
            fresh.connection().abort(1_000);
            throw e;
        }
        if (closed) {
            fresh.connection().abort(1_000);
        }
    }

    @SuppressWarnings("ReferenceEquality") // this very connection
    private void lost(RabbitMqConnections.Opened gone, ShutdownSignalException signal) {
        if (opened != gone) {
            return;
        }
        opened = null;
        String why = RabbitMqErrors.text(signal);
        tenant.down(why, signal);
        if (!closed) {
            LOG.debug("rabbitmq: {} connection to {} lost: {}", role, connections.where(), why);
            reconnectLater();
        }
    }

    private void reconnectLater() {
        try {
            control.execute(() -> {
                long pause = Math.min(maxPause.toMillis(), FIRST_PAUSE.toMillis() << Math.min(failures, 20));
                long jittered = pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1);
                failures++;
                time.schedule(Duration.ofMillis(jittered), () -> {
                    try {
                        control.execute(this::reconnect);
                    } catch (RejectedExecutionException e) {
                        LOG.trace("rabbitmq: closed while reconnecting", e);
                    }
                });
            });
        } catch (RejectedExecutionException e) {
            LOG.trace("rabbitmq: closed while reconnecting", e);
        }
    }

    private void reconnect() {
        if (closed || opened != null) {
            return;
        }
        try {
            moveIn(connections.open(role));
        } catch (IOException | RuntimeException e) {
            LOG.debug("rabbitmq: cannot restore the {} connection", role, e);
            if (!closed && opened == null) {
                reconnectLater();
            }
        }
    }

    /** Closes the connection and stays closed; waits at most so long. */
    void close(Duration timeout) {
        closed = true;
        RabbitMqConnections.Opened now = opened;
        if (now != null) {
            now.connection().abort((int) Math.max(1, Math.min(timeout.toMillis(), 60_000)));
        }
    }
}

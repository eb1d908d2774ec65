package dev.transload.mq.redis;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.Outcome;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * A receiver's own connection, on which it may wait at the server for entries.
 *
 * <p>Used by the receiver's thread alone, save for {@link #unblock}, {@link #drop} and {@link #lastContact}.
 */
final class ReceiverLink {

    private static final Logger LOG = LoggerFactory.getLogger(ReceiverLink.class);

    private final Surroundings around;
    private final byte[] key;
    private final Uncopied written = new Uncopied();
    private volatile @Nullable Wire connection;
    private volatile long clientId;
    private volatile boolean blocked;
    private volatile long lastContact;

    /** @param key tells which server of a cluster to connect to */
    ReceiverLink(Surroundings around, byte[] key) {
        this.around = around;
        this.key = key;
        this.lastContact = around.time().nanos();
    }

    boolean isOpen() {
        return connection != null;
    }

    long lastContact() {
        return lastContact;
    }

    /** Connects, once; see {@link Connector#connect}. */
    void connect() {
        Wire made = around.commander().connect(key);
        clientId = 0;
        try {
            made.sendCommand(Command.CLIENT, "ID");
            clientId = Bytes.number(made.getOne());
        } catch (JedisDataException e) {
            LOG.debug("redis: may not ask for the connection's number, so a wait ends by itself only", e);
        }
        connection = made;
        lastContact = around.time().nanos();
    }

    /** Ends the connection if there is one. */
    void drop() {
        Wire old = connection;
        connection = null;
        if (old != null) {
            Connector.drop(old);
        }
    }

    private Wire open() {
        Wire known = connection;
        if (known == null) {
            throw new JedisConnectionException("not connected");
        }
        return known;
    }

    /** Runs a script. */
    @Nullable
    Object call(Script script, List<byte[]> keys, List<byte[]> arguments) {
        try {
            return command(Command.EVALSHA, RedisCall.arguments(script.sha(), keys, arguments));
        } catch (JedisDataException e) {
            if (!RedisErrors.code(e).equals("NOSCRIPT")) {
                throw e;
            }
            return command(Command.EVAL, RedisCall.arguments(script.source(), keys, arguments));
        }
    }

    @Nullable
    Object command(Command command, byte[]... arguments) {
        Wire open = open();
        open.sendCommand(command, arguments);
        try {
            return open.getOne();
        } finally {
            lastContact = around.time().nanos();
        }
    }

    /**
     * Reads streams, which may wait at the server, unless there is something else to do.
     *
     * @param acks asked in the same write, and answered first; by the commander if nothing is read, or if this server does
     *     not know the script or have the key
     * @return whether anything came
     */
    boolean read(BooleanSupplier goOn, @Nullable BatchedCall acks, EntryReply reply, byte[]... arguments) {
        blocked = true;
        try {
            if (goOn.getAsBoolean()) {
                return entries(acks, reply, arguments);
            }
            if (acks != null) {
                around.commander().submit(acks);
            }
            return false;
        } finally {
            blocked = false;
        }
    }

    private boolean entries(@Nullable BatchedCall acks, EntryReply reply, byte[]... arguments) {
        Wire open = writeRead(acks, arguments);
        try {
            if (acks != null) {
                hear(open, acks);
            }
            return open.readEntries(reply);
        } finally {
            lastContact = around.time().nanos();
        }
    }

    private Wire writeRead(@Nullable BatchedCall acks, byte[]... arguments) {
        try {
            Wire open = open();
            if (acks != null) {
                open.sendCommand(written.of(acks));
            }
            open.sendCommand(Command.XREADGROUP, arguments);
            return open;
        } catch (RuntimeException e) {
            if (acks != null) {
                acks.failed(lost(e));
            }
            throw e;
        } finally {
            written.forget();
        }
    }

    private void hear(Wire open, BatchedCall acks) {
        Object answer;
        try {
            answer = open.getOne();
        } catch (JedisDataException e) {
            if (RedisErrors.isElsewhere(e) || RedisErrors.code(e).equals("NOSCRIPT")) {
                around.commander().submit(acks);
            } else {
                acks.failed(e);
            }
            return;
        } catch (RuntimeException e) {
            acks.failed(lost(e));
            throw e;
        }
        acks.answered(answer);
    }

    private static ConnectionLostException lost(RuntimeException cause) {
        return new ConnectionLostException("redis: a receiver's connection is lost", Outcome.UNKNOWN, cause);
    }

    /** Has a call that waits at the server return. Called on any thread. */
    void unblock() {
        long id = clientId;
        Wire open = connection;
        if (blocked && id != 0 && open != null) {
            around.commander().unblock(open.getHostAndPort(), id);
        }
    }
}

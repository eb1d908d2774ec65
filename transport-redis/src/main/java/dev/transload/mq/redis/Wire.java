package dev.transload.mq.redis;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.PushConsumerChain;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.util.RedisInputStream;
import redis.clients.jedis.util.RedisOutputStream;

/**
 * A connection on which what was written can be sent off before anyone waits for an answer. It writes and reads in large
 * pieces, where Jedis has 8 KiB: a piece costs the client more than what is in it.
 */
final class Wire extends Connection {

    private static final int PIECE = 64 * 1024;

    /** Where calls are written; null while the client greets the server, which it does by its own stream. */
    private final @Nullable RedisOutputStream out;

    /** Where answers are read; null likewise. All that the server says to the greeting is read by then. */
    private final @Nullable RedisInputStream in;

    private final boolean encrypted;

    /** Takes the answer that is awaited apart, if it is one to a read of streams. */
    private @Nullable EntryReply entries;

    Wire(HostAndPort server, JedisClientConfig config) {
        this(new Door(server, config), config);
    }

    private Wire(Door door, JedisClientConfig config) {
        super(door, config);
        this.out = door.output();
        this.in = door.input();
        this.encrypted = config.isSsl() || config.getSslOptions() != null;
    }

    @Override
    protected Object protocolRead(RedisInputStream theirs, PushConsumerChain pushes) {
        RedisInputStream ours = in;
        EntryReply taking = entries;
        if (taking != null && ours != null && ours.peek(EntryReply.LIST)) {
            return taking.read(ours);
        }
        return super.protocolRead(ours == null ? theirs : ours, pushes);
    }

    /**
     * Waits for the answer to a read of streams.
     *
     * @param reply takes it apart as it comes, on this thread
     * @return whether anything came
     */
    boolean readEntries(EntryReply reply) {
        entries = reply;
        try {
            if (getOne() instanceof Boolean some) {
                return some;
            }
            setBroken(); // entries may be in what was not taken apart: they come again from who claims them
            throw new JedisConnectionException("unknown answer to a read of streams");
        } finally {
            entries = null;
        }
    }

    @Override
    public void sendCommand(CommandArguments call) {
        RedisOutputStream ours = out;
        if (ours == null) {
            super.sendCommand(call);
            return;
        }
        if (isBroken()) {
            throw new JedisConnectionException("the connection is broken");
        }
        try {
            Protocol.sendCommand(ours, call);
        } catch (RuntimeException e) {
            setBroken();
            throw e;
        }
    }

    /**
     * Waits for an answer to begin, but no longer than that. With TLS it does not wait at all: a record of which a part
     * has come may not be left there.
     */
    boolean isAnswering(int millis) {
        RedisInputStream ours = in;
        if (ours == null || encrypted) {
            return false;
        }
        int usual = getSoTimeout();
        setSoTimeout(millis);
        try {
            boolean unused = ours.peek(EntryReply.LIST); // which waits for a byte, whatever it is
            return true;
        } catch (JedisConnectionException e) {
            if (e.getCause() instanceof SocketTimeoutException) {
                return false;
            }
            setBroken();
            throw e;
        } finally {
            setSoTimeout(usual);
        }
    }

    /** Sends off what was written. */
    void sendOff() {
        flush();
    }

    @Override
    protected void flush() {
        super.flush();
        RedisOutputStream ours = out;
        if (ours != null) {
            try {
                ours.flush();
            } catch (IOException e) {
                setBroken();
                throw new JedisConnectionException(e);
            }
        }
    }

    /** Makes the socket, as the client does, and remembers it. */
    private static final class Door extends DefaultJedisSocketFactory {
        private @Nullable Socket made;

        Door(HostAndPort server, JedisClientConfig config) {
            super(server, config);
        }

        @Override
        public Socket createSocket() {
            Socket socket = super.createSocket();
            made = socket;
            return socket;
        }

        RedisOutputStream output() {
            try {
                return new RedisOutputStream(socket().getOutputStream(), PIECE);
            } catch (IOException e) {
                throw new JedisConnectionException(e);
            }
        }

        RedisInputStream input() {
            try {
                return new RedisInputStream(socket().getInputStream(), PIECE);
            } catch (IOException e) {
                throw new JedisConnectionException(e);
            }
        }

        private Socket socket() {
            Socket socket = made;
            if (socket == null) {
                throw new JedisConnectionException("no connection was made");
            }
            return socket;
        }
    }
}

package dev.transload.mq.redis;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** Makes connections to the server that takes writes now, logged in. Immutable; its calls block. */
final class Connector {

    private final RedisOptions options;
    private final DefaultJedisClientConfig config;
    private final DefaultJedisClientConfig sentinelConfig;

    Connector(RedisOptions options, String clientName, Duration connectTimeout) {
        this.options = options;
        this.config = options.config(clientName, connectTimeout);
        this.sentinelConfig = options.sentinelConfig(connectTimeout);
    }

    /**
     * Connects.
     *
     * @throws AuthenticationException if the server does not let us in
     * @throws MessagingException if it cannot be reached, or does not serve yet
     */
    Wire connect() {
        return connect(
                options.sentinel().isPresent()
                        ? master(options.sentinel().get())
                        : options.servers().get(0));
    }

    /** Connects to one server. */
    Wire connect(HostAndPort server) {
        Wire connection = null;
        try {
            connection = greeted(server);
            requireMaster(connection, server);
            connection.setSoTimeout(options.answerMillis());
            return connection;
        } catch (JedisException | ConnectionLostException e) {
            if (connection != null) {
                drop(connection);
            }
            throw RedisErrors.connecting(server.toString(), e);
        }
    }

    /** Connects to a server that may be a replica. */
    Connection connectToAny(HostAndPort server) {
        try {
            return greeted(server);
        } catch (JedisException e) {
            throw RedisErrors.connecting(server.toString(), e);
        }
    }

    private Wire greeted(HostAndPort server) {
        Wire connection = new Wire(server, config);
        try {
            connection.sendCommand(Command.PING);
            Object unused = connection.getOne();
            return connection;
        } catch (JedisException e) {
            drop(connection);
            throw e;
        }
    }

    /** Where the sentinels say that the master is. */
    private HostAndPort master(String name) {
        RuntimeException last = null;
        for (HostAndPort sentinel : options.servers()) {
            try (Connection asking = new Connection(sentinel, sentinelConfig)) {
                asking.sendCommand(Command.SENTINEL, "get-master-addr-by-name", name);
                if (asking.getOne() instanceof List<?> address && address.size() == 2) {
                    return new HostAndPort(Bytes.text(address.get(0)), (int) Bytes.number(address.get(1)));
                }
                last = new ConnectionLostException(
                        "redis: sentinel " + sentinel + " knows no master " + name, Outcome.NOT_SENT, null);
            } catch (JedisException e) {
                last = e;
            }
        }
        throw RedisErrors.connecting(options.where(), last == null ? new IllegalStateException("no sentinel") : last);
    }

    // One that has been failed over from is a replica when it comes back, and sentinels may not have heard yet.
    private static void requireMaster(Connection connection, HostAndPort server) {
        try {
            connection.sendCommand(Command.ROLE);
            if (connection.getOne() instanceof List<?> role
                    && !role.isEmpty()
                    && Bytes.text(role.get(0)).equals("slave")) {
                throw new ConnectionLostException(
                        "redis: " + server + " is a replica, which takes no messages", Outcome.NOT_SENT, null);
            }
        } catch (JedisDataException e) {
            if (!RedisErrors.isRefusal(e)) {
                throw e;
            }
        }
    }

    /** Hands the scripts to the server behind a connection. */
    static void load(Connection connection) {
        for (Script script : Script.values()) {
            connection.sendCommand(Command.SCRIPT, Bytes.of("LOAD"), script.source());
        }
        List<Object> unused = connection.getMany(Script.values().length);
    }

    /** Ends a connection, in whatever state it is. */
    static void drop(Connection connection) {
        try {
            connection.forceDisconnect();
        } catch (IOException | RuntimeException e) {
            // it is gone as far as we are concerned
        }
    }

    String where() {
        return options.where();
    }
}

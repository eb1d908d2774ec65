package dev.transload.mq.redis;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.MessagingException;
import java.time.Duration;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

/** Makes connections to the server, logged in, and with the scripts in place. Immutable; its calls block. */
final class Connector {

    private final RedisOptions options;
    private final DefaultJedisClientConfig config;

    Connector(RedisOptions options, String clientName, Duration connectTimeout) {
        this.options = options;
        this.config = options.config(clientName, connectTimeout);
    }

    /**
     * Connects.
     *
     * @throws AuthenticationException if the server does not let us in
     * @throws MessagingException if it cannot be reached, or does not serve yet
     */
    Connection connect() {
        HostAndPort server = options.server();
        Connection connection = null;
        try {
            connection = new Connection(server, config);
            connection.connect();
            connection.sendCommand(Command.PING);
            Object unused = connection.getOne();
            connection.setSoTimeout((int) options.timeout().toMillis());
            return connection;
        } catch (JedisException e) {
            if (connection != null) {
                drop(connection);
            }
            throw RedisErrors.connecting(server.toString(), e);
        }
    }

    /** Hands the scripts to the server behind a connection. */
    static void load(Connection connection) {
        for (Script script : Script.values()) {
            connection.sendCommand(Command.SCRIPT, Bytes.of("LOAD"), script.source());
        }
        connection.getMany(Script.values().length);
    }

    /** Ends a connection, in whatever state it is. */
    static void drop(Connection connection) {
        try {
            connection.forceDisconnect();
        } catch (java.io.IOException | RuntimeException e) {
            // it is gone as far as we are concerned
        }
    }

    String where() {
        return options.where();
    }
}

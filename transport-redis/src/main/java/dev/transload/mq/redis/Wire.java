package dev.transload.mq.redis;

import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;

/** A connection on which what was written can be sent off before anyone waits for an answer. */
final class Wire extends Connection {

    Wire(HostAndPort server, JedisClientConfig config) {
        super(server, config);
    }

    /** Sends off what was written. */
    void sendOff() {
        flush();
    }
}

package dev.transload.mq.redis;

import dev.transload.mq.spi.TransportUri;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** Where an idempotency store keeps its entries, as read from its URI, and how to get there. Immutable. */
final class StoreConnection {

    /** Those of a transport that mean the same here. */
    private static final Set<String> SHARED = Set.of(
            "sentinel",
            "cluster",
            "timeout",
            "trustStore",
            "trustStorePassword",
            "keyStore",
            "keyStorePassword",
            "verifyHostname");

    private static final Set<String> OWN = Set.of("prefix", "connections");
    private static final Set<String> SCHEMES = Set.of("redis", "rediss");
    private static final Pattern POLICY = Pattern.compile("maxmemory_policy:(\\S+)");
    private static final int CLUSTER_ATTEMPTS = 5;

    /** By a script, since a script has a key, by which a client of a cluster finds a node to ask. */
    private static final byte[] INFO = Bytes.of("return redis.call('INFO')");

    private final RedisOptions options;
    private final String prefix;
    private final int connections;

    StoreConnection(TransportUri uri) {
        if (!SCHEMES.contains(uri.scheme())) {
            throw new IllegalArgumentException(
                    "the uri of a redis idempotency store must have scheme redis or rediss, was " + uri.scheme());
        }
        Set<String> known = new HashSet<>(SHARED);
        known.addAll(OWN);
        uri.requireKnownOptions(known);
        this.prefix = uri.option("prefix").orElse("mq:idempotency:");
        this.connections = uri.intOption("connections", 8, 1, 1024);
        if (prefix.isEmpty()) {
            throw new IllegalArgumentException("option prefix must not be empty");
        }
        this.options = RedisOptions.of(uri.withoutOptions(OWN));
    }

    /** Connects as far as the client library does at once: to some node of a cluster, to a sentinel, or not at all yet. */
    UnifiedJedis open() {
        // Half of it, so that a server that is silent can be asked once more.
        Duration patience = timeout().dividedBy(2);
        DefaultJedisClientConfig config = options.config("mq-idempotency", patience);
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(connections);
        pool.setMaxIdle(connections);
        pool.setMaxWait(timeout());
        pool.setJmxEnabled(false);
        Set<HostAndPort> servers = new HashSet<>(options.servers());
        try {
            if (options.cluster()) {
                return RedisClusterClient.builder()
                        .nodes(servers)
                        .clientConfig(config)
                        .poolConfig(pool)
                        .maxAttempts(CLUSTER_ATTEMPTS)
                        .maxTotalRetriesDuration(timeout())
                        .build();
            }
            if (options.sentinel().isPresent()) {
                return RedisSentinelClient.builder()
                        .masterName(options.sentinel().get())
                        .sentinels(servers)
                        .clientConfig(config)
                        .sentinelClientConfig(options.sentinelConfig(patience))
                        .poolConfig(pool)
                        .build();
            }
            return RedisClient.builder()
                    .hostAndPort(options.servers().get(0))
                    .clientConfig(config)
                    .poolConfig(pool)
                    .build();
        } catch (JedisException e) {
            throw RedisErrors.connecting(where(), e);
        }
    }

    /** What entries start with. */
    String prefix() {
        return prefix;
    }

    boolean cluster() {
        return options.cluster();
    }

    /** How long a call may take, all attempts together. */
    Duration timeout() {
        return options.timeout();
    }

    /** Where to, for people. */
    String where() {
        return options.where();
    }

    /** Reasons why the server may forget an entry before its time. Empty too if it does not let us look. */
    List<String> warnings(UnifiedJedis redis) {
        String info;
        try {
            info = Bytes.text(redis.eval(INFO, List.of(Bytes.of(prefix)), List.of()));
        } catch (JedisDataException refused) {
            return List.of();
        }
        List<String> all = new ArrayList<>();
        Matcher policy = POLICY.matcher(info);
        boolean evicts =
                policy.find() && !policy.group(1).toLowerCase(Locale.ROOT).equals("noeviction");
        if (evicts && !info.contains("\nmaxmemory:0\r")) {
            all.add("maxmemory-policy is " + policy.group(1) + ", which drops entries when memory is short");
        }
        if (info.contains("aof_enabled:0")) {
            all.add("appendonly is no, so a restart forgets what came after the last snapshot");
        }
        return all;
    }
}

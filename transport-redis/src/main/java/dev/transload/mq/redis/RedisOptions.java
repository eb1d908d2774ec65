package dev.transload.mq.redis;

import dev.transload.mq.spi.TransportUri;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;

/**
 * Settings of a connection to Redis, as read from its URI: {@code redis://user:password@host:6379/0?option=…}.
 *
 * <p>Immutable. Its text holds no secret.
 */
public final class RedisOptions {

    private static final int DEFAULT_PORT = 6379;
    private static final int SENTINEL_PORT = 26379;

    private final TransportUri uri;
    private final int database;
    private final int shards;
    private final String bodyField;
    private final int maxMessageBytes;
    private final Duration timeout;
    private final Duration maxReconnectDelay;
    private final boolean verifyHostname;
    private final Confirmation confirmation;
    private final Optional<String> sentinel;
    private final boolean cluster;
    private final Channels channels;

    private RedisOptions(TransportUri uri) {
        this.uri = uri;
        this.database = database(uri.path());
        this.shards = uri.intOption("shards", 8, 1, 1024);
        this.bodyField = uri.option("bodyField").orElse("body");
        this.maxMessageBytes = uri.intOption("maxMessageBytes", 16 * 1024 * 1024, 64 * 1024, 256 * 1024 * 1024);
        this.timeout =
                uri.durationOption("timeout", Duration.ofSeconds(5), Duration.ofMillis(500), Duration.ofMinutes(5));
        this.maxReconnectDelay = uri.durationOption(
                "maxReconnectDelay", Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofMinutes(10));
        this.verifyHostname = uri.booleanOption("verifyHostname", true);
        this.confirmation = new Confirmation(
                uri.intOption("waitReplicas", 0, 0, 100),
                uri.booleanOption("waitDisk", false),
                (int) uri.durationOption(
                                "waitTimeout", Duration.ofSeconds(1), Duration.ofMillis(1), Duration.ofMinutes(1))
                        .toMillis());
        this.sentinel = uri.option("sentinel");
        this.cluster = uri.booleanOption("cluster", false);
        this.channels = Channels.of(uri.option("channels"));
        if (cluster && sentinel.isPresent()) {
            throw new IllegalArgumentException("option cluster and option sentinel exclude each other");
        }
        if (cluster && database != 0) {
            throw new IllegalArgumentException("a cluster has only database 0, was " + database);
        }
        if (!confirmation.isAsked() && uri.option("waitTimeout").isPresent()) {
            throw new IllegalArgumentException("option waitTimeout needs option waitReplicas or waitDisk");
        }
        if (bodyField.isEmpty() || bodyField.startsWith("mq-")) {
            throw new IllegalArgumentException(
                    "option bodyField must be a name that does not start with mq-, was '" + bodyField + "'");
        }
        if (uri.username().isPresent() && uri.password().isEmpty()) {
            throw new IllegalArgumentException("a uri of scheme " + uri.scheme() + " has a user but no password");
        }
        if (uri.hosts().size() > 1 && sentinel.isEmpty() && !cluster) {
            throw new IllegalArgumentException(
                    "a uri of scheme " + uri.scheme() + " has one host unless option sentinel or cluster is given, had "
                            + uri.hosts().size());
        }
        if (!tls()) {
            for (String name :
                    List.of("trustStore", "trustStorePassword", "keyStore", "keyStorePassword", "verifyHostname")) {
                if (uri.option(name).isPresent()) {
                    throw new IllegalArgumentException(
                            "option " + name + " needs the scheme rediss, was " + uri.scheme());
                }
            }
        }
    }

    /**
     * Reads the options of a URI.
     *
     * @throws IllegalArgumentException if a value is wrong; the text names the option
     */
    public static RedisOptions of(TransportUri uri) {
        return new RedisOptions(uri);
    }

    /** Names of all options, each with what it means. */
    static Map<String, String> descriptions() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("shards", "streams of an ordered destination that gives no number of partitions, default 8");
        all.put("bodyField", "field that holds the body of an entry that someone else added, default body");
        all.put(
                "channels",
                "topics that are Pub/Sub channels of others, joined by commas, '*' at the end for all that begin so; they are"
                        + " received by ephemeral groups alone, at most once; default none");
        all.put("maxMessageBytes", "largest payload that is sent, default 16777216");
        all.put(
                "timeout",
                "how long an answer of the server may take before the connection counts as lost, default 5s");
        all.put("maxReconnectDelay", "longest pause between attempts to reconnect, default 5s");
        all.put("sentinel", "name of a master; the hosts are sentinels then, which know where it is");
        all.put(
                "cluster",
                "whether the hosts are nodes of a Redis Cluster, any of them; the others are found, default false");
        all.put("waitReplicas", "how many replicas must have a message before its send is done (WAIT), default 0");
        all.put(
                "waitDisk",
                "whether a message must be on the disk of the server, and of the replicas waited for, before its send is"
                        + " done (WAITAOF, from Redis 7.2 on), default false");
        all.put("waitTimeout", "how long a send waits for that before it fails, default 1s");
        all.put("trustStore", "file of certificates to trust, PKCS12 or JKS; default those of the JVM");
        all.put("trustStorePassword", "password of the trust store");
        all.put("keyStore", "file with the client's certificate and key, PKCS12 or JKS; default none");
        all.put("keyStorePassword", "password of the key store");
        all.put("verifyHostname", "whether the certificate must be for the host connected to, default true");
        return all;
    }

    private static int database(String path) {
        if (path.isEmpty() || path.equals("/")) {
            return 0;
        }
        try {
            int number = Integer.parseInt(path.substring(1));
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException(
                "the path of a uri of scheme redis is the number of a database, such as /0, was '" + path + "'");
    }

    /** Number of the database, 0 unless the URI gives one. */
    public int database() {
        return database;
    }

    /** Streams of an ordered destination that gives no number of partitions. */
    public int shards() {
        return shards;
    }

    /** Field that holds the body of an entry that someone else added. */
    public String bodyField() {
        return bodyField;
    }

    /** Largest payload in bytes. */
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    /** How long an answer may take. */
    public Duration timeout() {
        return timeout;
    }

    /** Longest pause between attempts to reconnect. */
    public Duration maxReconnectDelay() {
        return maxReconnectDelay;
    }

    /** Whether the scheme asks for TLS. */
    public boolean tls() {
        return uri.scheme().equals("rediss");
    }

    /** How long to wait for an answer on an open connection, in milliseconds. */
    int answerMillis() {
        return (int) timeout.toMillis() + (confirmation.isAsked() ? confirmation.timeoutMillis() : 0);
    }

    /** What a send waits for. */
    Confirmation confirmation() {
        return confirmation;
    }

    /** Name of the master that sentinels are asked for. */
    Optional<String> sentinel() {
        return sentinel;
    }

    /** Which topics are Pub/Sub channels. */
    Channels channels() {
        return channels;
    }

    /** Whether the servers are nodes of a cluster. */
    boolean cluster() {
        return cluster;
    }

    /** The server, the sentinels, or nodes of the cluster. */
    List<HostAndPort> servers() {
        int port = sentinel.isPresent() ? SENTINEL_PORT : DEFAULT_PORT;
        if (uri.hosts().isEmpty()) {
            return List.of(new HostAndPort("localhost", port));
        }
        return uri.hosts().stream()
                .map(host -> new HostAndPort(unbracketed(host.host()), host.portOr(port)))
                .toList();
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** What the client library is told of a connection to a sentinel, where the server's user and database are unknown. */
    DefaultJedisClientConfig sentinelConfig(Duration connectTimeout) {
        int millis = (int) Math.max(1, Math.min(timeout.toMillis(), connectTimeout.toMillis()));
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                .resp2()
                .connectionTimeoutMillis(millis)
                .socketTimeoutMillis(millis);
        if (tls()) {
            config.sslOptions(ssl());
        }
        return config.build();
    }

    /** What the client library is told of a connection. */
    DefaultJedisClientConfig config(String clientName, Duration connectTimeout) {
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                .resp2()
                .connectionTimeoutMillis((int) Math.max(1, Math.min(60_000, connectTimeout.toMillis())))
                .socketTimeoutMillis((int) Math.max(1, Math.min(timeout.toMillis(), connectTimeout.toMillis())))
                .database(database)
                .clientName(clientName.replaceAll("[^!-~]", "_"));
        uri.password().ifPresent(config::password);
        uri.username().filter(user -> !user.isEmpty()).ifPresent(config::user);
        if (tls()) {
            config.sslOptions(ssl());
        }
        return config.build();
    }

    private SslOptions ssl() {
        SslOptions.Builder ssl =
                SslOptions.builder().sslVerifyMode(verifyHostname ? SslVerifyMode.FULL : SslVerifyMode.CA);
        store("trustStore")
                .ifPresent(store -> ssl.trustStoreType(store.getType())
                        .truststore(new File(uri.option("trustStore").orElseThrow()), password("trustStore")));
        store("keyStore")
                .ifPresent(store -> ssl.keyStoreType(store.getType())
                        .keystore(new File(uri.option("keyStore").orElseThrow()), password("keyStore")));
        return ssl.build();
    }

    private Optional<KeyStore> store(String option) {
        Optional<String> path = uri.option(option);
        if (path.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(KeyStore.getInstance(new File(path.get()), password(option)));
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "option " + option + " must name a readable PKCS12 or JKS file that option " + option
                            + "Password opens",
                    e);
        }
    }

    private char[] password(String option) {
        return uri.option(option + "Password").orElse("").toCharArray();
    }

    /** The name of the body's field, as it is written. */
    byte[] bodyFieldBytes() {
        return bodyField.getBytes(StandardCharsets.UTF_8);
    }

    /** Where to, for people. */
    String where() {
        String servers =
                String.join(",", servers().stream().map(HostAndPort::toString).toList());
        return sentinel.map(master -> master + " of the sentinels " + servers).orElse(servers);
    }

    @Override
    public String toString() {
        return "RedisOptions[" + uri + "]";
    }
}

package dev.transload.mq.rabbitmq;

import dev.transload.mq.spi.TransportUri;
import java.io.File;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Settings of a RabbitMQ connection, as read from its URI.
 *
 * <p>Immutable. Its text holds no secret.
 */
public final class RabbitMqOptions {

    private static final int DEFAULT_MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

    private final TransportUri uri;
    private final String virtualHost;
    private final int maxMessageBytes;
    private final Duration consumerTimeout;
    private final Duration heartbeat;
    private final Duration maxReconnectDelay;
    private final Optional<String> connectionName;
    private final boolean verifyHostname;

    private RabbitMqOptions(TransportUri uri) {
        this.uri = uri;
        this.virtualHost = virtualHost(uri.path());
        this.maxMessageBytes =
                uri.intOption("maxMessageBytes", DEFAULT_MAX_MESSAGE_BYTES, 64 * 1024, 512 * 1024 * 1024);
        this.consumerTimeout = uri.durationOption(
                "consumerTimeout", Duration.ofMinutes(30), Duration.ofMinutes(1), Duration.ofDays(365));
        this.heartbeat =
                uri.durationOption("heartbeat", Duration.ofSeconds(20), Duration.ofSeconds(1), Duration.ofHours(1));
        this.maxReconnectDelay = uri.durationOption(
                "maxReconnectDelay", Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofMinutes(10));
        this.connectionName = uri.option("connectionName");
        this.verifyHostname = uri.booleanOption("verifyHostname", true);
        if (!tls()) {
            for (String name : new String[] {"trustStore", "trustStorePassword", "keyStore", "keyStorePassword"}) {
                if (uri.option(name).isPresent()) {
                    throw new IllegalArgumentException(
                            "option " + name + " needs the scheme rabbitmqs or amqps, was " + uri.scheme());
                }
            }
        }
        connectionName.ifPresent(RabbitMqOptions::checkConnectionName);
    }

    /**
     * Reads the options of a URI.
     *
     * @throws IllegalArgumentException if a value is wrong; the text names the option
     */
    public static RabbitMqOptions of(TransportUri uri) {
        return new RabbitMqOptions(uri);
    }

    /** Names of all options, each with what it means. */
    static Map<String, String> descriptions() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("maxMessageBytes", "largest body the broker accepts, default 16777216 (its max_message_size)");
        all.put(
                "consumerTimeout",
                "what the broker's consumer_timeout is set to, default 30m; decides how long a handler may take");
        all.put("heartbeat", "how often both sides show that they live, default 20s");
        all.put("maxReconnectDelay", "longest pause between attempts to reconnect, default 10s");
        all.put("connectionName", "name the broker shows for the connections, default the client's id");
        all.put("trustStore", "file of certificates to trust, PKCS12 or JKS; default those of the JVM");
        all.put("trustStorePassword", "password of the trust store");
        all.put("keyStore", "file with the client's certificate and key, PKCS12 or JKS; default none");
        all.put("keyStorePassword", "password of the key store");
        all.put("verifyHostname", "whether the certificate must be for the host connected to, default true");
        return all;
    }

    private static String virtualHost(String path) {
        if (path.isEmpty() || path.equals("/")) {
            return "/";
        }
        String name;
        try {
            name = URLDecoder.decode(path.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("virtual host in the uri has a '%' that starts no valid escape", e);
        }
        if (name.indexOf('/') > 0) {
            throw new IllegalArgumentException(
                    "virtual host in the uri must be one segment, with '/' written %2F, was '" + name + "'");
        }
        return name;
    }

    private static void checkConnectionName(String name) {
        if (name.isBlank() || name.length() > 100 || name.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
            throw new IllegalArgumentException(
                    "option connectionName must be 1 to 100 characters without control characters");
        }
    }

    /** Where to connect. */
    TransportUri uri() {
        return uri;
    }

    /** Virtual host, {@code /} unless the URI names one. */
    public String virtualHost() {
        return virtualHost;
    }

    /** Largest body in bytes that the broker is said to accept. */
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    /** How long the broker is said to wait for an ack. */
    public Duration consumerTimeout() {
        return consumerTimeout;
    }

    /** How often both sides show that they live. */
    public Duration heartbeat() {
        return heartbeat;
    }

    /** Longest pause between attempts to reconnect. */
    public Duration maxReconnectDelay() {
        return maxReconnectDelay;
    }

    /** Name the broker shows for the connections; empty for the client's id. */
    public Optional<String> connectionName() {
        return connectionName;
    }

    /** Whether a certificate must be for the host connected to. */
    public boolean verifyHostname() {
        return verifyHostname;
    }

    /** Whether the scheme asks for TLS. */
    public boolean tls() {
        return uri.scheme().endsWith("s");
    }

    /** Makes the TLS context of the options; reads the stores named. */
    SSLContext sslContext() {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store("trustStore").orElse(null));
            KeyManager[] keys = null;
            Optional<KeyStore> keyStore = store("keyStore");
            if (keyStore.isPresent()) {
                KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                factory.init(keyStore.get(), password("keyStore"));
                keys = factory.getKeyManagers();
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("options trustStore and keyStore cannot be used for TLS", e);
        }
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

    @Override
    public String toString() {
        return "RabbitMqOptions[" + uri + "]";
    }
}

package dev.transload.mq.kafka;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.TransportUri;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Settings of a connection to Kafka, as read from its URI: {@code kafka://user:password@host1:9092,host2:9092?option=…}.
 * Any property of the client underneath goes by {@code kafka.<property>}, or {@code kafka.producer.<property>}, {@code
 * kafka.consumer.<property>} and {@code kafka.admin.<property>} for one part of it.
 *
 * <p>Immutable. Its text holds no secret.
 */
public final class KafkaOptions {

    private static final int DEFAULT_PORT = 9092;
    private static final int DEFAULT_PARTITIONS = 8;
    private static final String PREFIX = "kafka.";
    private static final Duration YEARS = Duration.ofDays(3650);

    /** What the transport decides itself, since what it promises hangs on it. */
    private static final Set<String> OURS = Set.of(
            "bootstrap.servers",
            "client.id",
            "key.serializer",
            "value.serializer",
            "key.deserializer",
            "value.deserializer",
            "acks",
            "enable.idempotence",
            "transactional.id",
            "max.block.ms",
            "group.id",
            "group.instance.id",
            "group.protocol",
            "group.remote.assignor",
            "partition.assignment.strategy",
            "enable.auto.commit",
            "auto.offset.reset",
            "allow.auto.create.topics",
            "share.acknowledgement.mode",
            "share.acquire.mode");

    private final TransportUri uri;
    private final boolean shares;
    private final OptionalInt partitions;
    private final Optional<Short> replication;
    private final Optional<Duration> retention;
    private final Protocol protocol;
    private final Duration revocationWait;
    private final Optional<String> sasl;
    private final boolean tls;
    private final Map<String, Map<String, String>> properties;

    /** How members of a consumer group agree on who gets which partition. */
    enum Protocol {
        /** The newer one where the broker has it. */
        AUTO,
        /** The broker decides, partition by partition (KIP-848). */
        CONSUMER,
        /** A member decides, for all at once. */
        CLASSIC
    }

    private KafkaOptions(TransportUri uri) {
        this.uri = uri;
        if (!uri.path().isEmpty() && !uri.path().equals("/")) {
            throw new IllegalArgumentException("a uri of scheme " + uri.scheme() + " has no path");
        }
        this.shares = shares(uri.option("queues").orElse("group"));
        this.partitions = uri.option("partitions").isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(uri.intOption("partitions", DEFAULT_PARTITIONS, 1, 1024));
        int copies = uri.intOption("replication", -1, -1, 100);
        if (copies == 0) {
            throw new IllegalArgumentException("option replication must be 1 to 100, or -1 for the broker's default");
        }
        this.replication = copies < 0 ? Optional.empty() : Optional.of((short) copies);
        this.retention = uri.option("retention").isEmpty()
                ? Optional.empty()
                : Optional.of(uri.durationOption("retention", Duration.ZERO, Duration.ofMinutes(1), YEARS));
        this.protocol = protocol(uri.option("protocol").orElse("auto"));
        this.revocationWait = uri.durationOption(
                "revocationWait", Duration.ofSeconds(30), Duration.ofMillis(1), Duration.ofMinutes(30));
        this.tls = uri.scheme().equals("kafkas") || uri.booleanOption("tls", false);
        this.sasl = uri.option("sasl");
        this.properties = passedOn(uri);
        checkSecurity();
    }

    /**
     * Reads the options of a URI.
     *
     * @throws IllegalArgumentException if a value is wrong; the text names the option
     */
    public static KafkaOptions of(TransportUri uri) {
        return new KafkaOptions(uri);
    }

    /** Names of all options, each with what it means. */
    static Map<String, String> descriptions() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put(
                "partitions",
                "partitions of a topic whose destination gives no number, default 8; 1 where share groups read");
        all.put("replication", "copies of a topic that is made, default the broker's default.replication.factor");
        all.put("retention", "how long a topic that is made keeps messages, handled or not; default the broker's");
        all.put(
                "queues",
                "how queues and groups without order are read: group, by consumer groups, or share, by share groups");
        all.put("protocol", "of consumer groups: auto, consumer or classic; default auto, the newest the broker has");
        all.put(
                "revocationWait",
                "how long a partition that goes elsewhere waits for its handlers, default 30s; at most their"
                        + " maxProcessingTime and, with the classic protocol, 4/5 of the session timeout");
        all.put("tls", "whether to speak TLS, default false; the scheme kafkas does, too");
        all.put("trustStore", "file of certificates to trust, PKCS12 or JKS; default those of the JVM");
        all.put("trustStorePassword", "password of the trust store");
        all.put("keyStore", "file with the client's certificate and key, PKCS12 or JKS; default none");
        all.put("keyStorePassword", "password of the key store");
        all.put("verifyHostname", "whether the certificate must be for the host connected to, default true");
        all.put("sasl", "mechanism for user and password: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, default PLAIN");
        all.put("kafka.*", "any property of kafka-clients, such as kafka.compression.type, kafka.consumer.client.rack");
        return all;
    }

    private static boolean shares(String text) {
        if (!text.equals("group") && !text.equals("share")) {
            throw new IllegalArgumentException("option queues must be group or share, was '" + text + "'");
        }
        return text.equals("share");
    }

    private static Protocol protocol(String text) {
        return switch (text) {
            case "auto" -> Protocol.AUTO;
            case "consumer" -> Protocol.CONSUMER;
            case "classic" -> Protocol.CLASSIC;
            default ->
                throw new IllegalArgumentException(
                        "option protocol must be auto, consumer or classic, was '" + text + "'");
        };
    }

    private void checkSecurity() {
        if (!tls) {
            for (String name :
                    new String[] {"trustStore", "trustStorePassword", "keyStore", "keyStorePassword", "verifyHostname"
                    }) {
                if (uri.option(name).isPresent()) {
                    throw new IllegalArgumentException("option " + name + " needs option tls=true");
                }
            }
        }
        if (uri.username().isPresent() != uri.password().isPresent()) {
            throw new IllegalArgumentException("a uri of scheme " + uri.scheme() + " has a user but no password");
        }
        sasl.ifPresent(mechanism -> {
            if (!Set.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512").contains(mechanism)) {
                throw new IllegalArgumentException("option sasl must be PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, was '"
                        + mechanism + "'; others go by kafka.sasl.mechanism and kafka.sasl.jaas.config");
            }
            if (uri.username().isEmpty()) {
                throw new IllegalArgumentException("option sasl needs a user and a password in the uri");
            }
        });
    }

    private static Map<String, Map<String, String>> passedOn(TransportUri uri) {
        Map<String, Map<String, String>> all = new HashMap<>();
        uri.options().forEach((name, value) -> {
            if (!name.startsWith(PREFIX)) {
                return;
            }
            String property = name.substring(PREFIX.length());
            String part = "";
            for (Part known : Part.values()) {
                if (property.startsWith(known.prefix())) {
                    part = known.prefix();
                    property = property.substring(part.length());
                }
            }
            checkProperty(name, property, part);
            all.computeIfAbsent(part, p -> new LinkedHashMap<>()).put(property, value);
        });
        return all;
    }

    private static void checkProperty(String option, String property, String part) {
        if (OURS.contains(property)) {
            throw new IllegalArgumentException("option " + option + " cannot be set: the transport decides it");
        }
        for (Part known : Part.values()) {
            if ((part.isEmpty() || part.equals(known.prefix())) && known.names.contains(property)) {
                return;
            }
        }
        throw new IllegalArgumentException("option " + option + " names no property of kafka-clients");
    }

    /** A part of the client underneath that has properties of its own. */
    enum Part {
        PRODUCER(ProducerConfig.configNames()),
        CONSUMER(ConsumerConfig.configNames()),
        ADMIN(AdminClientConfig.configNames());

        @SuppressWarnings("ImmutableEnumChecker") // a copy that nobody changes
        private final Set<String> names;

        Part(Set<String> names) {
            this.names = Set.copyOf(names);
        }

        private String prefix() {
            return name().toLowerCase(Locale.ROOT) + ".";
        }
    }

    /**
     * Properties of one part of the client: the given ones, over them security and addresses, over them what the URI
     * passes on.
     */
    Map<String, Object> properties(Part part, Map<String, Object> base) {
        Map<String, Object> all = new HashMap<>(base);
        all.put("bootstrap.servers", servers());
        if (tls || uri.username().isPresent()) {
            all.put("security.protocol", (uri.username().isPresent() ? "SASL_" : "") + (tls ? "SSL" : "PLAINTEXT"));
        }
        uri.username().ifPresent(user -> {
            String mechanism = sasl.orElse("PLAIN");
            String module = mechanism.equals("PLAIN") ? "plain.Plain" : "scram.Scram";
            all.put("sasl.mechanism", mechanism);
            all.put(
                    "sasl.jaas.config",
                    "org.apache.kafka.common.security." + module + "LoginModule required username=" + quoted(user)
                            + " password=" + quoted(uri.password().orElse("")) + ";");
        });
        store(all, "trustStore", "ssl.truststore.");
        store(all, "keyStore", "ssl.keystore.");
        if (!uri.booleanOption("verifyHostname", true)) {
            all.put("ssl.endpoint.identification.algorithm", "");
        }
        properties.getOrDefault("", Map.of()).forEach((name, value) -> {
            if (part.names.contains(name)) {
                all.put(name, value);
            }
        });
        all.putAll(properties.getOrDefault(part.prefix(), Map.of()));
        return all;
    }

    private void store(Map<String, Object> all, String option, String prefix) {
        uri.option(option).ifPresent(file -> {
            all.put(prefix + "location", file);
            all.put(prefix + "password", uri.option(option + "Password").orElse(""));
            all.put(prefix + "type", file.endsWith(".jks") ? "JKS" : "PKCS12");
        });
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private String servers() {
        return uri.hosts().isEmpty()
                ? "localhost:" + DEFAULT_PORT
                : uri.hosts().stream()
                        .map(at -> at.host() + ":" + at.portOr(DEFAULT_PORT))
                        .collect(Collectors.joining(","));
    }

    /** Where it connects, for people. */
    String where() {
        return servers();
    }

    /** Whether what has no order is read by share groups. */
    public boolean shares() {
        return shares;
    }

    /** Partitions of a topic whose destination gives no number: members of a share group share one among them. */
    public int partitions(Shape shape) {
        return partitions.orElse(shares && !shape.ordered() ? 1 : DEFAULT_PARTITIONS);
    }

    /** Copies of a topic that is made; empty for the broker's default. */
    public Optional<Short> replication() {
        return replication;
    }

    /** How long a topic that is made keeps messages; empty for the broker's default. */
    public Optional<Duration> retention() {
        return retention;
    }

    /** How members of a group agree. */
    Protocol protocol() {
        return protocol;
    }

    /** How long a partition that goes elsewhere waits for handlers that run. */
    public Duration revocationWait() {
        return revocationWait;
    }

    @Override
    public String toString() {
        return "KafkaOptions[" + uri + "]";
    }
}

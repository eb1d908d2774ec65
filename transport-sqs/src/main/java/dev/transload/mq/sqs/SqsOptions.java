package dev.transload.mq.sqs;

import dev.transload.mq.spi.TransportUri;
import dev.transload.mq.spi.TransportUri.HostPort;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.TrustManagerFactory;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * What a URI says about SQS: {@code sqs://eu-central-1}, {@code sqs:} for the region and the credentials of the
 * environment, or {@code sqs://key:secret@localhost:4566?region=us-east-1} for another service of the same kind.
 *
 * <p>Immutable. Its text shows no secret.
 */
public final class SqsOptions {

    /** Most bytes of a message that SNS takes, everything counted. */
    static final int SNS_BYTES = 262_144;

    /** Most bytes of a message, or of a batch of them, that SQS takes. */
    static final int SQS_BYTES = 1_048_576;

    private static final Pattern REGION = Pattern.compile("[a-z]{2}(-[a-z]+)+-[0-9]{1,2}");
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_-]{0,20}");
    private static final String QUEUE = "queue.";
    private static final Set<QueueAttributeName> OURS = Set.of(
            QueueAttributeName.FIFO_QUEUE,
            QueueAttributeName.CONTENT_BASED_DEDUPLICATION,
            QueueAttributeName.VISIBILITY_TIMEOUT,
            QueueAttributeName.DELAY_SECONDS,
            QueueAttributeName.REDRIVE_POLICY,
            QueueAttributeName.REDRIVE_ALLOW_POLICY,
            QueueAttributeName.POLICY,
            QueueAttributeName.MAXIMUM_MESSAGE_SIZE,
            QueueAttributeName.ALL,
            QueueAttributeName.UNKNOWN_TO_SDK_VERSION);

    private final TransportUri uri;
    private final Optional<String> region;
    private final Optional<URI> endpoint;
    private final String prefix;
    private final boolean topics;
    private final Duration longestPoll;
    private final Duration requestTimeout;
    private final Duration visibility;
    private final Duration privateTimeout;
    private final int maxMessageBytes;
    private final Optional<String> fairBy;
    private final Optional<TrustManagerFactory> trust;
    private final Map<QueueAttributeName, String> queueAttributes = new LinkedHashMap<>();

    private SqsOptions(TransportUri uri) {
        this.uri = uri;
        if (uri.hosts().size() > 1) {
            throw new IllegalArgumentException("a uri of scheme sqs names one host or one region at most, had "
                    + uri.hosts().size());
        }
        if (!uri.path().isEmpty() && !uri.path().equals("/")) {
            throw new IllegalArgumentException("a uri of scheme sqs has no path; queue names get option prefix");
        }
        if (uri.username().isPresent() != uri.password().isPresent()) {
            throw new IllegalArgumentException("a uri of scheme sqs has an access key but no secret: key:secret@");
        }
        Optional<HostPort> host = uri.hosts().stream().findFirst();
        boolean isRegion = host.isPresent()
                && host.get().port() < 0
                && REGION.matcher(host.get().host()).matches();
        if (isRegion && uri.option("region").isPresent()) {
            throw new IllegalArgumentException("the region is given twice, as host and as option region");
        }
        this.region = isRegion ? host.map(HostPort::host) : uri.option("region");
        region.ifPresent(name -> {
            if (!REGION.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "option region must be a region such as eu-central-1, was '" + name + "'");
            }
        });
        this.endpoint = endpoint(uri, isRegion ? Optional.empty() : host);
        this.prefix = uri.option("prefix").orElse("");
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "option prefix must be at most 20 letters, digits, '-' and '_', was '" + prefix + "'");
        }
        this.topics = topics(uri.option("topics").orElse("sns"));
        this.longestPoll = uri.durationOption(
                "longestPoll", Duration.ofSeconds(20), Duration.ofSeconds(1), Duration.ofSeconds(20));
        this.requestTimeout = uri.durationOption(
                "requestTimeout", Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofMinutes(5));
        this.visibility = uri.durationOption(
                "visibility", SqsCapabilities.LONGEST_LEASE, Duration.ofSeconds(2), SqsCapabilities.LONGEST_LEASE);
        this.privateTimeout =
                uri.durationOption("privateTimeout", Duration.ofMinutes(2), Duration.ofSeconds(5), Duration.ofHours(1));
        this.maxMessageBytes = uri.intOption("maxMessageBytes", SQS_BYTES, 65_536, SQS_BYTES);
        this.fairBy = uri.option("fairBy");
        fairBy.ifPresent(header -> {
            if (header.isBlank() || header.startsWith("mq-")) {
                throw new IllegalArgumentException(
                        "option fairBy must be the name of a header, not blank and not mq-…, was '" + header + "'");
            }
        });
        this.trust = trust(uri, endpoint);
        if (uri.option("profile").isPresent() && uri.username().isPresent()) {
            throw new IllegalArgumentException("option profile and an access key in the uri exclude each other");
        }
        if (uri.option("sessionToken").isPresent() && uri.username().isEmpty()) {
            throw new IllegalArgumentException("option sessionToken needs an access key and a secret in the uri");
        }
        uri.options().forEach(this::pass);
    }

    private static boolean topics(String text) {
        return switch (text) {
            case "sns" -> true;
            case "none" -> false;
            default -> throw new IllegalArgumentException("option topics must be sns or none, was '" + text + "'");
        };
    }

    private static Optional<URI> endpoint(TransportUri uri, Optional<HostPort> host) {
        boolean tls = uri.booleanOption("tls", false);
        if (host.isEmpty()) {
            if (uri.option("tls").isPresent()) {
                throw new IllegalArgumentException("option tls needs a host in the uri; AWS is always reached by TLS");
            }
            return Optional.empty();
        }
        HostPort at = host.get();
        return Optional.of(URI.create((tls ? "https://" : "http://") + at.host() + ":" + at.portOr(tls ? 443 : 4566)));
    }

    private static Optional<TrustManagerFactory> trust(TransportUri uri, Optional<URI> endpoint) {
        Optional<String> file = uri.option("trustStore");
        if (file.isEmpty()) {
            if (uri.option("trustStorePassword").isPresent()) {
                throw new IllegalArgumentException("option trustStorePassword needs option trustStore");
            }
            return Optional.empty();
        }
        if (endpoint.isPresent() && !"https".equals(endpoint.get().getScheme())) {
            throw new IllegalArgumentException("option trustStore needs option tls=true where the uri has a host");
        }
        try {
            char[] password = uri.option("trustStorePassword").orElse("").toCharArray();
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(KeyStore.getInstance(new File(file.get()), password));
            return Optional.of(factory);
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "option trustStore must name a readable PKCS12 or JKS file that option trustStorePassword opens",
                    e);
        }
    }

    private void pass(String name, String value) {
        if (!name.startsWith(QUEUE)) {
            return;
        }
        QueueAttributeName attribute = QueueAttributeName.fromValue(name.substring(QUEUE.length()));
        if (attribute == QueueAttributeName.UNKNOWN_TO_SDK_VERSION) {
            throw new IllegalArgumentException("option " + name + " names no attribute of a queue");
        }
        if (OURS.contains(attribute)) {
            throw new IllegalArgumentException("option " + name + " cannot be set: the transport decides it");
        }
        queueAttributes.put(attribute, value);
    }

    /**
     * Reads the options of a URI.
     *
     * @throws IllegalArgumentException if a value is wrong; the text names the option
     */
    public static SqsOptions of(TransportUri uri) {
        return new SqsOptions(uri);
    }

    /** Names of all options, each with what it means. */
    static Map<String, String> descriptions() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("region", "region, default that of the environment; where the uri names no host, it may be the host");
        all.put("tls", "whether a host in the uri is reached by TLS, default false");
        all.put("trustStore", "file of certificates to trust, PKCS12 or JKS; default those of the JVM");
        all.put("trustStorePassword", "password of the trust store");
        all.put(
                "profile",
                "profile of the AWS configuration files that gives credentials and, unless given, the region");
        all.put("sessionToken", "token that belongs to the access key in the uri");
        all.put("prefix", "what all names of queues and topics start with, default nothing");
        all.put("topics", "what carries topics: sns, or none where there is no such service; default sns");
        all.put("longestPoll", "longest time one request waits for messages, default 20s, which costs least");
        all.put("requestTimeout", "how long the service may take to answer, default 10s");
        all.put(
                "visibility",
                "longest time the service hides a message at a time, at least 2s; a lease that is longer is kept by"
                        + " heartbeats, so that what a dead process held comes sooner; default the lease");
        all.put(
                "privateTimeout",
                "how long a reply inbox or the queue of an ephemeral group is kept when nothing is heard of its client,"
                        + " default 2m");
        all.put("maxMessageBytes", "most bytes of a message the service takes, default 1048576");
        all.put(
                "fairBy",
                "header that tells whose a message is: its value is the message group in standard queues, so that the"
                        + " service hands out fairly (fair queues); default none");
        all.put("queue.*", "any attribute of queues that are made, such as queue.KmsMasterKeyId");
        return all;
    }

    /** The region, if the URI gives one. */
    public Optional<String> region() {
        return region;
    }

    /** Where the service is, if it is not the region's own. */
    public Optional<URI> endpoint() {
        return endpoint;
    }

    /** What all names of queues and topics start with. */
    public String prefix() {
        return prefix;
    }

    /** Whether topics are carried by SNS; if not there are none. */
    public boolean topics() {
        return topics;
    }

    /** Longest time one request waits for messages. */
    public Duration longestPoll() {
        return longestPoll;
    }

    /** How long the service may take to answer. */
    public Duration requestTimeout() {
        return requestTimeout;
    }

    /** Longest time the service hides a message at a time; a longer lease is kept by heartbeats. */
    public Duration visibility() {
        return visibility;
    }

    /** How long a client's own queue is kept when nothing is heard of the client. */
    public Duration privateTimeout() {
        return privateTimeout;
    }

    /** Most bytes of a message. */
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    /** The header whose value is the message group in standard queues, if the service shall be fair between them. */
    public Optional<String> fairBy() {
        return fairBy;
    }

    /** Whom to trust, if not those whom the JVM trusts. */
    Optional<TrustManagerFactory> trust() {
        return trust;
    }

    /** Attributes that queues are made with, beside the transport's own. */
    Map<QueueAttributeName, String> queueAttributes() {
        return queueAttributes;
    }

    Optional<String> accessKey() {
        return uri.username();
    }

    Optional<String> secret() {
        return uri.password();
    }

    Optional<String> sessionToken() {
        return uri.option("sessionToken");
    }

    Optional<String> profile() {
        return uri.option("profile");
    }

    /** Where it connects, for people. */
    String where() {
        return endpoint.map(at -> at.getHost() + ":" + at.getPort()).orElseGet(() -> region.orElse("AWS"));
    }

    @Override
    public String toString() {
        return "SqsOptions[" + uri + "]";
    }
}

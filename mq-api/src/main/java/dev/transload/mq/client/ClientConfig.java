package dev.transload.mq.client;

import static java.util.Objects.requireNonNull;

import dev.transload.mq.MqListener;
import dev.transload.mq.MqObserver;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.TransportUri;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a client connects and how it behaves: from a URI, from properties ({@code mq.send-timeout}) or from environment
 * variables ({@code MQ_SEND_TIMEOUT}). What is given by name goes before what stands in the URI's query ({@code
 * ?sendTimeout=10s}).
 *
 * <p>Immutable. Its text has no secrets.
 */
final class ClientConfig {

    private static final Duration MIN_TIMEOUT = Duration.ofMillis(10);
    private static final Duration MAX_TIMEOUT = Duration.ofHours(1);
    private static final int MAX_OUTSTANDING_SENDS = 1_000_000;
    private static final Pattern CLIENT_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private static final String OPTIONS = "options.";

    /** Options of the URI's query that the engine takes for itself; the transport never sees them. */
    static final Set<String> ENGINE_OPTIONS =
            Set.of("clientId", "topology", "sendTimeout", "connectTimeout", "maxOutstandingSends", "backpressure");

    private final EngineSettings settings;
    private final List<MqListener> listeners;
    private final MqObserver observer;

    private ClientConfig(Builder b) {
        TransportUri all = b.merged();
        this.settings = new EngineSettings(
                all.withoutOptions(ENGINE_OPTIONS),
                clientId(all.option("clientId").orElseGet(ClientConfig::madeUp)),
                topology(all.option("topology").orElse("create")),
                all.durationOption("sendTimeout", Duration.ofSeconds(30), MIN_TIMEOUT, MAX_TIMEOUT),
                all.durationOption("connectTimeout", Duration.ofSeconds(10), MIN_TIMEOUT, MAX_TIMEOUT),
                b.waitForBroker,
                all.intOption("maxOutstandingSends", 1000, 1, MAX_OUTSTANDING_SENDS),
                failsFast(all.option("backpressure").orElse("wait")),
                b.virtualThreads);
        this.listeners = List.copyOf(b.listeners);
        this.observer = b.observer;
    }

    /** Starts with a URI and the defaults. */
    static Builder of(String uri) {
        return new Builder().uri(uri);
    }

    /**
     * Reads {@code mq.uri} and the other names under {@code mq.}; what is not under it is left alone.
     *
     * @throws IllegalArgumentException if a name is not known or a value is wrong; the text names it
     */
    static Builder fromProperties(Map<String, String> properties) {
        Builder builder = new Builder();
        properties.forEach((name, value) -> {
            if (name.startsWith("mq.")) {
                builder.property(name.substring(3), requireNonNull(value, name));
            }
        });
        if (builder.uri == null) {
            throw new IllegalArgumentException("mq.uri is not set: where to connect, such as rabbitmq://localhost");
        }
        return builder;
    }

    /**
     * Reads {@code MQ_URI} and the other names under {@code MQ_}. An empty variable counts as absent, and one that is
     * not known is left alone: others use the prefix too, such as a cluster for a service of the name {@code mq}.
     *
     * @throws IllegalArgumentException if a value is wrong; the text names it
     */
    static Builder fromEnvironment(Map<String, String> environment) {
        Builder builder = new Builder();
        environment.forEach((name, value) -> {
            if (name.startsWith("MQ_") && !value.isEmpty()) {
                builder.variable(name.substring(3), value);
            }
        });
        if (builder.uri == null) {
            throw new IllegalArgumentException("MQ_URI is not set: where to connect, such as rabbitmq://localhost");
        }
        return builder;
    }

    private static String madeUp() {
        return "client-" + Uuids.v7(System.currentTimeMillis()).substring(24);
    }

    private static String clientId(String id) {
        if (!CLIENT_ID.matcher(id).matches()) {
            throw new IllegalArgumentException("clientId must be 1 to 64 letters, digits or characters of ._-, was of "
                    + id.length() + " characters");
        }
        return id;
    }

    private static Topology topology(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "create" -> Topology.CREATE;
            case "assert" -> Topology.ASSERT;
            case "none" -> Topology.NONE;
            default ->
                throw new IllegalArgumentException("topology must be create, assert or none, was '" + text + "'");
        };
    }

    private static boolean failsFast(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "wait" -> false;
            case "fail" -> true;
            default -> throw new IllegalArgumentException("backpressure must be wait or fail, was '" + text + "'");
        };
    }

    /** What the engine goes by; its URI has the credentials and only the transport's options. */
    EngineSettings settings() {
        return settings;
    }

    List<MqListener> listeners() {
        return listeners;
    }

    MqObserver observer() {
        return observer;
    }

    @Override
    public String toString() {
        return "ClientConfig[" + settings + "]";
    }

    /** Collects what is given by name. Not thread-safe. */
    static final class Builder {
        private final Map<String, String> options = new LinkedHashMap<>();
        private final List<MqListener> listeners = new ArrayList<>();
        private @Nullable TransportUri uri;
        private @Nullable String username;
        private @Nullable String password;
        private Duration waitForBroker = Duration.ZERO;
        private boolean virtualThreads = true;
        private MqObserver observer = MqObserver.NONE;

        private Builder() {}

        private Builder uri(String text) {
            uri = TransportUri.parse(text);
            return this;
        }

        /** Replaces the URI's. */
        Builder credentials(String user, String secret) {
            username = requireNonNull(user, "username");
            password = requireNonNull(secret, "password");
            return this;
        }

        /** An option of the transport or the engine, as in the URI's query, which it replaces. */
        Builder option(String name, String value) {
            options.put(requireNonNull(name, "name"), requireNonNull(value, "value"));
            return this;
        }

        /** 1 to 64 letters, digits or characters of {@code ._-}; made up unless given. */
        Builder clientId(String clientId) {
            return option("clientId", ClientConfig.clientId(requireNonNull(clientId, "clientId")));
        }

        Builder topology(Topology topology) {
            return option("topology", requireNonNull(topology, "topology").name());
        }

        /** 10 ms to 1 h; 30 s unless given. */
        Builder sendTimeout(Duration timeout) {
            return option("sendTimeout", millis("sendTimeout", timeout, MIN_TIMEOUT));
        }

        /** 10 ms to 1 h; 10 s unless given. */
        Builder connectTimeout(Duration timeout) {
            return option("connectTimeout", millis("connectTimeout", timeout, MIN_TIMEOUT));
        }

        /** 0 to 1 h; 0, which is one attempt, unless given. */
        Builder waitForBroker(Duration most) {
            millis("waitForBroker", most, Duration.ZERO);
            waitForBroker = most;
            return this;
        }

        /** 1 to 1,000,000; 1,000 unless given. */
        Builder maxOutstandingSends(int sends) {
            if (sends < 1 || sends > MAX_OUTSTANDING_SENDS) {
                throw new IllegalArgumentException(
                        "maxOutstandingSends must be 1 to " + MAX_OUTSTANDING_SENDS + ", was " + sends);
            }
            return option("maxOutstandingSends", Integer.toString(sends));
        }

        /** At the bound of outstanding sends: true to fail at once, false to wait, which is the default. */
        Builder failFastOnBackpressure(boolean yes) {
            return option("backpressure", yes ? "fail" : "wait");
        }

        /** Whether handlers run on virtual threads where the JVM has them; true unless given. */
        Builder virtualThreads(boolean yes) {
            virtualThreads = yes;
            return this;
        }

        Builder listener(MqListener listener) {
            listeners.add(requireNonNull(listener, "listener"));
            return this;
        }

        Builder observer(MqObserver observer) {
            this.observer = requireNonNull(observer, "observer");
            return this;
        }

        private static String millis(String what, Duration duration, Duration min) {
            requireNonNull(duration, what);
            if (duration.compareTo(min) < 0 || duration.compareTo(MAX_TIMEOUT) > 0) {
                throw new IllegalArgumentException(what + " must be " + min.toMillis() + " ms to 1 h, was " + duration);
            }
            return duration.toMillis() + "ms";
        }

        /** Takes a property by its name after {@code mq.}. */
        private void property(String name, String value) {
            if (name.startsWith(OPTIONS) && name.length() > OPTIONS.length()) {
                option(camelCase(name.substring(OPTIONS.length()), '-'), value);
                return;
            }
            Setting setting = Setting.of(name);
            if (setting == null) {
                throw new IllegalArgumentException("unknown property 'mq." + name + "'; known are " + Setting.known());
            }
            if (value.isBlank()) {
                throw new IllegalArgumentException("mq." + name + " must not be blank");
            }
            set(setting, value);
        }

        /** Takes an environment variable by its name after {@code MQ_}, if it is one of ours. */
        private void variable(String name, String value) {
            if (name.startsWith("OPTIONS_") && name.length() > 8) {
                option(camelCase(name.substring(8).toLowerCase(Locale.ROOT), '_'), value);
                return;
            }
            Setting setting = Setting.of(name.toLowerCase(Locale.ROOT).replace('_', '-'));
            if (setting != null) {
                set(setting, value);
            }
        }

        private void set(Setting setting, String value) {
            switch (setting) {
                case URI -> uri(value);
                case USERNAME -> username = value;
                case PASSWORD -> password = value;
                default -> option(setting.option, value);
            }
        }

        private static String camelCase(String name, char separator) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < name.length(); i++) {
                char c = name.charAt(i);
                boolean joins = c == separator && i > 0 && i + 1 < name.length();
                text.append(joins ? Character.toUpperCase(name.charAt(++i)) : c);
            }
            return text.toString();
        }

        private TransportUri merged() {
            TransportUri merged = requireNonNull(uri, "uri");
            for (Map.Entry<String, String> option : options.entrySet()) {
                merged = merged.withOption(option.getKey(), option.getValue());
            }
            if (username == null && password == null) {
                return merged;
            }
            String user = username != null ? username : merged.username().orElse("");
            String secret = password != null ? password : merged.password().orElse(null);
            if (secret == null) {
                throw new IllegalArgumentException("a username is given, but no password");
            }
            return merged.withCredentials(user, secret);
        }

        /** Checks every value the engine knows; the transport checks its own. */
        ClientConfig build() {
            return new ClientConfig(this);
        }
    }

    /** What is given by a name of its own, as property, variable and option. */
    private enum Setting {
        URI("uri"),
        USERNAME("username"),
        PASSWORD("password"),
        CLIENT_ID("client-id"),
        TOPOLOGY("topology"),
        SEND_TIMEOUT("send-timeout"),
        CONNECT_TIMEOUT("connect-timeout"),
        MAX_OUTSTANDING_SENDS("max-outstanding-sends"),
        BACKPRESSURE("backpressure");

        final String property;
        final String option;

        Setting(String property) {
            this.property = property;
            this.option = Builder.camelCase(property, '-');
        }

        static @Nullable Setting of(String property) {
            for (Setting setting : values()) {
                if (setting.property.equals(property)) {
                    return setting;
                }
            }
            return null;
        }

        static Set<String> known() {
            Set<String> names = new TreeSet<>();
            for (Setting setting : values()) {
                names.add("mq." + setting.property);
            }
            names.add("mq." + OPTIONS + "NAME");
            return names;
        }
    }
}

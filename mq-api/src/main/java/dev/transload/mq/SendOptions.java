package dev.transload.mq;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one message is sent. Start with any of the static methods and go on with those of {@link Settings}:
 *
 * <pre>{@code
 * SendOptions.key("order-123").delay(Duration.ofMinutes(5)).header("tenant", "blue")
 * }</pre>
 *
 * <p>Immutable.
 */
public sealed interface SendOptions permits SendOptions.Settings {

    /** Nothing special: a new id, no key, at once. */
    static Settings none() {
        return Settings.NONE;
    }

    /** See {@link Settings#id(String)}. */
    static Settings id(String id) {
        return Settings.NONE.id(id);
    }

    /** See {@link Settings#key(String)}. */
    static Settings key(String key) {
        return Settings.NONE.key(key);
    }

    /** See {@link Settings#delay(Duration)}. */
    static Settings delay(Duration delay) {
        return Settings.NONE.delay(delay);
    }

    /** See {@link Settings#deliverAt(Instant)}. */
    static Settings deliverAt(Instant time) {
        return Settings.NONE.deliverAt(time);
    }

    /** See {@link Settings#ttl(Duration)}. */
    static Settings ttl(Duration ttl) {
        return Settings.NONE.ttl(ttl);
    }

    /** See {@link Settings#priority(int)}. */
    static Settings priority(int priority) {
        return Settings.NONE.priority(priority);
    }

    /** See {@link Settings#header(String, String)}. */
    static Settings header(String name, String value) {
        return Settings.NONE.header(name, value);
    }

    /** See {@link Settings#headers(Map)}. */
    static Settings headers(Map<String, String> headers) {
        return Settings.NONE.headers(headers);
    }

    /** See {@link Settings#type(String)}. */
    static Settings type(String type) {
        return Settings.NONE.type(type);
    }

    /** These options with all their values. */
    Settings settings();

    /** The values of {@link SendOptions}. Immutable: each method returns a variant. */
    final class Settings implements SendOptions {

        private static final Duration LONGEST = Duration.ofDays(3_650_000);
        private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");
        private static final int MAX_TEXT = 255;
        private static final int MAX_REPLY_TO = 1024;
        private static final Settings NONE = new Settings(new Draft());

        private final @Nullable String id;
        private final @Nullable String key;
        private final @Nullable Duration delay;
        private final @Nullable Instant deliverAt;
        private final @Nullable Duration ttl;
        private final int priority;
        private final Map<String, String> headers;
        private final @Nullable String type;
        private final @Nullable String contentType;
        private final @Nullable String correlationId;
        private final @Nullable String replyTo;

        private Settings(Draft d) {
            this.id = d.id;
            this.key = d.key;
            this.delay = d.delay;
            this.deliverAt = d.deliverAt;
            this.ttl = d.ttl;
            this.priority = d.priority;
            this.headers = d.headers;
            this.type = d.type;
            this.contentType = d.contentType;
            this.correlationId = d.correlationId;
            this.replyTo = d.replyTo;
        }

        /** Identity of the message, 1 to 255 characters; a UUIDv7 if not given. */
        public Settings id(String id) {
            Draft d = new Draft(this);
            d.id = text("id", id, MAX_TEXT);
            return new Settings(d);
        }

        /** What the message is about, 1 to 255 characters; the unit of order on ordered destinations. */
        public Settings key(String key) {
            Draft d = new Draft(this);
            d.key = text("key", key, MAX_TEXT);
            return new Settings(d);
        }

        /** Wait before the message may be received, by the broker's clock; zero or less for none. */
        public Settings delay(Duration delay) {
            requireNonNull(delay, "delay");
            notTooLong("delay", delay);
            Draft d = new Draft(this);
            d.delay = delay.isNegative() || delay.isZero() ? null : delay;
            d.deliverAt = null;
            return new Settings(d);
        }

        /** Time before which the message may not be received, by this machine's clock; past for at once. */
        public Settings deliverAt(Instant time) {
            requireNonNull(time, "time");
            if (time.isAfter(LATEST)) {
                throw new IllegalArgumentException("deliverAt must be before the year 10000, was " + time);
            }
            Draft d = new Draft(this);
            d.deliverAt = time.isBefore(Instant.EPOCH) ? Instant.EPOCH : time;
            d.delay = null;
            return new Settings(d);
        }

        /** How long after the send the message is of use, at least 1 ms; longer than the delay. */
        public Settings ttl(Duration ttl) {
            requireNonNull(ttl, "ttl");
            if (ttl.compareTo(Duration.ofMillis(1)) < 0) {
                throw new IllegalArgumentException("ttl must be at least 1 ms, was " + ttl);
            }
            notTooLong("ttl", ttl);
            Draft d = new Draft(this);
            d.ttl = ttl;
            return new Settings(d);
        }

        /** Level of priority, from 0 to one less than the destination declares; higher goes first. */
        public Settings priority(int priority) {
            if (priority < 0 || priority > 9) {
                throw new IllegalArgumentException("priority must be 0 to 9, was " + priority);
            }
            Draft d = new Draft(this);
            d.priority = priority;
            return new Settings(d);
        }

        /** Adds a header: a name of 1 to 255 token characters that is not reserved, any text as value. */
        public Settings header(String name, String value) {
            Headers.check(name, value);
            Draft d = new Draft(this);
            d.headers = new LinkedHashMap<>(headers);
            d.headers.put(name, value);
            return new Settings(d);
        }

        /** Adds headers, see {@link #header}. */
        public Settings headers(Map<String, String> more) {
            requireNonNull(more, "headers");
            Draft d = new Draft(this);
            d.headers = new LinkedHashMap<>(headers);
            more.forEach((name, value) -> {
                Headers.check(name, value);
                d.headers.put(name, value);
            });
            return new Settings(d);
        }

        /** What kind of thing the payload is, 1 to 255 characters. */
        public Settings type(String type) {
            Draft d = new Draft(this);
            d.type = text("type", type, MAX_TEXT);
            return new Settings(d);
        }

        /** Media type of the body, 1 to 255 characters; that of the codec if not given. */
        public Settings contentType(String contentType) {
            Draft d = new Draft(this);
            d.contentType = text("contentType", contentType, MAX_TEXT);
            return new Settings(d);
        }

        /** What the message answers or belongs to, 1 to 255 characters. */
        public Settings correlationId(String correlationId) {
            Draft d = new Draft(this);
            d.correlationId = text("correlationId", correlationId, MAX_TEXT);
            return new Settings(d);
        }

        /** Address for a reply in the transport's own form, 1 to 1,024 characters. */
        public Settings replyTo(String replyTo) {
            Draft d = new Draft(this);
            d.replyTo = text("replyTo", replyTo, MAX_REPLY_TO);
            return new Settings(d);
        }

        public @Nullable String id() {
            return id;
        }

        public @Nullable String key() {
            return key;
        }

        public @Nullable Duration delay() {
            return delay;
        }

        public @Nullable Instant deliverAt() {
            return deliverAt;
        }

        public @Nullable Duration ttl() {
            return ttl;
        }

        /** Level of priority, or {@link Message#NO_PRIORITY}. */
        public int priority() {
            return priority;
        }

        public Map<String, String> headers() {
            return headers.isEmpty() ? headers : java.util.Collections.unmodifiableMap(headers);
        }

        public @Nullable String type() {
            return type;
        }

        public @Nullable String contentType() {
            return contentType;
        }

        public @Nullable String correlationId() {
            return correlationId;
        }

        public @Nullable String replyTo() {
            return replyTo;
        }

        @Override
        public Settings settings() {
            return this;
        }

        private static void notTooLong(String what, Duration duration) {
            if (duration.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        what + " must be at most " + LONGEST.toDays() + " days, was " + duration);
            }
        }

        private static String text(String what, String value, int max) {
            requireNonNull(value, what);
            if (value.isEmpty()) {
                throw new IllegalArgumentException(what + " must not be empty");
            }
            if (value.length() > max) {
                throw new IllegalArgumentException(
                        what + " must have at most " + max + " characters, had " + value.length());
            }
            for (int i = 0; i < value.length(); i++) {
                if (value.charAt(i) < 0x20 || value.charAt(i) == 0x7f) {
                    throw new IllegalArgumentException(what + " must have no control characters, had U+"
                            + String.format("%04X", (int) value.charAt(i)) + " at " + i);
                }
            }
            int bad = Headers.firstLoneSurrogate(value);
            if (bad >= 0) {
                throw new IllegalArgumentException(what + " has a lone surrogate at " + bad);
            }
            return value;
        }

        /** The mutable twin that the withers fill in. */
        private static final class Draft {
            private @Nullable String id;
            private @Nullable String key;
            private @Nullable Duration delay;
            private @Nullable Instant deliverAt;
            private @Nullable Duration ttl;
            private int priority = Message.NO_PRIORITY;
            private Map<String, String> headers = Map.of();
            private @Nullable String type;
            private @Nullable String contentType;
            private @Nullable String correlationId;
            private @Nullable String replyTo;

            Draft() {}

            Draft(Settings s) {
                this.id = s.id;
                this.key = s.key;
                this.delay = s.delay;
                this.deliverAt = s.deliverAt;
                this.ttl = s.ttl;
                this.priority = s.priority;
                this.headers = s.headers;
                this.type = s.type;
                this.contentType = s.contentType;
                this.correlationId = s.correlationId;
                this.replyTo = s.replyTo;
            }
        }
    }
}

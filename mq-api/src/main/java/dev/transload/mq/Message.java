package dev.transload.mq;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A message as brokers store it: a body of bytes and what is written on the envelope.
 *
 * <p>Applications send and receive typed payloads; they meet this class in dead letters and in handlers that want the
 * envelope. Immutable, save for the body, which is shared and must not be changed.
 */
public final class Message {

    /** {@link #priority()} of a message that has none. */
    public static final int NO_PRIORITY = -1;

    private final String id;
    private final boolean idAssigned;
    private final @Nullable String key;
    /** A {@code byte[]}, or a {@link LateBody} that makes it. */
    private final Object body;

    private final Map<String, String> headers;
    private final Map<String, String> annotations;
    private final @Nullable String type;
    private final @Nullable String contentType;
    private final long timestamp;
    private final @Nullable String correlationId;
    private final @Nullable String replyTo;
    private final int priority;
    private final long ttl;

    private Message(Builder b) {
        this.id = b.id;
        this.idAssigned = b.idAssigned;
        this.key = b.key;
        this.body = b.body;
        this.headers = seal(b.headers);
        this.annotations = seal(b.annotations);
        this.type = b.type;
        this.contentType = b.contentType;
        this.timestamp = b.timestamp;
        this.correlationId = b.correlationId;
        this.replyTo = b.replyTo;
        this.priority = b.priority;
        this.ttl = b.ttl;
        b.headers = null;
        b.annotations = null;
    }

    // The builder gives its maps away, so that a message costs no copy.
    private static Map<String, String> seal(@Nullable Map<String, String> map) {
        return map == null || map.isEmpty() ? Map.of() : java.util.Collections.unmodifiableMap(map);
    }

    /** Starts a message with an id and a body. The body is kept, not copied. */
    public static Builder builder(String id, byte[] body) {
        return new Builder(requireNonNull(id, "id"), requireNonNull(body, "body"));
    }

    /**
     * Starts a message with an id and a body that is made when it is asked for, of the form in which it came.
     *
     * @param body makes a new array of the same bytes on each call, on any thread; does not throw. Whatever it refers to
     *     is kept until {@link #body()} was called
     */
    public static Builder lateBuilder(String id, Supplier<byte[]> body) {
        return new Builder(requireNonNull(id, "id"), new LateBody(requireNonNull(body, "body")));
    }

    /** Identity that stays the same through retries, dead letters and redrive. */
    public String id() {
        return id;
    }

    /**
     * Whether the receiving side made the id up for this delivery, since the sender gave none and the broker shows no
     * position. Such an id does not identify the message the next time.
     */
    public boolean idAssigned() {
        return idAssigned;
    }

    /** What the message is about; the unit of order on ordered destinations. */
    public @Nullable String key() {
        return key;
    }

    /** The bytes as sent, the same array on every call. Shared: not to be changed. */
    public byte[] body() {
        return body instanceof LateBody late ? late.bytes() : (byte[]) body;
    }

    /** The bytes as sent, in a new array that is the caller's own. */
    public byte[] copyBody() {
        return body instanceof LateBody late ? late.copy() : ((byte[]) body).clone();
    }

    /** Headers of the application. Immutable. */
    public Map<String, String> headers() {
        return headers;
    }

    /** What Transload itself writes on the envelope, under names that start with {@code mq-}. Immutable. */
    public Map<String, String> annotations() {
        return annotations;
    }

    /** What kind of thing the payload is, in the application's words. */
    public @Nullable String type() {
        return type;
    }

    /** Media type of the body. */
    public @Nullable String contentType() {
        return contentType;
    }

    /** When it was sent, in milliseconds since 1970 by the sender's clock; 0 if the sender did not say. */
    public long timestamp() {
        return timestamp;
    }

    /** What the message answers or belongs to. */
    public @Nullable String correlationId() {
        return correlationId;
    }

    /** Address for a reply, in the transport's own form. */
    public @Nullable String replyTo() {
        return replyTo;
    }

    /** Priority, or {@link #NO_PRIORITY}. */
    public int priority() {
        return priority;
    }

    /** How long after {@link #timestamp()} the message is of use, in milliseconds; 0 for ever. */
    public long ttl() {
        return ttl;
    }

    /** When the message expires, in milliseconds since 1970, or {@link Long#MAX_VALUE}. */
    public long expiresAt() {
        return ttl == 0 || timestamp > Long.MAX_VALUE - ttl ? Long.MAX_VALUE : timestamp + ttl;
    }

    /** A builder that starts with all of this message. */
    public Builder toBuilder() {
        Builder b = new Builder(id, body);
        b.idAssigned = idAssigned;
        b.key = key;
        b.headers = headers.isEmpty() ? null : new LinkedHashMap<>(headers);
        b.annotations = annotations.isEmpty() ? null : new LinkedHashMap<>(annotations);
        b.type = type;
        b.contentType = contentType;
        b.timestamp = timestamp;
        b.correlationId = correlationId;
        b.replyTo = replyTo;
        b.priority = priority;
        b.ttl = ttl;
        return b;
    }

    /** Names the message without its content. */
    @Override
    public String toString() {
        return "Message[" + id + ", " + body().length + " bytes]";
    }

    /** Builds a {@link Message}. Not thread-safe; {@link #build()} may be called once. */
    public static final class Builder {
        private String id;
        private boolean idAssigned;
        private @Nullable String key;
        private Object body;
        private @Nullable Map<String, String> headers;
        private @Nullable Map<String, String> annotations;
        private @Nullable String type;
        private @Nullable String contentType;
        private long timestamp;
        private @Nullable String correlationId;
        private @Nullable String replyTo;
        private int priority = NO_PRIORITY;
        private long ttl;

        private Builder(String id, Object body) {
            this.id = id;
            this.body = body;
        }

        public Builder id(String id) {
            this.id = requireNonNull(id, "id");
            return this;
        }

        /** See {@link Message#idAssigned()}. */
        public Builder idAssigned(boolean assigned) {
            this.idAssigned = assigned;
            return this;
        }

        public Builder key(@Nullable String key) {
            this.key = key;
            return this;
        }

        /** The bytes; kept, not copied. */
        public Builder body(byte[] body) {
            this.body = requireNonNull(body, "body");
            return this;
        }

        /** Adds or replaces a header of the application; unchecked, since brokers may carry anything. */
        public Builder header(String name, String value) {
            if (headers == null) {
                headers = new LinkedHashMap<>();
            }
            headers.put(name, value);
            return this;
        }

        /** Adds or replaces headers of the application. */
        public Builder headers(Map<String, String> all) {
            if (!all.isEmpty()) {
                all.forEach(this::header);
            }
            return this;
        }

        /** Adds or replaces an annotation; its name starts with {@code mq-}. */
        public Builder annotation(String name, String value) {
            if (annotations == null) {
                annotations = new LinkedHashMap<>();
            }
            annotations.put(name, value);
            return this;
        }

        /** Takes an annotation away. */
        public Builder removeAnnotation(String name) {
            if (annotations != null) {
                annotations.remove(name);
            }
            return this;
        }

        /** Adds a name and value found at a broker: an annotation if it starts with {@code mq-}, else a header. */
        public Builder wireHeader(String name, String value) {
            return name.startsWith("mq-") ? annotation(name, value) : header(name, value);
        }

        public Builder type(@Nullable String type) {
            this.type = type;
            return this;
        }

        public Builder contentType(@Nullable String contentType) {
            this.contentType = contentType;
            return this;
        }

        /** Milliseconds since 1970, 0 for unknown. */
        public Builder timestamp(long millis) {
            this.timestamp = millis;
            return this;
        }

        public Builder correlationId(@Nullable String correlationId) {
            this.correlationId = correlationId;
            return this;
        }

        public Builder replyTo(@Nullable String replyTo) {
            this.replyTo = replyTo;
            return this;
        }

        /** 0 or more, or {@link Message#NO_PRIORITY}. */
        public Builder priority(int priority) {
            this.priority = priority;
            return this;
        }

        /** Milliseconds after the timestamp, 0 for ever. */
        public Builder ttl(long millis) {
            this.ttl = millis;
            return this;
        }

        public Message build() {
            return new Message(this);
        }
    }
}

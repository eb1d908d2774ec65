package dev.transload.mq;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * Turns payloads into bytes and back.
 *
 * <p>Implementations are thread-safe and keep no state of a message. {@link #decode(byte[])} must not keep or return the
 * array it is given where callers could change it: the same bytes go to the dead letters if the handler fails.
 *
 * @param <T> type of the payload
 */
public interface Codec<T> {

    /**
     * Encodes a payload.
     *
     * @return the body; the caller does not change the array before the send has completed
     * @throws RuntimeException if the payload cannot be encoded; the send fails with {@link CodecException}
     */
    byte[] encode(T payload);

    /**
     * Decodes a body, any bytes at all.
     *
     * @param body never null, perhaps empty; not to be changed
     * @throws RuntimeException if the body cannot be decoded; the message is dead-lettered as it is
     */
    T decode(byte[] body);

    /**
     * Decodes the body of a message, as {@link #decode(byte[])} unless it can do with less. This is what is called for
     * messages that arrive.
     *
     * @throws RuntimeException if the body cannot be decoded
     */
    default T decode(Message message) {
        return decode(message.body());
    }

    /** Content type that messages carry unless the sender gives another, or null for none. */
    default @Nullable String contentType() {
        return null;
    }

    /** The codec used for a type: {@code byte[]} and {@code String} (UTF-8) as they are, any other as JSON. */
    @SuppressWarnings("unchecked")
    static <T> Codec<T> of(Class<T> type) {
        requireNonNull(type, "type");
        if (type == byte[].class) {
            return (Codec<T>) BytesCodec.INSTANCE;
        }
        if (type == String.class) {
            return (Codec<T>) StringCodec.INSTANCE;
        }
        return JsonCodec.of(type);
    }
}

package dev.transload.mq;

import static java.util.Objects.requireNonNull;

import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Payloads as JSON, by Jackson. Unknown properties are ignored, so that a sender may add some before its receivers
 * know them; there is no polymorphic typing, so no class is loaded by the name in a message.
 *
 * @param <T> type of the payload
 */
public final class JsonCodec<T> implements Codec<T> {

    private static final JsonMapper DEFAULT = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final ObjectWriter writer;
    private final ObjectReader reader;
    private final String typeName;

    private JsonCodec(JsonMapper mapper, JavaType type) {
        this.writer = mapper.writerFor(type);
        this.reader = mapper.readerFor(type);
        this.typeName = type.toCanonical();
    }

    /** JSON of a class. */
    public static <T> JsonCodec<T> of(Class<T> type) {
        return of(DEFAULT, type);
    }

    /** JSON of a class, by a mapper of the application's own. */
    public static <T> JsonCodec<T> of(JsonMapper mapper, Class<T> type) {
        return new JsonCodec<>(mapper, mapper.constructType(requireNonNull(type, "type")));
    }

    /** JSON of a generic type, such as {@code new TypeReference<List<Order>>() {}}. */
    public static <T> JsonCodec<T> of(TypeReference<T> type) {
        return new JsonCodec<>(DEFAULT, DEFAULT.constructType(requireNonNull(type, "type")));
    }

    @Override
    public byte[] encode(T payload) {
        try {
            return writer.writeValueAsBytes(payload);
        } catch (JacksonException e) {
            throw new CodecException(
                    "cannot write " + typeName + " as JSON: " + e.getClass().getSimpleName(), e);
        }
    }

    @Override
    public T decode(byte[] body) {
        T value;
        try {
            value = reader.readValue(body);
        } catch (JacksonException e) {
            throw new CodecException(
                    "cannot read " + typeName + " from " + body.length + " bytes: "
                            + e.getClass().getSimpleName(),
                    null);
        }
        if (value == null) {
            throw new CodecException("cannot read " + typeName + ": the JSON is null", null);
        }
        return value;
    }

    @Override
    public String contentType() {
        return "application/json";
    }
}

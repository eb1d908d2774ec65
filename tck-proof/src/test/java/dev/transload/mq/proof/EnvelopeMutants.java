package dev.transload.mq.proof;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Place;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Transports that change what they carry. */
final class EnvelopeMutants {

    private EnvelopeMutants() {}

    static List<Mutant> all() {
        return List.of(
                changes(
                                "body-through-a-string",
                                "the body goes through a UTF-8 string",
                                m -> Messages.withBody(m, new String(m.body(), UTF_8).getBytes(UTF_8)))
                        .seen("OpenMessaging Benchmark, Redis driver")
                        .killedBy("ENV-01"),
                changes("zero-ends-the-body", "a zero byte ends the body", EnvelopeMutants::endedByZero)
                        .killedBy("ENV-01", "SEC-07"),
                Mutant.transport(
                                "empty-body-is-dropped",
                                "a message without a body is confirmed and not sent",
                                () -> new Twist() {
                                    @Override
                                    void send(dev.transload.mq.spi.Outgoing outgoing) {
                                        if (outgoing.message().body().length == 0) {
                                            outgoing.done();
                                        } else {
                                            real().send(outgoing);
                                        }
                                    }
                                })
                        .seen("Azure Service Bus minimal messages, Dapr certification")
                        .killedBy("ENV-02"),
                changes(
                                "empty-body-is-a-blank",
                                "a body of no bytes arrives as a blank",
                                m -> m.body().length == 0 ? Messages.withBody(m, new byte[] {' '}) : m)
                        .killedBy("ENV-02"),
                changes("headers-are-lost", "headers do not arrive", m -> Messages.withHeaders(m, Map.of()))
                        .killedBy("ENV-03"),
                changes(
                                "header-is-added",
                                "a header of the transport's own arrives too",
                                m -> m.toBuilder().header("trace", "1").build())
                        .killedBy("ENV-03"),
                headers(
                                "header-names-in-lower-case",
                                "header names arrive in lower case",
                                (name, value, to) -> to.put(name.toLowerCase(Locale.ROOT), value))
                        .killedBy("ENV-04"),
                headers(
                                "header-values-are-trimmed",
                                "header values lose blanks and line ends",
                                (name, value, to) -> to.put(name, value.strip()))
                        .killedBy("ENV-05"),
                headers(
                                "header-values-in-latin-1",
                                "header values go through ISO 8859-1",
                                (name, value, to) -> to.put(name, new String(value.getBytes(ISO_8859_1), ISO_8859_1)))
                        .killedBy("ENV-05"),
                headers("empty-headers-are-lost", "a header with an empty value does not arrive", (name, value, to) -> {
                            if (!value.isEmpty()) {
                                to.put(name, value);
                            }
                        })
                        .killedBy("ENV-05"),
                headers("ten-headers-at-most", "only ten headers arrive", (name, value, to) -> {
                            if (to.size() < 10) {
                                to.put(name, value);
                            }
                        })
                        .seen("SQS message attributes")
                        .killedBy("LIM-04", "LIM-03"),
                arrives(
                                "id-of-the-broker",
                                "the message bears an id of the broker",
                                m -> m.toBuilder().id("b-" + m.id()).build())
                        .killedBy("ENV-09"),
                changes(
                                "correlation-id-is-lost",
                                "the correlation id does not arrive",
                                m -> m.toBuilder().correlationId(null).build())
                        .killedBy("ENV-11"),
                changes(
                                "type-is-lost",
                                "the type does not arrive",
                                m -> m.toBuilder().type(null).build())
                        .killedBy("ENV-11"),
                changes(
                                "reply-address-is-lost",
                                "the reply address does not arrive",
                                m -> m.toBuilder().replyTo(null).build())
                        .killedBy("ENV-11", "RPC-01"),
                changes(
                                "type-is-invented",
                                "a message without a type arrives with one",
                                m -> m.type() == null
                                        ? m.toBuilder().type("message").build()
                                        : m)
                        .killedBy("ENV-11"),
                changes(
                                "content-type-is-lost",
                                "the content type does not arrive",
                                m -> m.toBuilder().contentType(null).build())
                        .killedBy("ENV-11"),
                arrives(
                                "priority-is-zero",
                                "a message without a priority arrives with the lowest",
                                m -> m.toBuilder()
                                        .priority(Math.max(0, m.priority()))
                                        .build())
                        .killedBy("ENV-11"),
                changes(
                                "timestamp-in-seconds",
                                "the time of the send arrives in whole seconds",
                                m -> m.toBuilder()
                                        .timestamp(m.timestamp() / 1000 * 1000)
                                        .build())
                        .seen("AMQP 0.9.1 timestamp")
                        .killedBy("ENV-12"),
                changes(
                                "long-keys-are-cut",
                                "keys are cut to 127 characters",
                                m -> m.toBuilder().key(cut(m.key())).build())
                        .seen("SQS MessageGroupId of 128 characters")
                        .killedBy("ENV-17"),
                changes(
                                "keys-in-ascii",
                                "keys go through ASCII",
                                m -> m.toBuilder().key(ascii(m.key())).build())
                        .killedBy("ENV-17"),
                changes("body-of-one-frame", "a body ends with the first 131,072 bytes", m -> Messages.cut(m, 131_072))
                        .killedBy("ENV-18"),
                changes(
                                "last-byte-of-a-chunk",
                                "a body of a whole number of chunks loses a byte",
                                m -> m.body().length > 0 && m.body().length % 4096 == 0
                                        ? Messages.cut(m, m.body().length - 1)
                                        : m)
                        .killedBy("ENV-18"));
    }

    private static Message endedByZero(Message message) {
        byte[] body = message.body();
        for (int i = 0; i < body.length; i++) {
            if (body[i] == 0) {
                return Messages.cut(message, i);
            }
        }
        return message;
    }

    private static String cut(String key) {
        return key == null || key.length() <= 127 ? key : key.substring(0, 127);
    }

    private static String ascii(String key) {
        return key == null ? null : new String(key.getBytes(java.nio.charset.StandardCharsets.US_ASCII), ISO_8859_1);
    }

    /** Changes a message on its way out. */
    private static Mutant changes(String id, String what, UnaryOperator<Message> change) {
        return Mutant.transport(id, what, () -> new Twist() {
            @Override
            Message outgoing(Message message, Place to) {
                return change.apply(message);
            }
        });
    }

    /** Changes a message on its way in. */
    private static Mutant arrives(String id, String what, UnaryOperator<Message> change) {
        return Mutant.transport(id, what, () -> new Twist() {
            @Override
            Message incoming(Message message, dev.transload.mq.spi.Incoming delivery) {
                return change.apply(message);
            }
        });
    }

    private interface HeaderChange {
        void put(String name, String value, Map<String, String> to);
    }

    private static Mutant headers(String id, String what, HeaderChange change) {
        return changes(id, what, message -> {
            Map<String, String> changed = new LinkedHashMap<>();
            message.headers().forEach((name, value) -> change.put(name, value, changed));
            return Messages.withHeaders(message, changed);
        });
    }
}

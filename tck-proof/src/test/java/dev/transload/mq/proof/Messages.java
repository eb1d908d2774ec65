package dev.transload.mq.proof;

import dev.transload.mq.Message;
import java.util.Arrays;
import java.util.Map;

/** Messages that differ from others in one part. */
final class Messages {

    private Messages() {}

    /** The same message with other headers. */
    static Message withHeaders(Message message, Map<String, String> headers) {
        Message.Builder copy = Message.builder(message.id(), message.body())
                .idAssigned(message.idAssigned())
                .key(message.key())
                .headers(headers)
                .type(message.type())
                .contentType(message.contentType())
                .timestamp(message.timestamp())
                .correlationId(message.correlationId())
                .replyTo(message.replyTo())
                .priority(message.priority())
                .ttl(message.ttl());
        message.annotations().forEach(copy::annotation);
        return copy.build();
    }

    /** The same message with another body. */
    static Message withBody(Message message, byte[] body) {
        return message.toBuilder().body(body).build();
    }

    /** The same message with no more than so many bytes of its body. */
    static Message cut(Message message, int most) {
        byte[] body = message.body();
        return body.length <= most ? message : withBody(message, Arrays.copyOf(body, most));
    }
}

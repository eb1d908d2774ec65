package dev.transload.mq.examples.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Annotations;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A message as the bytes of a file: a first line, one line for each thing on the envelope, an empty line, the payload.
 * A file that starts otherwise is a payload and nothing else, so that {@code mv} is a sender. Pure.
 */
final class Envelope {

    private static final String FIRST = "mq-files 1\n";
    private static final byte[] START = FIRST.getBytes(UTF_8);

    private Envelope() {}

    static byte[] write(Message message) {
        StringBuilder head = new StringBuilder(FIRST);
        line(head, Annotations.ID, message.id());
        line(head, Annotations.KEY, message.key());
        line(head, Annotations.TYPE, message.type());
        line(head, Annotations.CONTENT_TYPE, message.contentType());
        line(head, Annotations.CORRELATION_ID, message.correlationId());
        line(head, Annotations.REPLY_TO, message.replyTo());
        line(head, Annotations.TIMESTAMP, number(message.timestamp(), 0));
        line(head, Annotations.TTL, number(message.ttl(), 0));
        line(head, Annotations.PRIORITY, number(message.priority(), Message.NO_PRIORITY));
        message.headers().forEach((name, value) -> line(head, name, value));
        message.annotations().forEach((name, value) -> line(head, name, value));
        byte[] envelope = head.append('\n').toString().getBytes(UTF_8);
        byte[] body = message.body();
        byte[] file = Arrays.copyOf(envelope, envelope.length + body.length);
        System.arraycopy(body, 0, file, envelope.length, body.length);
        return file;
    }

    private static @Nullable String number(long value, long none) {
        return value == none ? null : Long.toString(value);
    }

    private static void line(StringBuilder head, String name, @Nullable String value) {
        if (value != null) {
            head.append(escaped(name).replace(":", "%3A"))
                    .append(": ")
                    .append(escaped(value))
                    .append('\n');
        }
    }

    /**
     * Reads a file.
     *
     * @param position where it lies: the id of a message that has none
     */
    static Message read(byte[] file, String position) {
        int body = bodyOf(file);
        if (body < 0) {
            return Message.builder(position, file).build();
        }
        Message.Builder message = Message.builder(position, Arrays.copyOfRange(file, body, file.length));
        String head = new String(file, START.length, body - START.length, UTF_8);
        for (String line : head.split("\n", -1)) {
            int colon = line.indexOf(": ");
            if (colon > 0) {
                put(message, unescaped(line.substring(0, colon)), unescaped(line.substring(colon + 2)));
            }
        }
        return message.build();
    }

    // Behind the empty line, or -1 if there is no envelope.
    private static int bodyOf(byte[] file) {
        if (file.length < START.length || !Arrays.equals(START, 0, START.length, file, 0, START.length)) {
            return -1;
        }
        for (int i = START.length; i < file.length; i++) {
            if (file[i] == '\n' && file[i - 1] == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    private static void put(Message.Builder message, String name, String value) {
        switch (name) {
            case Annotations.ID -> message.id(value);
            case Annotations.KEY -> message.key(value);
            case Annotations.TYPE -> message.type(value);
            case Annotations.CONTENT_TYPE -> message.contentType(value);
            case Annotations.CORRELATION_ID -> message.correlationId(value);
            case Annotations.REPLY_TO -> message.replyTo(value);
            case Annotations.TIMESTAMP -> message.timestamp(Math.max(0, number(value)));
            case Annotations.TTL -> message.ttl(Math.max(0, number(value)));
            case Annotations.PRIORITY -> message.priority((int) Math.min(255, number(value)));
            default -> message.wireHeader(name, value);
        }
    }

    // Who wrote the file may have written anything: what is no number counts as absent.
    private static long number(String text) {
        try {
            return Math.max(Message.NO_PRIORITY, Long.parseLong(text));
        } catch (NumberFormatException e) {
            return Message.NO_PRIORITY;
        }
    }

    private static String escaped(String text) {
        return text.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D");
    }

    private static String unescaped(String text) {
        return text.replace("%0A", "\n")
                .replace("%0D", "\r")
                .replace("%3A", ":")
                .replace("%25", "%");
    }
}

package dev.transload.mq.sqs;

import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Maps places to names of queues and topics. Portable names have no {@code _}, which stands for their {@code .}; patterns
 * have {@code ANY} for {@code *} and {@code ALL} for {@code #}; what is too long is cut and gets a hash. A name that is
 * not portable is the service's own. Pure.
 */
final class SqsNames {

    /** Longest name of a queue. */
    static final int QUEUE = 80;

    /** What the name of a FIFO queue or topic ends in. */
    static final String FIFO = ".fifo";

    /** What names of queues start with, behind the prefix, that end with their client. */
    static final String PRIVATE = "mq-private-";

    private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\\.fifo");
    private static final Pattern GROUP_ID = Pattern.compile("[!-~]{1,128}");
    private static final Pattern PORTABLE = Pattern.compile("[a-z0-9]+([.-][a-z0-9]+)*");
    private static final int HASH = 12;

    /** What ids of message groups start with that are not the key itself. */
    private static final String OURS = "mq-";

    /** What the id of the message group of a message without a key starts with. */
    private static final String NO_KEY = "mq-none-";

    private final String prefix;

    SqsNames(String prefix) {
        this.prefix = prefix;
    }

    /**
     * Name of the queue of a place that has one. A reply address came in a message: one that is no name of a queue of this
     * account and region gives the empty name, which no queue has.
     */
    String queue(Place place) {
        if (place.role() == Role.REPLY) {
            return isLegal(place.name()) ? place.name() : "";
        }
        if (!place.portable() && !isNamedDeadLetters(place)) {
            return place.name();
        }
        return fitted(place.name(), place.shape().ordered(), QUEUE);
    }

    // A subscription that names a queue for its dead letters means the queue one would declare by that name.
    private static boolean isNamedDeadLetters(Place place) {
        return place.role() == Role.DEAD_LETTERS
                && PORTABLE.matcher(place.name()).matches();
    }

    /** Name of the queue with the other kind of order, which must not exist beside it. */
    String otherQueue(Place place) {
        return fitted(place.name(), !place.shape().ordered(), QUEUE);
    }

    /** Name of the SNS topic that carries a topic. */
    String topic(String topic, boolean ordered, boolean portable) {
        return portable ? fitted(family(topic), ordered, 256) : topic;
    }

    /** The first segment of a topic or pattern: topics that share it share an SNS topic. */
    static String family(String topic) {
        int dot = topic.indexOf('.');
        return dot < 0 ? topic : topic.substring(0, dot);
    }

    /** Name of a new queue that ends with its client. */
    String privateQueue(String what, String token, boolean ordered) {
        return fitted(PRIVATE + what + "-" + token, ordered, QUEUE);
    }

    /** What the names of all private queues start with. */
    String privatePrefix() {
        return prefix + PRIVATE;
    }

    private String fitted(String name, boolean fifo, int longest) {
        String mapped = prefix + name.replace(".", "_").replace("*", "ANY").replace("#", "ALL");
        int room = longest - FIFO.length();
        if (mapped.length() > room) {
            mapped = mapped.substring(0, room - HASH - 2) + "__" + hash(name).substring(0, HASH);
        }
        return fifo ? mapped + FIFO : mapped;
    }

    /** Whether a queue can have this name. */
    static boolean isLegal(String name) {
        return LEGAL.matcher(name).matches();
    }

    /** The message group of a message: its key where that can be one. */
    static String groupId(@org.jspecify.annotations.Nullable String key, String messageId) {
        if (key == null) {
            return NO_KEY + hash(messageId).substring(0, 32);
        }
        return GROUP_ID.matcher(key).matches() && !key.startsWith(OURS)
                ? key
                : OURS + "key-" + hash(key).substring(0, 40);
    }

    /** Whether a message group stands for no key. */
    static boolean isNoKey(String groupId) {
        return groupId.startsWith(NO_KEY);
    }

    /** Whether a message group is the key itself. */
    static boolean isKey(String groupId) {
        return !groupId.startsWith(OURS);
    }

    /** Deduplication id of a message: its id, and what makes another passage of it another message. */
    static String deduplicationId(String messageId, String passage) {
        String whole = passage.isEmpty() ? messageId : messageId + ":" + passage;
        return GROUP_ID.matcher(whole).matches() ? whole : hash(whole);
    }

    /** A text's SHA-256 in hexadecimal. */
    static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("a JVM without SHA-256", e);
        }
    }
}

package dev.transload.mq.kafka;

import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Maps places to names of Kafka's own: topics, groups, and which topics a pattern stands for. Portable names are kept as
 * they are; a group over a pattern has the pattern in its name, where {@code *} becomes {@code ANY} and {@code #} becomes
 * {@code ALL}, which no portable name has. Pure.
 */
final class KafkaNames {

    /** The topic of all reply inboxes. */
    static final String REPLIES = "mq--replies";

    private static final String DELAYS = "mq--delays";
    private static final Pattern DERIVED = Pattern.compile(".*--.*|.*[.-](dlq|suspects|delays)");

    private KafkaNames() {}

    /** The topic whose messages are for this place alone. */
    static String topic(Place place) {
        return place.role() == Role.REPLY ? ReplyAddress.of(place.name()).topic() : plain(place.name());
    }

    /** The consumer group that receives from the place. All lanes of delay have one, so that a client joins only that. */
    static String group(Place place) {
        return place.role() == Role.DELAY_LANE && place.name().startsWith(DELAYS) ? DELAYS : plain(place.name());
    }

    private static String plain(String name) {
        return name.indexOf('*') < 0 && name.indexOf('#') < 0
                ? name
                : name.replace("*", "ANY").replace("#", "ALL");
    }

    /** Whether the text is a pattern of topics rather than a name. */
    static boolean isPattern(String topic) {
        return topic.indexOf('*') >= 0 || topic.indexOf('#') >= 0;
    }

    /** Which topics a pattern stands for, as far as names tell. */
    static Pattern matching(String pattern) {
        StringBuilder regex = new StringBuilder();
        for (String segment : pattern.split("\\.", -1)) {
            if (segment.equals("#")) {
                regex.append("(\\.[^.]+)*");
                continue;
            }
            if (regex.length() > 0) {
                regex.append("\\.");
            }
            regex.append(segment.equals("*") ? "[^.]+" : Pattern.quote(segment));
        }
        return Pattern.compile(regex.toString());
    }

    /** Whether a name is that of a place the engine or this transport made for its own use. */
    static boolean isDerived(String topic) {
        return DERIVED.matcher(topic).matches();
    }

    /**
     * Where replies to one client go.
     *
     * @param topic the topic
     * @param partition its partition, or -1 for any
     * @param inbox which of the inboxes on that partition, or empty text for all
     */
    record ReplyAddress(String topic, int partition, String inbox) {

        /** Reads an address; one that is not of our making is a topic's name. */
        static ReplyAddress of(String address) {
            String[] parts = address.split("/", -1);
            if (parts.length == 3) {
                Optional<Integer> partition = partition(parts[1]);
                if (partition.isPresent()) {
                    return new ReplyAddress(parts[0], partition.get(), parts[2]);
                }
            }
            return new ReplyAddress(address, -1, "");
        }

        private static Optional<Integer> partition(String text) {
            try {
                int number = Integer.parseInt(text);
                return number < 0 ? Optional.empty() : Optional.of(number);
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }

        String text() {
            return topic + "/" + partition + "/" + inbox;
        }
    }
}

package dev.transload.mq.kafka;

import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Maps places to names of Kafka's own: topics, groups, and which topics a pattern stands for. Portable names are kept as
 * they are; a group over a pattern has the pattern in its name, where {@code *} becomes {@code ANY} and {@code #} becomes
 * {@code ALL}, which no portable name has. The lanes of delay are partitions of one topic, so that there is one to make
 * and one to subscribe to. Pure.
 */
final class KafkaNames {

    /** The topic of all reply inboxes. */
    static final String REPLIES = "mq--replies";

    /** How the name of the topic ends to which brokers write what share groups give up; it begins as they demand. */
    static final String ARCHIVE = "mq--archive";

    /** The topic of all lanes of delay, and the group that receives from it. */
    static final String DELAYS = "mq--delays";

    /** Lanes wait 1, 4, 16 seconds and so on; the number of a lane is that of its partition. */
    static final int LANES = 11;

    private static final Pattern LANE = Pattern.compile(DELAYS + "-([1-9][0-9]{0,8})s");
    private static final Pattern DERIVED = Pattern.compile(".*--.*|.*[.-](dlq|suspects|delays)");

    private KafkaNames() {}

    /** The topic whose messages are for this place alone. */
    static String topic(Place place) {
        if (place.role() == Role.REPLY) {
            return ReplyAddress.of(place.name()).topic();
        }
        return partition(place) < 0 ? plain(place.name()) : DELAYS;
    }

    /** The one partition of its topic that a place is, or -1 if it is all of the topic. */
    static int partition(Place place) {
        if (place.role() != Role.DELAY_LANE) {
            return -1;
        }
        Matcher lane = LANE.matcher(place.name());
        if (!lane.matches()) {
            return -1;
        }
        long seconds = Long.parseLong(lane.group(1));
        int number = (Long.SIZE - 1 - Long.numberOfLeadingZeros(seconds)) / 2;
        return number < LANES && 1L << (2 * number) == seconds ? number : -1;
    }

    /** The consumer group that receives from the place. */
    static String group(Place place) {
        return partition(place) < 0 ? plain(place.name()) : DELAYS;
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

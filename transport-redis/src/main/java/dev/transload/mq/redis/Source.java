package dev.transload.mq.redis;

import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One stream that a receiver reads, and how. Immutable. */
final class Source {

    private static final byte[] YES = Bytes.of("1");
    private static final byte[] NO = Bytes.of("0");

    private final byte[] key;
    private final String stream;
    private final byte[] group;
    private final int lane;
    private final boolean own;

    private Source(byte[] key, String stream, byte[] group, int lane, boolean own) {
        this.key = key;
        this.stream = stream;
        this.group = group;
        this.lane = lane;
        this.own = own;
    }

    /**
     * The streams of one lane of a place, those first that are for it alone.
     *
     * @param own name of the stream that is for the place alone
     */
    static List<Source> of(Place place, String own, String group, int lane, List<String> topics) {
        List<Source> all = new ArrayList<>(2);
        byte[] name = Bytes.of(group);
        if (place.role() != Role.GROUP || place.group() != null) {
            all.add(new Source(RedisKeys.lane(own, lane), own, name, lane, true));
        }
        if (place.role() == Role.GROUP) {
            topics.forEach(topic -> all.add(new Source(RedisKeys.lane(topic, lane), topic, name, lane, false)));
        }
        return all;
    }

    /** Whether it is the stream of that name. */
    boolean is(byte[] name) {
        return Arrays.equals(key, name);
    }

    /** Its name at the server. */
    byte[] key() {
        return key;
    }

    /** The name of the place it belongs to. */
    String stream() {
        return stream;
    }

    /** Consumer group. */
    byte[] group() {
        return group;
    }

    /** Number of its lane. */
    int lane() {
        return lane;
    }

    /** Whether its entries are for this group alone, so that what is settled is deleted. */
    boolean own() {
        return own;
    }

    /** What the scripts take for whether an entry that is done is deleted. */
    byte[] deletes() {
        return own ? YES : NO;
    }
}

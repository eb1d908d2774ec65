package dev.transload.mq.redis;

import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.util.ArrayList;
import java.util.List;

/**
 * One stream that a receiver reads.
 *
 * @param key its name at the server
 * @param stream the name of the place it belongs to
 * @param group consumer group
 * @param lane number of its lane
 * @param own whether its entries are for this group alone, so that what is settled is deleted
 */
record Source(byte[] key, String stream, byte[] group, int lane, boolean own) {

    private static final byte[] YES = Bytes.of("1");
    private static final byte[] NO = Bytes.of("0");

    /** The streams of one lane of a place, those first that are for it alone. */
    static List<Source> of(Place place, String group, int lane) {
        List<Source> all = new ArrayList<>(2);
        byte[] name = Bytes.of(group);
        if (place.role() != Role.GROUP || place.group() != null) {
            String own = RedisKeys.stream(place);
            all.add(new Source(RedisKeys.lane(own, lane), own, name, lane, true));
        }
        if (place.role() == Role.GROUP) {
            String topic = RedisKeys.stream(RedisTopology.topic(place));
            all.add(new Source(RedisKeys.lane(topic, lane), topic, name, lane, false));
        }
        return all;
    }

    /** What the scripts take for whether an entry that is done is deleted. */
    byte[] deletes() {
        return own ? YES : NO;
    }
}

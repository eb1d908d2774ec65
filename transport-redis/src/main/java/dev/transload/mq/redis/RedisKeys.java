package dev.transload.mq.redis;

import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * Maps places to keys. A place's stream has the place's name; what belongs to it has that name in braces and an ending,
 * which makes both of one hash slot, unless the name has a closing brace and no hash tag. Pure.
 */
final class RedisKeys {

    /** Set of the topics that clients have declared. */
    static final byte[] TOPICS = Bytes.of("mq:topics");

    /** Hash of the groups that follow a pattern of topics. */
    static final byte[] PATTERNS = Bytes.of("mq:patterns");

    /** What the names of reply inboxes start with. */
    static final String REPLIES = "mq:replies:";

    private RedisKeys() {}

    /** Name of the stream that is sent to. */
    static String stream(Place place) {
        return place.name();
    }

    /**
     * Name of the stream that is sent to on a cluster, where what belongs together has to be in one hash slot: a group's
     * own stream has its topic's name as hash tag, a level of priority its queue's.
     *
     * @throws IllegalArgumentException if the name is such that its keys would not be together
     */
    static String clusterStream(Place place) {
        String topic = place.topic();
        String name = place.name();
        if (topic != null && place.group() != null) {
            name = tagged(topic, "--" + place.group());
        } else if (place.role() == Role.PRIORITY_LANE) {
            int mark = name.lastIndexOf("--");
            name = tagged(name.substring(0, Math.max(0, mark)), name.substring(Math.max(0, mark)));
        }
        if (name.indexOf('}') >= 0
                && place.role() != Role.REPLY
                && JedisClusterCRC16.getSlot(Bytes.of(name)) != JedisClusterCRC16.getSlot(shape(name))) {
            throw new IllegalArgumentException(
                    "name must have no closing brace on a cluster unless it has a hash tag, as"
                            + " {tenant}:jobs has, was '" + place.name() + "'");
        }
        return name;
    }

    private static String tagged(String home, String rest) {
        return home.isEmpty() || hasTag(home) ? home + rest : "{" + home + "}" + rest;
    }

    private static boolean hasTag(String name) {
        int open = name.indexOf('{');
        return open >= 0 && name.indexOf('}', open) > open + 1;
    }

    /** Name of the consumer group that receives from a place. */
    static String group(Place place) {
        return place.name();
    }

    /** The stream of one lane. The first has the place's own name, so that who knows nothing of lanes can add to it. */
    static byte[] lane(String stream, int lane) {
        return Bytes.of(lane == 0 ? stream : beside(stream, Integer.toString(lane)));
    }

    static List<byte[]> lanes(String stream, int lanes) {
        List<byte[]> all = new ArrayList<>(lanes);
        for (int lane = 0; lane < lanes; lane++) {
            all.add(lane(stream, lane));
        }
        return all;
    }

    /** Hash of what a place was made for. */
    static byte[] shape(String stream) {
        return Bytes.of(beside(stream, "shape"));
    }

    /** Stream of what waits for its time. */
    static byte[] later(String stream) {
        return Bytes.of(beside(stream, "later"));
    }

    /** Sorted set of when it is due. */
    static byte[] due(String stream) {
        return Bytes.of(beside(stream, "due"));
    }

    /** Hash of who owns which lane. */
    static byte[] owners(String stream) {
        return Bytes.of(beside(stream, "owners"));
    }

    /** Sorted set of those among whom lanes are shared. */
    static byte[] members(String stream) {
        return Bytes.of(beside(stream, "members"));
    }

    /** Hash of when ephemeral groups of a topic end. */
    static byte[] ephemeral(String stream) {
        return Bytes.of(beside(stream, "ephemeral"));
    }

    /** What stands for the stream of an ephemeral group, which has none, in the keys beside it. */
    static String ofEphemeral(String topic, String group) {
        return beside(topic, group);
    }

    private static String beside(String stream, String what) {
        return hasTag(stream) ? stream + ":" + what : "{" + stream + "}:" + what;
    }

    /** The lane of a key; messages without one are spread by their id. */
    static int lane(String keyOrId, int lanes, Role role) {
        return lanes == 1 || role == Role.REPLY
                ? 0
                : JedisClusterCRC16.getCRC16(keyOrId.getBytes(StandardCharsets.UTF_8)) % lanes;
    }
}

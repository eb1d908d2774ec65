package dev.transload.mq.redis;

import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.ReceiveSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * What a receiver does for its place beside receiving: it moves what is due, keeps an ephemeral group alive, and finds
 * the topics that a pattern has come to stand for.
 *
 * <p>Used by the receiver's thread alone.
 */
final class PlaceKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(PlaceKeeper.class);
    private static final int MOST_DUE = 200;
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Surroundings around;
    private final ReceiverLink link;
    private final Place place;
    private final boolean ephemeral;
    private final boolean pattern;
    private final String group;
    private final String ownStream;
    private final int lanes;
    private final long mostWaitMillis;
    private List<String> topics;
    private long nextDue;
    private long nextAlive;
    private long nextLook;

    /**
     * @param mostWaitMillis how long a receiver may wait before it looks again for what is due
     */
    PlaceKeeper(
            Surroundings around, ReceiverLink link, ReceiveSpec spec, String group, int lanes, long mostWaitMillis) {
        this.around = around;
        this.link = link;
        this.place = spec.from();
        this.ephemeral = spec.ephemeral();
        this.pattern = TopicPatterns.isPattern(place);
        this.group = group;
        this.ownStream = ephemeral ? String.valueOf(place.topic()) : around.topology().stream(place);
        this.lanes = lanes;
        this.mostWaitMillis = mostWaitMillis;
        this.topics = pattern || place.role() != Role.GROUP ? List.of() : List.of(String.valueOf(place.topic()));
        this.nextDue = around.time().nanos();
        this.nextAlive = nextDue;
        this.nextLook = nextDue;
    }

    /** Topics that the place's messages come from. */
    List<String> topics() {
        return topics;
    }

    boolean isPattern() {
        return pattern;
    }

    /** When something may be due. */
    long nextDue() {
        return nextDue;
    }

    /** Does what is to be done; tells whether there are other topics now. */
    boolean tend() {
        long now = around.time().nanos();
        boolean others = false;
        if (pattern && nextLook - now <= 0) {
            others = lookForTopics();
            nextLook = now + LOOK.toNanos();
        }
        if (nextDue - now <= 0) {
            long wait = mostWaitMillis;
            if (!ephemeral) {
                wait = Math.min(wait, due(ownStream));
            }
            for (String topic : topics) {
                wait = Math.min(wait, due(topic));
            }
            nextDue = around.time().nanos() + TimeUnit.MILLISECONDS.toNanos(wait);
        }
        if (ephemeral && nextAlive - now <= 0) {
            nextAlive = now + ServerInfo.EPHEMERAL.toNanos() / 6;
            keepAlive();
        }
        return others;
    }

    /** Moves what is due; gives the milliseconds until the next. */
    private long due(String stream) {
        List<byte[]> keys = new ArrayList<>(List.of(RedisKeys.due(stream), RedisKeys.later(stream)));
        keys.addAll(RedisKeys.lanes(stream, lanes));
        List<?> answer = (List<?>) link.call(Script.DUE, keys, List.of(Bytes.of(MOST_DUE)));
        long moved = answer == null ? 0 : Bytes.number(answer.get(0));
        long next = answer == null ? -1 : Bytes.number(answer.get(1));
        return moved == MOST_DUE ? 0 : next < 0 ? Long.MAX_VALUE : Math.max(1, next);
    }

    private void keepAlive() {
        if (pattern) {
            var unused = around.topology().patterns().follow(group, String.valueOf(place.topic()), true);
        }
        for (String topic : topics) {
            if (!keepAlive(topic, false)) {
                throw new JedisDataException("NOGROUP of an ephemeral subscription");
            }
        }
    }

    private boolean keepAlive(String topic, boolean make) {
        List<byte[]> keys = new ArrayList<>(List.of(RedisKeys.ephemeral(topic)));
        keys.addAll(RedisKeys.lanes(topic, lanes));
        List<byte[]> arguments =
                List.of(Bytes.of(group), Bytes.of(ServerInfo.EPHEMERAL.toMillis()), Bytes.of(make ? "1" : "0"));
        return Bytes.number(link.call(Script.EPHEMERAL, keys, arguments)) == 1;
    }

    private boolean lookForTopics() {
        List<?> names = link.command(Command.SMEMBERS, RedisKeys.TOPICS) instanceof List<?> list ? list : List.of();
        List<String> found = TopicPatterns.matching(String.valueOf(place.topic()), names);
        if (Set.copyOf(found).equals(Set.copyOf(topics))) {
            return false;
        }
        List<String> there = new ArrayList<>();
        for (String topic : found) {
            if (topics.contains(topic) || hasGroup(topic)) {
                there.add(topic);
            }
        }
        topics = List.copyOf(there);
        return true;
    }

    // Who declares a topic makes our group of it too; it is only missing where that was not done to the end.
    private boolean hasGroup(String topic) {
        if (ephemeral) {
            return keepAlive(topic, true);
        }
        List<byte[]> arguments = List.of(Bytes.of("create"), Bytes.of(group), Bytes.of("0"));
        return Bytes.number(link.call(Script.GROUP, List.of(RedisKeys.lane(topic, 0)), arguments)) == 1;
    }

    // ---- the end

    /**
     * Takes the consumer out of the group, or ends the group if it is ephemeral, by the client's commander.
     *
     * @param inOrder whether nothing is out whose handler has begun
     */
    void leave(byte[] consumer, boolean inOrder, RedisCall.Answer end) {
        if (!ephemeral) {
            List<byte[]> keys = new ArrayList<>(List.of(RedisKeys.owners(ownStream), RedisKeys.members(ownStream)));
            for (int lane = 0; lane < lanes; lane++) {
                Source.of(place, ownStream, group, lane, topics).forEach(source -> keys.add(source.key()));
            }
            List<byte[]> arguments = List.of(Bytes.of(group), consumer, Bytes.of(lanes), Bytes.of(inOrder ? 1 : 0));
            around.commander().submit(RedisCall.of(Script.CLOSE, end, keys, arguments));
            return;
        }
        for (String topic : topics) {
            for (byte[] stream : RedisKeys.lanes(topic, lanes)) {
                quietly(Command.XGROUP, Bytes.of("DESTROY"), stream, Bytes.of(group));
            }
            quietly(Command.HDEL, RedisKeys.ephemeral(topic), Bytes.of(group));
            around.trimmer().touch(topicPlace(topic));
        }
        if (pattern) {
            quietly(Command.HDEL, RedisKeys.PATTERNS, Bytes.of(group));
        }
        String beside = RedisKeys.ofEphemeral(ownStream, group);
        around.commander().submit(RedisCall.of(Command.DEL, end, RedisKeys.owners(beside), RedisKeys.members(beside)));
    }

    private void quietly(Command command, byte[]... arguments) {
        RedisCall.Answer answer = RedisCall.Answer.of(done -> {}, cause -> LOG.debug("redis: left behind", cause));
        around.commander().submit(RedisCall.of(command, answer, arguments));
    }

    /** The place of one of the topics. */
    Place topicPlace(String topic) {
        return new Place(Role.TOPIC, topic, null, null, place.shape(), place.portable());
    }
}

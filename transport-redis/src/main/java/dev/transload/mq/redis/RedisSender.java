package dev.transload.mq.redis;

import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Message;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/** Adds messages to streams. Thread-safe; who sends is told on the commander's thread. */
final class RedisSender {

    private static final byte[] NO_MAKING = Bytes.of("NOMKSTREAM");
    private static final byte[] NEXT_ID = Bytes.of("*");
    private static final int USUAL_FIELDS = 16;

    private final Commands commander;
    private final RedisTopology topology;
    private final TopicTrimmer trimmer;
    private final Channels channels;

    RedisSender(Commands commander, RedisTopology topology, TopicTrimmer trimmer, Channels channels) {
        this.commander = commander;
        this.topology = topology;
        this.trimmer = trimmer;
        this.channels = channels;
    }

    void send(Outgoing outgoing) {
        if (refused(outgoing)) {
            return;
        }
        String stream = topology.stream(outgoing.to());
        int lane = lane(outgoing);
        if (outgoing.to().role() == Role.TOPIC) {
            touch(outgoing.to());
        }
        RedisCall.Answer answer = new Sent(outgoing);
        List<byte[]> fields = new ArrayList<>(USUAL_FIELDS);
        if (outgoing.delayMillis() > 0) {
            fields.add(Bytes.of(outgoing.delayMillis()));
            fields.add(Bytes.of(lane));
            RedisMessages.write(outgoing.message(), fields);
            List<byte[]> keys = List.of(RedisKeys.lane(stream, 0), RedisKeys.later(stream), RedisKeys.due(stream));
            commander.submit(RedisCall.of(Script.SEND_LATER, answer, keys, fields));
            return;
        }
        fields.add(RedisKeys.lane(stream, lane));
        fields.add(NO_MAKING);
        fields.add(NEXT_ID);
        RedisMessages.write(outgoing.message(), fields);
        RedisCall call = RedisCall.of(Command.XADD, answer, fields.toArray(new byte[0][]));
        commander.submit(outgoing.isAwaited() ? call.awaited() : call);
    }

    /** Tells who sends. */
    private record Sent(Outgoing outgoing) implements RedisCall.Answer {
        @Override
        public void answered(@Nullable Object reply) {
            if (reply == null) {
                outgoing.failed(missing(outgoing));
            } else {
                outgoing.done();
            }
        }

        @Override
        public void failed(RuntimeException cause) {
            outgoing.failed(RedisErrors.operation("send to " + outgoing.to().name(), cause));
        }
    }

    /** Fails what goes to a channel, where it would not be what others expect there. */
    boolean refused(Outgoing outgoing) {
        boolean toChannel = channels.has(outgoing.to());
        if (toChannel) {
            outgoing.failed(Channels.sendRefused(outgoing.to()));
        }
        return toChannel;
    }

    static DestinationNotFoundException missing(Outgoing outgoing) {
        return new DestinationNotFoundException(
                "redis: there is no stream " + outgoing.to().name() + " to send to", null);
    }

    /** Name of the stream of a place. */
    String stream(Place place) {
        return topology.stream(place);
    }

    /** Something goes to a topic. */
    void touch(Place topic) {
        trimmer.touch(topic);
    }

    /** The lane a message goes to. */
    int lane(Outgoing outgoing) {
        Message message = outgoing.message();
        String key = message.key();
        return RedisKeys.lane(
                key != null ? key : message.id(),
                topology.lanes(outgoing.to()),
                outgoing.to().role());
    }
}

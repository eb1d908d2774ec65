package dev.transload.mq.redis;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capabilities.Limits;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Counting;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a server does for a shape. Pure. */
final class RedisCapabilities {

    /** Most messages of a lane that may have come past one that is not done. */
    private static final int SPAN = 10_000;

    private static final int HEADERS_BYTES = 1024 * 1024;
    private static final int HEADERS = 1_000;
    private static final int NAME = 255;
    private static final Duration YEAR = Duration.ofDays(365);

    private RedisCapabilities() {}

    /** Of a place; one that is a channel is received from by ephemeral groups, and that is all. */
    static Capabilities of(Place place, ServerInfo server, RedisOptions options) {
        boolean listens = place.role() == Role.GROUP && place.group() == null;
        Capabilities.Builder all = builder(place.shape(), server, options);
        if (options.channels().has(place) && !listens) {
            all.refuses(Capability.GROUPS, Channels.REFUSAL);
        }
        return all.build();
    }

    static Capabilities of(Shape shape, ServerInfo server, RedisOptions options) {
        return builder(shape, server, options).build();
    }

    private static Capabilities.Builder builder(Shape shape, ServerInfo server, RedisOptions options) {
        Capabilities.Builder all = Capabilities.builder(
                        server.toString(), new Limits(options.maxMessageBytes(), HEADERS_BYTES, HEADERS, NAME))
                .durability(server.durability(), warnings(server, options.channels()))
                .has(
                        Capability.GROUPS,
                        "a consumer group of the topic's stream for each; ephemeral ones are ended by other clients "
                                + ServerInfo.EPHEMERAL.toSeconds() + " s after their own is gone"
                                + channels(options.channels()))
                .has(Capability.NOTE_ATTEMPTS, "in the pending list's count: a thousand for each failure")
                .has(Capability.BROWSE, "entries are read where they are")
                .refuses(Capability.PRIORITY, "Redis streams have no priorities")
                .refuses(Capability.HEADER_FILTER, "Redis streams cannot be filtered")
                .refuses(Capability.KEY_HOLD, "Redis streams know no keys")
                // Of an owner that died, what it had counts as begun unless its starts were written down first.
                .counting(new Counting(true, true, Integer.MAX_VALUE, 0, 1))
                .maxInFlightSpan(SPAN)
                .sendDelay(YEAR, "in a sorted set by the server's clock, moved by a script that every consumer runs")
                .exactDepth(true);
        if (options.cluster()) {
            all.refuses(
                    Capability.ATOMIC_MOVE,
                    "destinations of a cluster are on several nodes, so a message is sent and then acked");
        } else {
            all.has(Capability.ATOMIC_MOVE, "one script sends and acks");
        }
        all.has(
                Capability.HISTORY,
                "a topic's stream keeps its entries as long as the topic is declared to retain them");
        if (shape.ordered()) {
            all.has(
                            Capability.LANES,
                            "streams, " + options.shards()
                                    + " unless partitions are given; each has one owner at a time, under a lease with"
                                    + " a fence")
                    .has(Capability.RENEW, "with the lane, by its owner, no call needed")
                    .refuses(Capability.PATTERN, "each ordered topic has streams and owners of its own");
        } else {
            all.has(Capability.RENEW, "claimed again by its owner").releaseDelay(YEAR);
            if (options.cluster()) {
                all.refuses(Capability.PATTERN, "the topics of a pattern are on several nodes of a cluster");
            } else {
                all.has(
                        Capability.PATTERN,
                        "topics that a Transload client has declared; a new one is found within a second, and nothing"
                                + " of it is missed");
            }
        }
        Duration retained = shape.retained();
        if (retained != null) {
            all.retention(retained);
        }
        return all;
    }

    private static String channels(Channels channels) {
        return channels.isEmpty() ? "" : "; Pub/Sub channels, received by ephemeral groups alone: " + channels;
    }

    private static List<String> warnings(ServerInfo server, Channels channels) {
        List<String> all = new ArrayList<>(server.warnings());
        if (!channels.isEmpty()) {
            all.add("Pub/Sub channels (" + channels
                    + ") are received at most once: what is published while a subscription"
                    + " has no connection, or is far behind, is lost");
        }
        return all;
    }
}

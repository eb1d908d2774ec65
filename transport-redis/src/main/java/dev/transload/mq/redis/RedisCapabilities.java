package dev.transload.mq.redis;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capabilities.Limits;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Counting;
import java.time.Duration;

/** What a server does for a shape. Pure. */
final class RedisCapabilities {

    /** Most messages of a lane that may have come past one that is not done. */
    private static final int SPAN = 10_000;

    private static final int HEADERS_BYTES = 1024 * 1024;
    private static final int HEADERS = 1_000;
    private static final int NAME = 255;
    private static final Duration YEAR = Duration.ofDays(365);

    private RedisCapabilities() {}

    static Capabilities of(Shape shape, ServerInfo server, RedisOptions options) {
        Capabilities.Builder all = Capabilities.builder(
                        server.toString(), new Limits(options.maxMessageBytes(), HEADERS_BYTES, HEADERS, NAME))
                .durability(server.durability(), server.warnings())
                .has(
                        Capability.GROUPS,
                        "a consumer group of the topic's stream for each; ephemeral ones are ended by other clients "
                                + ServerInfo.EPHEMERAL.toSeconds() + " s after their own is gone")
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
        return all.build();
    }
}

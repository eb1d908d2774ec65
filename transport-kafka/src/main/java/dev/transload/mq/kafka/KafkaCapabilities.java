package dev.transload.mq.kafka;

import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capabilities.Limits;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Counting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a cluster does for a shape. Pure. */
final class KafkaCapabilities {

    /** Most messages of a partition that may have come past one that is not done. */
    static final int SPAN = 10_000;

    /** Longest name of a topic. */
    static final int NAME = 249;

    private static final int HEADERS_BYTES = 64 * 1024;
    private static final int FAILURE_RECORD = 16 * 1024;
    private static final int FRAMING = 4 * 1024;
    private static final int HEADERS = 1_000;
    private static final Duration FOR_EVER = Duration.ofDays(365);

    private KafkaCapabilities() {}

    static Capabilities of(Shape shape, BrokerInfo broker, KafkaOptions options, Topology policy) {
        Duration retention = options.retention().orElse(broker.retention());
        int copies = options.replication().map(Short::intValue).orElse(broker.replication());
        Capabilities.Builder all = Capabilities.builder(broker.toString(), limits(broker))
                .durability(durability(copies, broker.minInSync()), warnings(copies, broker, options))
                .has(
                        Capability.GROUPS,
                        "a consumer group for each, " + protocol(broker, options)
                                + "; ephemeral: partitions read from their end, without a group")
                .has(Capability.SEND_ORDER, "idempotent producer: a partition keeps the order through its own retries")
                .has(
                        Capability.RENEW,
                        "held while the partition is assigned, no call needed; when it goes to another member, handlers"
                                + " have " + seconds(KafkaConsumers.revocationWait(options, broker))
                                + " to end (option revocationWait)")
                .has(Capability.NOTE_ATTEMPTS, "failures are committed with the offset, message by message")
                .has(Capability.HISTORY, "topics keep what was handled for their retention")
                .has(Capability.PATTERN, "new topics are found within seconds and read from their start")
                .has(Capability.BROWSE, "reads without a group")
                .refuses(Capability.ATOMIC_MOVE, "the producer is idempotent, without transactions")
                .refuses(Capability.PRIORITY, "Kafka has no priorities")
                .refuses(Capability.HEADER_FILTER, "Kafka hands out every record")
                .refuses(Capability.KEY_HOLD, "Kafka knows no state of a key")
                .maxLease(retention.isZero() ? FOR_EVER : retention)
                .maxInFlightSpan(SPAN)
                // The first start under an owner that dies goes unseen, and the first one after that stands for it.
                .counting(new Counting(true, true, Integer.MAX_VALUE, 1, 1))
                .retention(retention)
                .delayRetention(KafkaTopology.LANES_KEEP)
                .sendDelay(
                        Duration.ZERO,
                        "partitions of the topic " + KafkaNames.DELAYS + ", shared by all clients that delay or"
                                + " subscribe; a client that dies is missed after "
                                + seconds(KafkaConsumers.lanesSession(options, broker)))
                .volatileReplies(false)
                .exactDepth(true);
        if (options.shares() && !shape.ordered()) {
            return shared(all, broker, policy).build();
        }
        int lanes = shape.partitions() == 0 ? options.partitions(shape) : shape.partitions();
        all.sharedByLanes("partitions, " + lanes + " unless the topic exists with others: no more consumers than that"
                + " work at once");
        if (shape.ordered()) {
            all.has(Capability.LANES, "partitions, " + lanes + " unless the topic exists with others");
        }
        return all.build();
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() / 1000.0 + " s";
    }

    private static Capabilities.Builder shared(Capabilities.Builder all, BrokerInfo broker, Topology policy) {
        int deliveries = ShareGroups.deliveries(broker, policy);
        return all.has(
                        Capability.GROUPS,
                        "a share group for each, whose members share a partition: any number of them works, none in order;"
                                + " several partitions are dealt out among them, and wait while theirs hold slow messages;"
                                + " each receiver is up to " + SlotSizes.MOST
                                + " members, or one for each handler up to " + SlotSizes.MOST_OF_ALL
                                + ", since one that holds a message"
                                + " brings no other, and one more for what is sent to a topic's group alone;"
                                + " what comes back uncounted by handlers is counted here: the broker"
                                + " gives a message up after " + deliveries + " deliveries, so the engine sets it aside"
                                + " at the last but one"
                                + ShareGroups.archive(broker)
                                        .map(topic -> ", and what is given up all the same is in the topic " + topic)
                                        .orElse("")
                                + "; ephemeral: partitions read from their end, without a group")
                .has(Capability.RENEW, "by the receiver, at half the time that the group lends a message for")
                .refuses(Capability.NOTE_ATTEMPTS, "a share group counts deliveries, and remembers nothing else")
                .refuses(Capability.BROWSE, "a share group does not tell which messages are done")
                .maxInFlightSpan(ShareGroups.SPAN)
                // A fetch of a member that has died goes on at the broker until it is answered.
                .counting(new Counting(false, false, deliveries, 0, 1));
    }

    private static Limits limits(BrokerInfo broker) {
        int payload = Math.max(1024, broker.maxRecordBytes() - HEADERS_BYTES - FAILURE_RECORD - FRAMING);
        return new Limits(payload, HEADERS_BYTES, HEADERS, NAME);
    }

    /** Whether groups are run by the broker. */
    static boolean consumerProtocol(BrokerInfo broker, KafkaOptions options) {
        return switch (options.protocol()) {
            case AUTO -> broker.consumerProtocol();
            case CONSUMER -> true;
            case CLASSIC -> false;
        };
    }

    private static String protocol(BrokerInfo broker, KafkaOptions options) {
        return consumerProtocol(broker, options)
                ? "run by the broker (KIP-848), which misses a dead member after "
                        + broker.sessionTimeout().toSeconds() + " s"
                : "of the classic protocol, which misses a dead member after 10 s";
    }

    private static String durability(int copies, int minInSync) {
        return "all replicas in sync have it (acks=all, idempotent): " + copies + (copies == 1 ? " copy" : " copies")
                + " of a topic made here, at least " + minInSync + " in sync; written to disk by the operating system";
    }

    private static List<String> warnings(int copies, BrokerInfo broker, KafkaOptions options) {
        List<String> all = new ArrayList<>();
        if (copies == 1) {
            all.add("Topics made here have one copy: a broker that is lost takes their messages with it.");
        } else if (broker.minInSync() < 2) {
            all.add("min.insync.replicas is 1: a confirmed message may be on one broker alone.");
        } else if (broker.minInSync() >= copies) {
            all.add("min.insync.replicas is as high as the number of copies: one broker down stops all sends.");
        }
        if (broker.maxMetadataChars() < ProgressText.MOST_CHARS) {
            all.add("offset.metadata.max.bytes is " + broker.maxMetadataChars() + ", below " + ProgressText.MOST_CHARS
                    + ": after a crash more messages come again than must.");
        }
        if (broker.makesTopics()) {
            all.add("auto.create.topics.enable is not false: a topic that is deleted while a client sends to it is made"
                    + " anew by the broker, with the broker's settings.");
        }
        if (broker.formsAfter().compareTo(Duration.ofSeconds(1)) > 0) {
            all.add("group.initial.rebalance.delay.ms is " + broker.formsAfter().toMillis()
                    + ": what is delayed when the first of all clients starts may come that much later.");
        }
        Duration retention = options.retention().orElse(broker.retention());
        if (!retention.isZero()) {
            all.add("A queue keeps messages for " + retention.toHours() + " h, handled or not: what nobody handles by"
                    + " then is lost.");
        }
        return all;
    }
}

package dev.transload.mq.rabbitmq;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capabilities.Limits;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Counting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a broker of some version does for a shape. Pure. */
final class RabbitMqCapabilities {

    private static final int UNLIMITED_FRAME = 128 * 1024;
    private static final int FRAME_RESERVE = 8 * 1024;
    private static final int FAILURE_RECORD = 16 * 1024;
    private static final int HEADERS = 500;
    private static final Duration LONGEST_LEASE = Duration.ofDays(7);

    private RabbitMqCapabilities() {}

    static Capabilities of(Shape shape, BrokerVersion version, RabbitMqOptions options, int frameMax) {
        int frame = frameMax <= 0 ? UNLIMITED_FRAME : frameMax;
        Limits limits = new Limits(
                options.maxMessageBytes(),
                Math.max(0, frame - FRAME_RESERVE - FAILURE_RECORD),
                HEADERS,
                RabbitMqDelays.MAX_NAME);
        boolean ownTimeout = version.atLeast(4, 3);
        boolean classic = shape.priorities() > 1 && !QueueArguments.nativePriorities(version);
        Capabilities.Builder all = Capabilities.builder(version.toString(), limits)
                .durability(durability(classic), warnings(classic, version))
                .has(Capability.GROUPS, "topic exchange, one durable queue per group; ephemeral: exclusive queue")
                .has(Capability.LANES, "one queue with a single active consumer; others stand by")
                .has(
                        Capability.PATTERN,
                        "binding of the group's queue to the exchange of the first segment; new topics at once")
                .sendDelay(
                        RabbitMqDelays.MAX,
                        "29 queues of binary weights from 0.25 s, shared by a virtual host; rounded up to 0.25 s, and"
                                + " later by seconds when thousands of delayed messages enter or fall due together")
                .maxLease(ownTimeout ? LONGEST_LEASE : options.consumerTimeout())
                .counting(
                        classic
                                ? new Counting(false, false, Integer.MAX_VALUE)
                                : new Counting(
                                        false,
                                        version.atLeast(4, 3) && !shape.ordered(),
                                        QueueArguments.DELIVERY_LIMIT))
                .volatileReplies(true)
                .exactDepth(false)
                .refuses(
                        Capability.HISTORY,
                        "a queue has no history; streams over AMQP 0.9.1 have neither a single active consumer nor"
                                + " stored offsets")
                .refuses(Capability.RENEW, "the broker's consumer timeout cannot be renewed")
                .refuses(Capability.BROWSE, "a queue cannot be read without taking from it");
        if (shape.priorities() > 1) {
            all.has(
                    Capability.PRIORITY,
                    classic
                            ? "classic queue with x-max-priority, strict; counts no deliveries"
                            : "priorities of the quorum queue, strict");
        } else {
            all.has(Capability.PRIORITY, "by the broker, strict");
        }
        return all.build();
    }

    private static String durability(boolean classic) {
        return classic
                ? "persistent in a durable classic queue, on one node"
                : "persistent in a quorum queue, on disk of a majority of its members";
    }

    private static List<String> warnings(boolean classic, BrokerVersion version) {
        List<String> all = new ArrayList<>();
        if (classic) {
            all.add("Queues with priorities are classic before RabbitMQ 4.3: one node, no count of deliveries, no"
                    + " dead-lettering by the broker.");
        }
        if (!version.atLeast(3, 10)) {
            all.add("RabbitMQ before 3.10 does not dead-letter at least once: delayed messages can be lost.");
        }
        all.add(
                "How many nodes a queue has members on is not visible over AMQP 0.9.1; a single node is a single copy.");
        return all;
    }
}

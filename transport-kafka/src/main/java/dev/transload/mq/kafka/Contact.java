package dev.transload.mq.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.jspecify.annotations.Nullable;

/**
 * When something last came from the brokers, whatever it was, and from the coordinator of the group, which answers each
 * heartbeat: the client counts the bytes of each connection. Used by one thread.
 */
final class Contact {

    private static final String BYTES = "incoming-byte-total";
    private static final String NODE = "node-";
    /** The client keeps a connection of its own to the coordinator, whose number is counted down from the highest. */
    private static final int LOWEST_COORDINATOR = 1 << 30;

    private static final long SEARCH_NANOS = Duration.ofSeconds(1).toNanos();

    private final Consumer<byte[], byte[]> consumer;
    private @Nullable Metric all;
    private List<Metric> coordinators = List.of();
    private double seenOfAll = -1;
    private double seenOfCoordinators = -1;
    private long searched;
    private long lastLook;
    private long lastAnswer;

    Contact(Consumer<byte[], byte[]> consumer, long nanos) {
        this.consumer = consumer;
        this.lastLook = nanos;
        this.lastAnswer = nanos;
        this.searched = nanos - SEARCH_NANOS;
    }

    /** Looks; returns whether something has come since the last look. */
    boolean look(long nanos) {
        if (nanos - searched >= SEARCH_NANOS && (all == null || coordinators.isEmpty() || isSilent(nanos))) {
            search();
            searched = nanos;
        }
        lastLook = nanos;
        double ofCoordinators =
                coordinators.stream().mapToDouble(Contact::value).sum();
        if (ofCoordinators != seenOfCoordinators) {
            seenOfCoordinators = ofCoordinators;
            lastAnswer = nanos;
        }
        double ofAll = all == null ? 0 : value(all);
        boolean more = ofAll != seenOfAll;
        seenOfAll = ofAll;
        return more;
    }

    // There may be another coordinator by now.
    private boolean isSilent(long nanos) {
        return nanos - lastAnswer >= SEARCH_NANOS;
    }

    private void search() {
        List<Metric> found = new ArrayList<>();
        for (Map.Entry<MetricName, ? extends Metric> one : consumer.metrics().entrySet()) {
            MetricName name = one.getKey();
            if (!name.name().equals(BYTES)) {
                continue;
            }
            if (name.group().equals("consumer-metrics")) {
                all = one.getValue();
            } else if (isCoordinator(name.tags().get("node-id"))) {
                found.add(one.getValue());
            }
        }
        coordinators = found;
    }

    private static boolean isCoordinator(@Nullable String node) {
        if (node == null || !node.startsWith(NODE)) {
            return false;
        }
        try {
            return Integer.parseInt(node.substring(NODE.length())) >= LOWEST_COORDINATOR;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static double value(Metric metric) {
        return metric.metricValue() instanceof Double number ? number : 0;
    }

    /**
     * Whether the coordinator has been silent for so long, or this process has: then it may have given this member's
     * partitions to another. To be asked before {@link #look}, with the time of that look.
     */
    boolean isOver(long nanos, Duration session) {
        long most = session.toNanos();
        return nanos - lastLook > most || nanos - lastAnswer > most;
    }

    /** The last answer of the coordinator, for what comes after it. */
    boolean answeredSince(long nanos) {
        return lastAnswer - nanos > 0;
    }
}

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

    /** Name of the metric that counts what comes, of all connections or of one. */
    static final String BYTES = "incoming-byte-total";
    /** The client keeps a connection of its own to the coordinator, whose name has a plus sign. */
    private static final String COORDINATOR = "node-+";

    private static final String NODE = "node-";
    /** In clients before 4.4 its number is counted down from the highest instead. */
    private static final int LOWEST_COORDINATOR = 1 << 30;

    private static final long SEARCH_NANOS = Duration.ofSeconds(1).toNanos();

    private final Consumer<?, ?> consumer;
    private @Nullable Metric all;
    private List<Metric> coordinators = List.of();
    private final long session;
    private double seenOfAll = -1;
    private double seenOfCoordinators = -1;
    private boolean over;
    private long searched;
    private long lastLook;
    private long lastAnswer;

    Contact(Consumer<?, ?> consumer, Duration session, long nanos) {
        this.consumer = consumer;
        this.session = session.toNanos();
        this.lastLook = nanos;
        this.lastAnswer = nanos;
        this.searched = nanos - SEARCH_NANOS;
    }

    /** Looks; returns whether something has come since the last look. To be called often, around whatever may wait. */
    boolean look(long nanos) {
        over |= isOver(nanos);
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
        if (more && coordinators.isEmpty()) {
            lastAnswer = nanos; // not told apart
        }
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
        if (node.startsWith(COORDINATOR)) {
            return true;
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

    private boolean isOver(long nanos) {
        return nanos - lastLook > session || nanos - lastAnswer > session;
    }

    /**
     * Whether, at some look since the last call, the coordinator had been silent for a session, or this process had: then
     * it may have given this member's partitions to another.
     */
    boolean wasOver() {
        boolean was = over;
        over = false;
        return was;
    }

    /** Whether it was so at a look that {@link #wasOver} has not told of yet. */
    boolean isOver() {
        return over;
    }

    /** The last answer of the coordinator, for what comes after it. */
    boolean answeredSince(long nanos) {
        return lastAnswer - nanos > 0;
    }
}

package dev.transload.mq.sqs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps what goes back into a message group behind deletes of that group that have not ended. Requests may overtake one
 * another, and what goes back makes its group visible. Not thread-safe.
 */
final class GroupLeaves {

    private final Map<String, Leave> leaves = new HashMap<>();

    private static final class Leave {
        private final List<Runnable> behind = new ArrayList<>();
        private int deletes;
    }

    /** A message of the group is about to be deleted. */
    void deleting(String group) {
        leaves.computeIfAbsent(group, any -> new Leave()).deletes++;
    }

    /** A delete of the group has ended, well or not; returns whether something went behind it. */
    boolean deleted(String group) {
        Leave leave = leaves.get(group);
        if (leave == null || --leave.deletes > 0) {
            return false;
        }
        leaves.remove(group);
        leave.behind.forEach(Runnable::run);
        return !leave.behind.isEmpty();
    }

    /** Runs an order now, or once all deletes of the group have ended, after what came before it. */
    void behind(String group, Runnable order) {
        Leave leave = leaves.get(group);
        if (leave == null) {
            order.run();
        } else {
            leave.behind.add(order);
        }
    }
}

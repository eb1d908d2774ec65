package dev.transload.mq.sqs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps what makes messages visible behind requests about them that have not ended, since requests may overtake one
 * another: what goes back into a message group waits for the deletes and renewals of that group, and what goes back on its
 * own for its own renewals. Not thread-safe.
 */
final class GroupLeaves {

    private final Map<String, Leave> leaves = new HashMap<>();

    private static final class Leave {
        private final List<Runnable> behind = new ArrayList<>();
        private int requests;
    }

    /** A message of the group is about to be deleted or renewed. */
    void begun(String group) {
        leaves.computeIfAbsent(group, any -> new Leave()).requests++;
    }

    /** A delete or renewal of the group has ended, well or not; returns whether something went behind it. */
    boolean ended(String group) {
        Leave leave = leaves.get(group);
        if (leave == null || --leave.requests > 0) {
            return false;
        }
        leaves.remove(group);
        leave.behind.forEach(Runnable::run);
        return !leave.behind.isEmpty();
    }

    /** Runs an order now, or once all requests of the group have ended, after what came before it. */
    void behind(String group, Runnable order) {
        Leave leave = leaves.get(group);
        if (leave == null) {
            order.run();
        } else {
            leave.behind.add(order);
        }
    }
}

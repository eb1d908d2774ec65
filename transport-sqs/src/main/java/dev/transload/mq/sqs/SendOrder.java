package dev.transload.mq.sqs;

import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.sqs.SqsSender.Sending;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps messages of one message group in the order of the sends although some fail. Whatever of a group was handed over
 * behind a message that failed, and is to be tried again, fails with it; the engine sends them again one by one, the
 * first of them once it has heard of all. Entries of one request fail one by one: what failed in front of one that the
 * service took cannot be stored any more without being overtaken, and is not tried again.
 *
 * <p>Its state belongs to the worker.
 */
final class SendOrder {

    /** By then the engine has handed over what it did not know had to wait. */
    private static final long FORGET_MILLIS = 60_000;

    private final Worker worker;
    private final Map<String, Set<Outgoing>> broken = new HashMap<>();

    SendOrder(Worker worker) {
        this.worker = worker;
    }

    /**
     * Why a message may not go now, or null if it may. What comes for the first time may have left before the failure
     * was known; what failed before comes when nothing else of its group is under way.
     */
    @Nullable
    MessagingException refusal(Sending sending) {
        String group = sending.group();
        Set<Outgoing> failed = group == null ? null : broken.get(group);
        if (group == null || failed == null) {
            return null;
        }
        if (failed.contains(sending.outgoing())) {
            broken.remove(group);
            return null;
        }
        failed.add(sending.outgoing());
        return behind(sending);
    }

    /**
     * Tells each message of a request how it ended, and those that wait behind one that failed.
     *
     * @param failures of entries that were not stored, by their place in the request
     */
    void tell(List<Sending> batch, Map<Integer, MessagingException> failures, Batcher<Sending> line) {
        if (failures.isEmpty() && batch.size() == 1) {
            batch.get(0).outgoing().done();
            return;
        }
        if (failures.isEmpty()) {
            List<Outgoing> stored = new ArrayList<>(batch.size());
            for (Sending sending : batch) {
                stored.add(sending.outgoing());
            }
            stored.get(0).done(stored);
            return;
        }
        List<Runnable> told = new ArrayList<>(batch.size());
        Set<String> open = new LinkedHashSet<>();
        for (int i = 0; i < batch.size(); i++) {
            Sending sending = batch.get(i);
            String group = sending.group();
            MessagingException failure = failures.get(i);
            if (failure == null) {
                told.add(sending.outgoing()::done);
            } else if (group == null || !comesAgain(failure)) {
                told.add(() -> sending.outgoing().failed(failure));
            } else if (overtaken(batch, failures, i, group)) {
                MessagingException why = TransportException.permanent(
                        "sqs: cannot send to " + sending.name()
                                + ": the service took a later message of the same key and not this one; sent again it"
                                + " would come behind it",
                        failure.outcome(),
                        failure);
                told.add(() -> sending.outgoing().failed(why));
            } else {
                broke(sending);
                open.add(group);
                told.add(() -> sending.outgoing().failed(failure));
            }
        }
        for (String group : open) {
            for (Sending waiting : line.drop(group)) {
                broke(waiting);
                told.add(() -> waiting.outgoing().failed(behind(waiting)));
            }
        }
        told.forEach(Runnable::run);
    }

    /** Takes notice that a message failed before it was in a request. */
    void broke(Sending sending, MessagingException failure) {
        if (sending.group() != null && comesAgain(failure)) {
            broke(sending);
        }
    }

    private void broke(Sending sending) {
        String group = sending.group();
        if (group == null) {
            return;
        }
        Set<Outgoing> failed = broken.get(group);
        if (failed == null) {
            Set<Outgoing> made = Collections.newSetFromMap(new IdentityHashMap<>());
            broken.put(group, made);
            worker.later(FORGET_MILLIS, () -> broken.remove(group, made));
            failed = made;
        }
        failed.add(sending.outgoing());
    }

    private static boolean comesAgain(MessagingException failure) {
        return failure.retryable() || failure instanceof DestinationNotFoundException;
    }

    private static boolean overtaken(
            List<Sending> batch, Map<Integer, MessagingException> failures, int place, String group) {
        for (int i = place + 1; i < batch.size(); i++) {
            if (group.equals(batch.get(i).group()) && !failures.containsKey(i)) {
                return true;
            }
        }
        return false;
    }

    private static MessagingException behind(Sending sending) {
        return TransportException.temporary(
                "sqs: cannot send to " + sending.name() + " yet: an earlier message of the same key failed", null);
    }
}

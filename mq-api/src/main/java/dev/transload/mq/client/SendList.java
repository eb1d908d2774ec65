package dev.transload.mq.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends that have not ended, in the order they began, linked through themselves so that one costs no allocation. Guarded
 * by the lock of {@link Sends}.
 */
final class SendList {

    private @Nullable PendingSend first;
    private @Nullable PendingSend last;
    private int size;

    /** Whether some send has a deadline before that of one in front of it. */
    private boolean mixedDeadlines;

    int size() {
        return size;
    }

    void append(PendingSend send) {
        if (size == 0) {
            mixedDeadlines = false;
        }
        size++;
        mixedDeadlines |= last != null && send.deadlineNanos < last.deadlineNanos;
        send.previous = last;
        if (last == null) {
            first = send;
        } else {
            last.next = send;
        }
        last = send;
    }

    void remove(PendingSend send) {
        size--;
        PendingSend previous = send.previous;
        PendingSend next = send.next;
        if (previous == null) {
            first = next;
        } else {
            previous.next = next;
        }
        if (next == null) {
            last = previous;
        } else {
            next.previous = previous;
        }
        send.previous = null;
        send.next = null;
    }

    /**
     * Those of the application whose deadline has come, the last first: one that waits behind another of its key must
     * not leave now that its own time is up.
     */
    List<PendingSend> late(long now) {
        List<PendingSend> late = new ArrayList<>();
        for (PendingSend send = first; send != null; send = send.next) {
            if (!send.bounded) {
                continue;
            }
            if (send.deadlineNanos <= now) {
                late.add(send);
            } else if (!mixedDeadlines) {
                break; // deadlines come in the order of the list, unless callers waited for room
            }
        }
        Collections.reverse(late);
        return late;
    }

    List<PendingSend> all() {
        List<PendingSend> all = new ArrayList<>();
        for (PendingSend send = first; send != null; send = send.next) {
            all.add(send);
        }
        return all;
    }
}

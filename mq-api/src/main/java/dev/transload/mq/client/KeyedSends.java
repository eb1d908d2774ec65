package dev.transload.mq.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the sends of each key of ordered destinations in the caller's order, although some fail and are tried again.
 *
 * <p>Where the transport keeps the order itself, sends of a key run ahead until one fails; from then on, and always
 * where it does not, one send of a key is in flight at a time. A key is remembered only while it has sends.
 *
 * <p>Pure: no clock, no I/O. Not thread-safe.
 *
 * @param <S> a send, compared by identity
 */
final class KeyedSends<S> {

    private final Map<Object, Line<S>> lines = new HashMap<>();

    /** Takes a send in and returns whether it may go now. */
    boolean submit(Object key, S send, boolean transportKeepsOrder) {
        Line<S> line = lines.computeIfAbsent(key, k -> new Line<>(transportKeepsOrder));
        Entry<S> entry = new Entry<>(send);
        line.entries.add(entry);
        if (line.mayRunAhead() || line.entries.size() == 1) {
            entry.inFlight = true;
            line.inFlight++;
            return true;
        }
        return false;
    }

    /** Takes notice that a send ended for good, either way, and returns the sends that may go now. */
    List<S> ended(Object key, S send) {
        Line<S> line = lines.get(key);
        Entry<S> entry = line == null ? null : line.remove(send);
        if (line == null || entry == null) {
            return List.of();
        }
        if (entry.inFlight) {
            line.inFlight--;
        }
        if (line.entries.isEmpty()) {
            lines.remove(key);
            return List.of();
        }
        return line.next();
    }

    /** Takes notice that a send failed and will be tried again, and returns the sends that may go now. */
    List<S> failed(Object key, S send) {
        Line<S> line = lines.get(key);
        Entry<S> entry = line == null ? null : line.find(send);
        if (line == null || entry == null || !entry.inFlight) {
            return List.of();
        }
        entry.inFlight = false;
        line.inFlight--;
        line.recovering = true;
        return line.next();
    }

    /** Keys with sends in them. */
    int keys() {
        return lines.size();
    }

    private static final class Line<S> {
        private final ArrayDeque<Entry<S>> entries = new ArrayDeque<>();
        private final boolean transportKeepsOrder;
        private boolean recovering;
        private int inFlight;

        Line(boolean transportKeepsOrder) {
            this.transportKeepsOrder = transportKeepsOrder;
        }

        boolean mayRunAhead() {
            return transportKeepsOrder && !recovering;
        }

        @Nullable
        Entry<S> find(S send) {
            for (Entry<S> entry : entries) {
                if (entry.send == send) {
                    return entry;
                }
            }
            return null;
        }

        @Nullable
        Entry<S> remove(S send) {
            for (Iterator<Entry<S>> i = entries.iterator(); i.hasNext(); ) {
                Entry<S> entry = i.next();
                if (entry.send == send) {
                    i.remove();
                    return entry;
                }
            }
            return null;
        }

        // While others of the key are still in flight nothing goes: they may fail too and belong in front.
        List<S> next() {
            if (mayRunAhead()) {
                return List.of();
            }
            if (inFlight > 0) {
                return List.of();
            }
            List<S> go = new ArrayList<>(1);
            Entry<S> head = entries.peek();
            if (head != null) {
                head.inFlight = true;
                inFlight++;
                go.add(head.send);
            }
            return go;
        }
    }

    private static final class Entry<S> {
        private final S send;
        private boolean inFlight;

        Entry(S send) {
            this.send = send;
        }
    }
}

package dev.transload.mq.inmemory;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Waiting messages of which each key has one out at a time: a later one waits until the earlier one is settled, also
 * while the earlier one is held back. Keys take turns; messages without a key wait for nobody.
 *
 * <p>A key takes room only while it has messages. Not thread-safe.
 */
final class KeyBacklog implements Shelf {

    private final Map<Object, Keyed> keys = new HashMap<>();
    private final ArrayDeque<Keyed> runnable = new ArrayDeque<>();
    private int size;

    @Override
    public void add(Entry entry) {
        Object key = entry.message.key() == null ? entry : entry.message.key();
        Keyed keyed = keys.computeIfAbsent(key, Keyed::new);
        entry.keyed = keyed;
        keyed.waiting.add(entry);
        size++;
        makeRunnable(keyed);
    }

    @Override
    public void giveBack(Entry entry) {
        Keyed keyed = keyed(entry);
        keyed.waiting.giveBack(entry);
        keyed.out = Math.max(0, keyed.out - 1);
        keys.putIfAbsent(keyed.key, keyed);
        size++;
        makeRunnable(keyed);
    }

    @Override
    public @Nullable Entry poll() {
        Keyed keyed = runnable.pollFirst();
        if (keyed == null) {
            return null;
        }
        keyed.queued = false;
        Entry entry = keyed.waiting.poll();
        if (entry == null) {
            throw new IllegalStateException("a runnable key has no message");
        }
        keyed.out++;
        size--;
        return entry;
    }

    @Override
    public void settled(Entry entry) {
        Keyed keyed = keyed(entry);
        keyed.out = Math.max(0, keyed.out - 1);
        makeRunnable(keyed);
        forgetIfIdle(keyed);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void clear() {
        runnable.clear();
        size = 0;
        for (Iterator<Keyed> all = keys.values().iterator(); all.hasNext(); ) {
            Keyed keyed = all.next();
            keyed.waiting.clear();
            keyed.queued = false;
            if (keyed.out == 0) {
                all.remove();
            }
        }
    }

    @Override
    public void forEach(Consumer<Entry> action) {
        List<Entry> all = new ArrayList<>(size);
        keys.values().forEach(keyed -> keyed.waiting.forEach(all::add));
        all.sort(Comparator.comparingLong(e -> e.seq));
        all.forEach(action);
    }

    /** How many keys take room. */
    int keys() {
        return keys.size();
    }

    private void makeRunnable(Keyed keyed) {
        if (!keyed.queued && keyed.out == 0 && !keyed.waiting.isEmpty()) {
            keyed.queued = true;
            runnable.addLast(keyed);
        }
    }

    private void forgetIfIdle(Keyed keyed) {
        if (keyed.out == 0 && keyed.waiting.isEmpty()) {
            keys.remove(keyed.key, keyed);
        }
    }

    private static Keyed keyed(Entry entry) {
        Keyed keyed = entry.keyed;
        if (keyed == null) {
            throw new IllegalStateException("an entry that was never added came back");
        }
        return keyed;
    }

    /** What is known of one key. */
    static final class Keyed {
        private final Object key;
        private final Backlog waiting = new Backlog();
        private int out;
        private boolean queued;

        private Keyed(Object key) {
            this.key = key;
        }
    }
}

package dev.transload.mq.inmemory;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A backlog per level of priority, the highest first, oldest first within a level. Not thread-safe. */
final class PriorityBacklog implements Shelf {

    private final Backlog[] levels;

    PriorityBacklog(int levels) {
        this.levels = new Backlog[levels];
        for (int i = 0; i < levels; i++) {
            this.levels[i] = new Backlog();
        }
    }

    private Backlog level(Entry entry) {
        return levels[Math.max(0, Math.min(levels.length - 1, entry.message.priority()))];
    }

    @Override
    public void add(Entry entry) {
        level(entry).add(entry);
    }

    @Override
    public void giveBack(Entry entry) {
        level(entry).giveBack(entry);
    }

    @Override
    public @Nullable Entry poll() {
        for (int i = levels.length - 1; i >= 0; i--) {
            Entry entry = levels[i].poll();
            if (entry != null) {
                return entry;
            }
        }
        return null;
    }

    @Override
    public void settled(Entry entry) {
        // nothing depends on it
    }

    @Override
    public int size() {
        int size = 0;
        for (Backlog level : levels) {
            size += level.size();
        }
        return size;
    }

    @Override
    public void clear() {
        for (Backlog level : levels) {
            level.clear();
        }
    }

    @Override
    public void forEach(Consumer<Entry> action) {
        for (int i = levels.length - 1; i >= 0; i--) {
            levels[i].forEach(action);
        }
    }
}

package dev.transload.mq.inmemory;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Which waiting message goes out next. Guarded by the broker's lock. */
interface Shelf {

    /** Adds a message that has not been out. */
    void add(Entry entry);

    /** Puts a message that was out, or was held, back to its place. */
    void giveBack(Entry entry);

    /** Takes the next one, or null if none may go out now. */
    @Nullable
    Entry poll();

    /** Takes notice that a message that was out will not come back. */
    void settled(Entry entry);

    /** How many wait, those that may not go out now included. */
    int size();

    /** Forgets all that wait. */
    void clear();

    /** Shows all that wait, next first as far as there is an order. */
    void forEach(Consumer<Entry> action);
}

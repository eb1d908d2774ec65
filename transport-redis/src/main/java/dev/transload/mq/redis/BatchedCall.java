package dev.transload.mq.redis;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/**
 * Ids for a script that takes many and gives a number for each. Calls that differ in their ids alone become one: before it
 * is written one takes in more ids, and whole other calls.
 *
 * <p>Ids are {@link #add}ed on any thread until it is {@link #close}d, without a lock: they are a stack until then. The rest
 * is the commander's.
 */
final class BatchedCall extends RedisCall implements RedisCall.Answer {

    private static final int MOST_IDS = 512;
    private static final Part CLOSED = new Part() {
        @Override
        byte[] id() {
            return Bytes.EMPTY;
        }

        @Override
        void ended(long number) {}

        @Override
        void failed(RuntimeException cause) {}
    };

    private final Together together;
    /** The last id that was added, and those before it, until it is closed. */
    private final AtomicReference<Part> stack;
    /** Set when closed: ids in the order they were added. */
    private @Nullable Part first;

    private @Nullable Part last;
    private int count;

    /** One id, told what became of it. */
    abstract static class Part {
        /** In the stack the one before it, after that the one behind it. */
        private @Nullable Part next;
        /** Those in the stack, this one included. */
        private int height = 1;

        abstract byte[] id();

        abstract void ended(long number);

        abstract void failed(RuntimeException cause);
    }

    /**
     * What calls have in common that may be made together.
     *
     * @param script what to run
     * @param keys its keys
     * @param arguments what comes before the ids
     * @param mark equal if keys and arguments are
     */
    record Together(Script script, List<byte[]> keys, List<byte[]> arguments, String mark) {
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other || (other instanceof Together that && script == that.script && mark.equals(that.mark));
        }

        @Override
        public int hashCode() {
            return mark.hashCode();
        }
    }

    BatchedCall(Together together, Part part) {
        super(together.script());
        this.together = together;
        part.next = null; // another call may have had no room for it
        part.height = 1;
        this.stack = new AtomicReference<>(part);
    }

    Together together() {
        return together;
    }

    /** Takes in one more id; false if it is closed or full. */
    boolean add(Part part) {
        while (true) {
            Part top = stack.get();
            if (top == null || top == CLOSED || top.height >= MOST_IDS) {
                return false;
            }
            part.next = top;
            part.height = top.height + 1;
            if (stack.compareAndSet(top, part)) {
                return true;
            }
        }
    }

    /** Takes no more ids from now on. */
    private void close() {
        Part part = stack.getAndSet(CLOSED);
        if (part == CLOSED) {
            return;
        }
        last = part;
        count = part.height;
        Part after = null;
        while (part != null) {
            Part before = part.next;
            part.next = after;
            after = part;
            part = before;
        }
        first = after;
    }

    /** Takes the other's ids in; false if there is no room. */
    boolean join(BatchedCall other) {
        close();
        other.close();
        Part end = last;
        if (end == null || count + other.count > MOST_IDS) {
            return false;
        }
        end.next = other.first;
        last = other.last;
        count += other.count;
        return true;
    }

    @Override
    byte[][] arguments() {
        return all(together.script().sha());
    }

    private byte[][] all(byte[] script) {
        close();
        byte[][] known = arguments(script, together.keys(), together.arguments(), count);
        int at = known.length - count;
        for (Part one = first; one != null; one = one.next) {
            known[at++] = one.id();
        }
        return known;
    }

    // Where there is one to be settled there are more, and nobody waits for it.
    @Override
    boolean isUrgent() {
        return false;
    }

    @Override
    byte[] key() {
        return together.keys().get(0);
    }

    @Override
    int size() {
        return 64;
    }

    @Override
    RedisCall withSource() {
        return of(Command.EVAL, this, all(together.script().source()));
    }

    @Override
    Answer answer() {
        return this;
    }

    /** The ids, for the last time: whoever may still add to the call keeps none of them. */
    private @Nullable Part taken() {
        close();
        Part all = first;
        first = null;
        last = null;
        return all;
    }

    @Override
    public void answered(@Nullable Object reply) {
        if (reply instanceof Long all) {
            for (Part one = taken(); one != null; one = one.next) {
                one.ended(all);
            }
            return;
        }
        List<?> numbers = reply instanceof List<?> list ? list : List.of();
        int at = 0;
        for (Part one = taken(); one != null; one = one.next) {
            one.ended(at < numbers.size() ? Bytes.number(numbers.get(at)) : 0);
            at++;
        }
    }

    @Override
    public void failed(RuntimeException cause) {
        for (Part one = taken(); one != null; one = one.next) {
            one.failed(cause);
        }
    }
}

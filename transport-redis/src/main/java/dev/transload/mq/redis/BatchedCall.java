package dev.transload.mq.redis;

import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/**
 * One id of a script that takes many and gives a number for each. Calls that differ in their ids alone become one, by
 * the first of them taking in the others.
 *
 * <p>Not thread-safe; it is the commander's once submitted.
 */
final class BatchedCall extends RedisCall implements RedisCall.Answer {

    private static final int MOST_IDS = 512;

    private final Together together;
    private final byte[] id;
    private final Ending ending;
    /** The one taken in after this one. */
    private @Nullable BatchedCall next;

    private BatchedCall last = this;
    /** How many there are from here on, at the first of them. */
    private int count = 1;

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

    /** Told what became of one id. */
    interface Ending {
        void ended(long number);

        void failed(RuntimeException cause);
    }

    BatchedCall(Together together, byte[] id, Ending ending) {
        super(together.script());
        this.together = together;
        this.id = id;
        this.ending = ending;
    }

    Together together() {
        return together;
    }

    /** Takes the other's ids in; false if there is no room. */
    boolean join(BatchedCall other) {
        if (count + other.count > MOST_IDS) {
            return false;
        }
        last.next = other;
        last = other.last;
        count += other.count;
        return true;
    }

    @Override
    byte[][] arguments() {
        return all(together.script().sha());
    }

    private byte[][] all(byte[] script) {
        byte[][] known = arguments(script, together.keys(), together.arguments(), count);
        int at = known.length - count;
        for (BatchedCall one = this; one != null; one = one.next) {
            known[at++] = one.id;
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

    @Override
    public void answered(@Nullable Object reply) {
        if (reply instanceof Long all) {
            for (BatchedCall one = this; one != null; one = one.next) {
                one.ending.ended(all);
            }
            return;
        }
        List<?> numbers = reply instanceof List<?> list ? list : List.of();
        int at = 0;
        for (BatchedCall one = this; one != null; one = one.next) {
            one.ending.ended(at < numbers.size() ? Bytes.number(numbers.get(at)) : 0);
            at++;
        }
    }

    @Override
    public void failed(RuntimeException cause) {
        for (BatchedCall one = this; one != null; one = one.next) {
            one.ending.failed(cause);
        }
    }
}

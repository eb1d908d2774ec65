package dev.transload.mq.redis;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One id of a script that takes many and gives a number for each. Calls that differ in their ids alone become one.
 *
 * <p>Not thread-safe; it is the commander's once submitted.
 */
final class BatchedCall extends RedisCall {

    private static final int MOST_IDS = 512;

    private final Together together;
    private final List<byte[]> ids = new ArrayList<>(1);
    private final List<Ending> endings = new ArrayList<>(1);

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
            return other instanceof Together that && script == that.script && mark.equals(that.mark);
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
        ids.add(id);
        endings.add(ending);
    }

    Together together() {
        return together;
    }

    /** Takes the other's ids in; false if there is no room. */
    boolean join(BatchedCall other) {
        if (ids.size() + other.ids.size() > MOST_IDS) {
            return false;
        }
        ids.addAll(other.ids);
        endings.addAll(other.endings);
        return true;
    }

    @Override
    byte[][] arguments() {
        return all(together.script().sha());
    }

    private byte[][] all(byte[] script) {
        List<byte[]> arguments = new ArrayList<>(together.arguments());
        arguments.addAll(ids);
        return arguments(script, together.keys(), arguments);
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
        return of(
                redis.clients.jedis.Protocol.Command.EVAL,
                answer(),
                all(together.script().source()));
    }

    @Override
    Answer answer() {
        return Answer.of(this::tell, cause -> endings.forEach(ending -> ending.failed(cause)));
    }

    private void tell(@Nullable Object reply) {
        List<?> numbers = reply instanceof List<?> list ? list : List.of();
        for (int i = 0; i < endings.size(); i++) {
            endings.get(i).ended(i < numbers.size() ? Bytes.number(numbers.get(i)) : 0);
        }
    }
}

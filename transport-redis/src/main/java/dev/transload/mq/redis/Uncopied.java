package dev.transload.mq.redis;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.args.Rawable;

/** An argument of a command as it is; those that Jedis makes of bytes are copies. Nobody changes the bytes. */
final class Uncopied implements Rawable {

    private final byte[] bytes;

    private Uncopied(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A call as the client takes it. */
    static CommandArguments arguments(RedisCall call) {
        CommandArguments all = new CommandArguments(call.command());
        for (byte[] argument : call.arguments()) {
            all.add(new Uncopied(argument));
        }
        return all;
    }

    @Override
    public byte[] getRaw() {
        return bytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Rawable that && Arrays.equals(bytes, that.getRaw());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}

package dev.transload.mq.redis;

import java.util.Iterator;
import java.util.NoSuchElementException;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.args.Rawable;
import redis.clients.jedis.commands.ProtocolCommand;

/**
 * A call as the client writes it, its arguments as they are; those that Jedis makes of bytes are copies. One serves a
 * connection for all calls, since a call is written before the next one comes.
 *
 * <p>Not thread-safe; it belongs to whoever writes.
 */
final class Uncopied extends CommandArguments {

    private static final byte[][] NONE = new byte[0][];

    private ProtocolCommand command = Command.PING;
    private byte[][] arguments = NONE;

    Uncopied() {
        super(Command.PING);
    }

    /** Becomes this call, until the next one. */
    Uncopied of(RedisCall call) {
        command = call.command();
        arguments = call.arguments();
        return this;
    }

    /** Keeps nothing of the last call. */
    void forget() {
        arguments = NONE;
    }

    @Override
    public ProtocolCommand getCommand() {
        return command;
    }

    @Override
    public int size() {
        return 1 + arguments.length;
    }

    @Override
    public Rawable get(int index) {
        return index == 0 ? command : new Raw(arguments[index - 1]);
    }

    @Override
    public Iterator<Rawable> iterator() {
        return new Iterator<>() {
            private final Raw raw = new Raw(Bytes.EMPTY);
            private int next;

            @Override
            public boolean hasNext() {
                return next <= arguments.length;
            }

            @Override
            public Rawable next() {
                int at = next++;
                if (at == 0) {
                    return command;
                }
                if (at > arguments.length) {
                    throw new NoSuchElementException();
                }
                raw.bytes = arguments[at - 1];
                return raw;
            }
        };
    }

    /** One argument after the other. */
    private static final class Raw implements Rawable {
        private byte[] bytes;

        Raw(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public byte[] getRaw() {
            return bytes;
        }
    }
}

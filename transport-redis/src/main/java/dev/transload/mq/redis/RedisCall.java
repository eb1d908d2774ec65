package dev.transload.mq.redis;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.commands.ProtocolCommand;

/** A command or a script with its arguments, and who is told of the answer. */
class RedisCall {

    private final ProtocolCommand command;
    private final byte[][] arguments;
    private final @Nullable Script script;
    private final @Nullable Answer answer;
    /** The thread that does nothing until this is told, if there is one. */
    private @Nullable Thread waiter;
    /** Used by whoever has the call now. */
    private boolean guest;
    /** Used by whoever has the call now. */
    private int redirects;

    /** Told once, on the thread that reads answers; never blocks, never throws. */
    interface Answer {

        /** The server's answer. */
        void answered(@Nullable Object reply);

        /**
         * There is none.
         *
         * @param cause what the server answered instead, or why it did not
         */
        void failed(RuntimeException cause);

        /** An answer of which only success matters. */
        static Answer of(Consumer<@Nullable Object> answered, Consumer<RuntimeException> failed) {
            return new Answer() {
                @Override
                public void answered(@Nullable Object reply) {
                    answered.accept(reply);
                }

                @Override
                public void failed(RuntimeException cause) {
                    failed.accept(cause);
                }
            };
        }
    }

    /** For a script whose arguments are not known yet. */
    RedisCall(Script script) {
        this(Command.EVALSHA, new byte[0][], script, null);
    }

    private RedisCall(ProtocolCommand command, byte[][] arguments, @Nullable Script script, @Nullable Answer answer) {
        this.command = command;
        this.arguments = arguments;
        this.script = script;
        this.answer = answer;
    }

    static RedisCall of(ProtocolCommand command, Answer answer, byte[]... arguments) {
        return new RedisCall(command, arguments, null, answer);
    }

    static RedisCall of(Script script, Answer answer, List<byte[]> keys, List<byte[]> arguments) {
        return new RedisCall(Command.EVALSHA, arguments(script.sha(), keys, arguments), script, answer);
    }

    static byte[][] arguments(byte[] script, List<byte[]> keys, List<byte[]> arguments) {
        return arguments(script, keys, arguments, 0);
    }

    /** What a script is called with, and room for more at the end. */
    static byte[][] arguments(byte[] script, List<byte[]> keys, List<byte[]> arguments, int more) {
        byte[][] all = new byte[2 + keys.size() + arguments.size() + more][];
        int at = 0;
        all[at++] = script;
        all[at++] = Bytes.of(keys.size());
        for (byte[] key : keys) {
            all[at++] = key;
        }
        for (byte[] argument : arguments) {
            all[at++] = argument;
        }
        return all;
    }

    ProtocolCommand command() {
        return command;
    }

    byte[][] arguments() {
        return arguments;
    }

    /** The same with the script's source, for a server that has forgotten it; null if it is no script. */
    @Nullable
    RedisCall withSource() {
        Script known = script;
        if (known == null || command == Command.EVAL) {
            return null;
        }
        byte[][] copy = arguments.clone();
        copy[0] = known.source();
        return new RedisCall(Command.EVAL, copy, known, answer);
    }

    Answer answer() {
        return requireNonNull(answer, "answer");
    }

    /** The key that tells which node of a cluster to ask. */
    byte[] key() {
        byte[][] all = arguments();
        return command == Command.EVALSHA || command == Command.EVAL ? all[2] : all[command == Command.XGROUP ? 1 : 0];
    }

    /** Whether it is made at a node to which the key's slot is on its way. */
    boolean isGuest() {
        return guest;
    }

    /** It goes to another node; returns how often it has. */
    int redirected(boolean asGuest) {
        guest = asGuest;
        return ++redirects;
    }

    /** The calling thread does nothing until this is told. */
    RedisCall awaited() {
        waiter = Thread.currentThread();
        return this;
    }

    /** Whether the calling thread is the one that waits. */
    boolean isAwaited() {
        return waiter == Thread.currentThread();
    }

    /** Whether it stores a message. */
    boolean isSend() {
        return command == Command.XADD || script == Script.SEND_LATER || script == Script.MOVE;
    }

    /** Whether it is to be made at once rather than with others that come soon. */
    boolean isUrgent() {
        return true;
    }

    /** Bytes on the wire, roughly. */
    int size() {
        int size = 0;
        for (byte[] argument : arguments) {
            size += argument.length + 8;
        }
        return size;
    }
}

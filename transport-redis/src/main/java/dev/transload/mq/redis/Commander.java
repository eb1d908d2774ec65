package dev.transload.mq.redis;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * The connection for everything that does not wait at the server: sends, settles, questions. What is asked while a batch
 * is under way makes up the next one, which is written as a whole and then answered as a whole.
 *
 * <p>Thread-safe. One thread writes, reads and tells of answers; it reconnects for ever. While there is no connection a
 * call fails at once.
 */
final class Commander implements Commands {

    private static final Logger LOG = LoggerFactory.getLogger(Commander.class);
    private static final int MOST_TOGETHER = 512;
    private static final int MOST_BYTES = 4 * 1024 * 1024;
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);

    private final Supplier<Connection> door;
    private final String where;
    private final Duration maxPause;
    private final Confirmation confirmation;
    private final @Nullable Redirects redirects;
    private final Thread thread;
    private final CompletableFuture<Void> first = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Guarded by the lock. */
    private ArrayDeque<RedisCall> waiting = new ArrayDeque<>();
    /** Guarded by the lock. */
    private boolean up;
    /** Guarded by the lock. */
    private boolean closing;

    private volatile @Nullable Connection connection;
    private volatile @Nullable Link link;

    /** Takes calls that a node does not serve; on the commander's thread, which must not be blocked. */
    @FunctionalInterface
    interface Redirects {
        void redirected(RedisCall call, JedisDataException told);
    }

    /**
     * @param door makes a connection to the server; blocks
     * @param where the server, for people
     * @param redirects who takes what a node of a cluster sends elsewhere; null where there is none
     */
    Commander(
            Supplier<Connection> door,
            String where,
            Duration maxPause,
            Confirmation confirmation,
            @Nullable Redirects redirects,
            String threadName) {
        this.door = door;
        this.where = where;
        this.maxPause = maxPause;
        this.confirmation = confirmation;
        this.redirects = redirects;
        this.thread = new Thread(this::run, threadName);
        thread.setDaemon(true);
    }

    /** Connects; a first connection that cannot be made ends the commander, save that to a node of a cluster. */
    CompletableFuture<Void> start() {
        thread.start();
        return first;
    }

    @Override
    public void watch(Link watcher) {
        link = watcher;
    }

    boolean isUp() {
        lock.lock();
        try {
            return up;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void submit(RedisCall call) {
        RuntimeException refused;
        lock.lock();
        try {
            if (up && !closing) {
                waiting.add(call);
                changed.signal();
                return;
            }
            refused = closing ? over() : notConnected(Outcome.NOT_SENT, null);
        } finally {
            lock.unlock();
        }
        call.answer().failed(refused);
    }

    @Override
    public void unblock(HostAndPort server, long connectionId) {
        RedisCall.Answer answer =
                RedisCall.Answer.of(done -> {}, cause -> LOG.debug("redis: the wait ends by itself", cause));
        submit(RedisCall.of(Command.CLIENT, answer, Bytes.of("UNBLOCK"), Bytes.of(connectionId)));
    }

    @Override
    public Connection connect(byte[] key) {
        return door.get();
    }

    @Override
    public void strayed(JedisDataException told) {
        LOG.debug("redis: {} is a node of a cluster by now", where, told);
    }

    // A node that has left its cluster is no client that has been closed: others serve what is asked again.
    private MessagingException over() {
        return redirects == null ? RedisErrors.closed("ask") : notConnected(Outcome.NOT_SENT, null);
    }

    private ConnectionLostException notConnected(Outcome outcome, @Nullable Throwable cause) {
        return new ConnectionLostException("redis: not connected to " + where, outcome, cause);
    }

    private void run() {
        try {
            connect();
            while (true) {
                List<RedisCall> batch = next();
                if (batch == null) {
                    return;
                }
                exchange(batch);
            }
        } catch (InterruptedException e) {
            LOG.debug("redis: {} ends", thread.getName());
        } finally {
            end();
        }
    }

    private void end() {
        List<RedisCall> rest;
        lock.lock();
        try {
            up = false;
            closing = true;
            rest = new ArrayList<>(waiting);
            waiting.clear();
        } finally {
            lock.unlock();
        }
        Connection open = connection;
        if (open != null) {
            Connector.drop(open);
        }
        rest.forEach(call -> call.answer().failed(over()));
        ended.complete(null);
    }

    // ---- connecting

    private void connect() throws InterruptedException {
        long pause = FIRST_PAUSE.toNanos();
        while (true) {
            try {
                Connection made = door.get();
                Connector.load(made);
                connected(made);
                return;
            } catch (MessagingException | JedisException e) {
                MessagingException told = RedisErrors.connecting(where, e);
                if (!first.isDone() && redirects == null) {
                    first.completeExceptionally(told);
                    throw new InterruptedException();
                }
                if (told instanceof AuthenticationException) {
                    LOG.warn("redis: {}", told.getMessage());
                }
                LOG.debug("redis: no connection to {} yet", where, e);
            }
            pause(pause);
            pause = Math.min(pause * 2, maxPause.toNanos());
        }
    }

    private void connected(Connection made) throws InterruptedException {
        lock.lock();
        try {
            if (closing) {
                Connector.drop(made);
                throw new InterruptedException();
            }
            connection = made;
            up = true;
        } finally {
            lock.unlock();
        }
        if (!first.complete(null)) {
            Link watcher = link;
            if (watcher != null) {
                watcher.up();
            }
        }
    }

    private void pause(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (left > 0) {
                if (closing) {
                    throw new InterruptedException();
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- batches

    private @Nullable List<RedisCall> next() throws InterruptedException {
        lock.lock();
        try {
            long left = IDLE_NANOS;
            while (waiting.isEmpty() && left > 0) {
                if (closing) {
                    return null;
                }
                left = changed.awaitNanos(left);
            }
            List<RedisCall> batch = new ArrayList<>();
            int bytes = 0;
            while (!waiting.isEmpty() && batch.size() < MOST_TOGETHER && bytes < MOST_BYTES) {
                RedisCall call = waiting.poll();
                batch.add(call);
                bytes += call.size();
            }
            if (batch.isEmpty()) {
                batch.add(RedisCall.of(
                        Command.PING, RedisCall.Answer.of(answer -> {}, cause -> LOG.debug("redis: no pong", cause))));
            }
            return joined(batch);
        } finally {
            lock.unlock();
        }
    }

    /** Settles of one consumer become one call. */
    private static List<RedisCall> joined(List<RedisCall> batch) {
        List<RedisCall> result = new ArrayList<>(batch.size());
        Map<Object, BatchedCall> open = new HashMap<>();
        for (RedisCall call : batch) {
            if (call instanceof BatchedCall batched && !call.isGuest()) {
                BatchedCall before = open.get(batched.together());
                if (before != null && before.join(batched)) {
                    continue;
                }
                open.put(batched.together(), batched);
            }
            result.add(call);
        }
        return result;
    }

    private void exchange(List<RedisCall> batch) throws InterruptedException {
        Connection open = connection;
        List<Object> answers;
        boolean waits = confirmation.isAsked() && batch.stream().anyMatch(RedisCall::isSend);
        try {
            if (open == null) {
                throw new JedisException("no connection");
            }
            int commands = 0;
            for (RedisCall call : batch) {
                if (call.isGuest()) {
                    open.sendCommand(Command.ASKING);
                    commands++;
                }
                open.sendCommand(Uncopied.arguments(call));
                commands++;
            }
            if (waits) {
                RedisCall last = confirmation.call();
                open.sendCommand(Uncopied.arguments(last));
                commands++;
            }
            answers = open.getMany(commands);
        } catch (JedisException e) {
            lost(batch, e);
            return;
        }
        RuntimeException missing = waits ? confirmation.missing(answers.get(answers.size() - 1)) : null;
        boolean serving = true;
        int at = 0;
        for (RedisCall call : batch) {
            at += call.isGuest() ? 1 : 0;
            Object answer = answers.get(at++);
            if (missing != null && call.isSend() && answer != null && !(answer instanceof JedisDataException)) {
                call.answer().failed(missing);
            } else {
                serving &= tell(call, answer);
            }
        }
        if (!serving) {
            lost(List.of(), new JedisException("the server takes no writes any more"));
        }
    }

    /** Returns whether the server still is one that serves. */
    private boolean tell(RedisCall call, @Nullable Object answer) {
        if (!(answer instanceof JedisDataException error)) {
            call.answer().answered(answer);
            return true;
        }
        Redirects elsewhere = redirects;
        if (elsewhere != null && RedisErrors.isElsewhere(error)) {
            elsewhere.redirected(call, error);
            return true;
        }
        RedisCall again = RedisErrors.code(error).equals("NOSCRIPT") ? call.withSource() : null;
        if (again != null) {
            submit(again);
        } else {
            call.answer().failed(error);
        }
        return !RedisErrors.isNoLongerServing(error);
    }

    private void lost(List<RedisCall> underWay, JedisException cause) throws InterruptedException {
        List<RedisCall> rest;
        boolean ending;
        lock.lock();
        try {
            up = false;
            ending = closing;
            rest = new ArrayList<>(waiting);
            waiting = new ArrayDeque<>();
        } finally {
            lock.unlock();
        }
        Connection old = connection;
        connection = null;
        if (old != null) {
            Connector.drop(old);
        }
        LOG.debug("redis: connection to {} lost", where, cause);
        underWay.forEach(call -> call.answer().failed(notConnected(Outcome.UNKNOWN, cause)));
        // Behind a server that was silent nobody can say what has become of a call; behind one that is gone, nothing
        // has.
        boolean silent = cause.getCause() instanceof SocketTimeoutException;
        Outcome outcome = silent ? Outcome.UNKNOWN : Outcome.NOT_SENT;
        rest.forEach(call -> call.answer().failed(notConnected(outcome, cause)));
        if (ending) {
            throw new InterruptedException();
        }
        Link watcher = link;
        if (watcher != null) {
            watcher.down(String.valueOf(cause.getMessage()));
        }
        connect();
    }

    // ---- the end

    @Override
    public CompletableFuture<Void> stop() {
        lock.lock();
        try {
            closing = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        return ended;
    }

    @Override
    public void close() {
        var unused = stop();
        Connection open = connection;
        if (open != null) {
            Connector.drop(open);
        }
        if (thread.getState() == Thread.State.NEW) {
            ended.complete(null);
        } else {
            thread.interrupt();
        }
    }
}

package dev.transload.mq.redis;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
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
 * is under way makes up the next one, which is written as a whole and then answered as a whole. A small call that finds
 * nothing under way is a batch by itself, and written by the thread that makes it; if that one waits for the answer, it
 * reads it, too, unless it takes long.
 *
 * <p>Thread-safe. One thread writes the other batches, reads and tells of answers; it reconnects for ever. While there is no
 * connection a call fails at once. Whose turn it is to use the connection stands under the lock, which is not held
 * meanwhile: a caller has it until it has read the answer to what it wrote, or hands over what it wrote, the thread until
 * all answers are told.
 */
final class Commander implements Commands {

    private static final Logger LOG = LoggerFactory.getLogger(Commander.class);
    private static final int MOST_TOGETHER = 512;
    private static final int MOST_BYTES = 4 * 1024 * 1024;
    /** What the buffers between us and a server take that has nothing to do, so that who writes it does not wait. */
    private static final int MOST_AT_ONCE = 16 * 1024;

    /** How long a caller waits for an answer itself; this much later it may hear that it is interrupted. */
    private static final int OWN_WAIT_MILLIS = 5;

    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);

    private final Supplier<Wire> door;
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
    /** Guarded by the lock: whether someone writes, or answers are waited for. At the start it is our thread's. */
    private boolean turnTaken = true;
    /** Guarded by the lock: what a caller has written, whose answers our thread is to read. */
    private @Nullable CallBatch handedOver;
    /** Guarded by the lock. */
    private boolean up;
    /** Guarded by the lock. */
    private boolean closing;
    /** Guarded by the lock: whether our thread is at its end. */
    private boolean gone;

    /** Used by whose turn it is. */
    private final Uncopied written = new Uncopied();

    private volatile @Nullable Wire connection;
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
            Supplier<Wire> door,
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
        RuntimeException refused = null;
        lock.lock();
        try {
            if (up && !closing) {
                if (!turnTaken && waiting.isEmpty() && call.isUrgent() && call.size() <= MOST_AT_ONCE) {
                    turnTaken = true;
                } else {
                    waiting.add(call);
                    if (!turnTaken) {
                        changed.signal();
                    }
                    return;
                }
            } else {
                refused = closing ? over() : notConnected(Outcome.NOT_SENT, null);
            }
        } finally {
            lock.unlock();
        }
        if (refused == null) {
            writeNow(call);
        } else {
            call.answer().failed(refused);
        }
    }

    @Override
    public void unblock(HostAndPort server, long connectionId) {
        RedisCall.Answer answer =
                RedisCall.Answer.of(done -> {}, cause -> LOG.debug("redis: the wait ends by itself", cause));
        submit(RedisCall.of(Command.CLIENT, answer, Bytes.of("UNBLOCK"), Bytes.of(connectionId)));
    }

    @Override
    public Wire connect(byte[] key) {
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
                CallBatch batch = next();
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
        CallBatch unread;
        lock.lock();
        try {
            up = false;
            closing = true;
            gone = true;
            unread = handedOver;
            handedOver = null;
            rest = new ArrayList<>(waiting);
            waiting.clear();
        } finally {
            lock.unlock();
        }
        Connection open = connection;
        if (open != null) {
            Connector.drop(open);
        }
        if (unread != null) {
            unanswered(unread);
        }
        rest.forEach(call -> call.answer().failed(over()));
        ended.complete(null);
    }

    // ---- connecting

    private void connect() throws InterruptedException {
        long pause = FIRST_PAUSE.toNanos();
        while (true) {
            try {
                Wire made = door.get();
                Connector.load(made);
                connected(made);
                return;
            } catch (RuntimeException e) { // whatever it is, whoever waits is told and the next attempt is made
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

    private void connected(Wire made) throws InterruptedException {
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

    /** Gives the turn back unless something waits; returns what is to be written or was, or null at the end. */
    private @Nullable CallBatch next() throws InterruptedException {
        List<RedisCall> calls = new ArrayList<>();
        lock.lock();
        try {
            turnTaken = false;
            long left = IDLE_NANOS;
            while (turnTaken ? handedOver == null : waiting.isEmpty() && left > 0) {
                if (closing && !turnTaken) {
                    return null;
                }
                left = changed.awaitNanos(turnTaken ? IDLE_NANOS : left);
            }
            CallBatch written = handedOver;
            handedOver = null;
            turnTaken = true;
            if (written != null) {
                return written;
            }
            int bytes = 0;
            while (!waiting.isEmpty() && calls.size() < MOST_TOGETHER && bytes < MOST_BYTES) {
                RedisCall call = waiting.poll();
                calls.add(call);
                bytes += call.size();
            }
        } finally {
            lock.unlock();
        }
        if (calls.isEmpty()) {
            calls.add(RedisCall.of(
                    Command.PING, RedisCall.Answer.of(answer -> {}, cause -> LOG.debug("redis: no pong", cause))));
        }
        CallBatch batch = CallBatch.of(calls, confirmation);
        batch.write(connection, written, confirmation);
        return batch;
    }

    /**
     * Writes a call while nothing else is under way, on the thread of who makes it. The answer is left to ours, unless it
     * comes soon to one who waits for it, and needs nothing but to be told.
     */
    private void writeNow(RedisCall call) {
        CallBatch batch = CallBatch.of(call, confirmation);
        Wire to = connection;
        batch.write(to, written, confirmation);
        if (call.isAwaited() && batch.isAnswered(to, OWN_WAIT_MILLIS)) {
            giveBackTurn();
            call.answer().answered(batch.answers(to).get(0));
            return;
        }
        lock.lock();
        try {
            if (!gone) {
                handedOver = batch;
                changed.signal();
                return;
            }
        } finally {
            lock.unlock();
        }
        unanswered(batch);
    }

    private void giveBackTurn() {
        lock.lock();
        try {
            turnTaken = false;
            if (closing || !waiting.isEmpty()) {
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void unanswered(CallBatch batch) {
        batch.calls().forEach(call -> call.answer().failed(notConnected(Outcome.UNKNOWN, null)));
    }

    private void exchange(CallBatch batch) throws InterruptedException {
        List<Object> answers;
        try {
            answers = batch.answers(connection);
        } catch (JedisException e) {
            lost(batch.calls(), e);
            return;
        }
        RuntimeException missing = batch.missing(answers, confirmation);
        boolean serving = true;
        int at = 0;
        for (RedisCall call : batch.calls()) {
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

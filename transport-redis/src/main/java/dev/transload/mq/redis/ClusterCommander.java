package dev.transload.mq.redis;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisAskDataException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * The way to a cluster: a commander for each primary that has slots. A call goes to the one that has its key; one that a
 * node sends elsewhere goes there, since nothing of it was done.
 *
 * <p>Thread-safe. A thread of its own asks the nodes where the slots are, whenever something says that they are not where
 * they were, and again as long as a slot has no primary or a primary no connection. While a slot has nobody that serves it,
 * calls that need it fail at once; others do not mind.
 */
final class ClusterCommander implements Commands {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterCommander.class);
    private static final int MOST_REDIRECTS = 5;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration MOST_PAUSE = Duration.ofMillis(500);

    private final Connector connector;
    private final ClusterScout scout;
    private final RedisOptions options;
    private final String threadName;
    private final Thread thread;
    private final Map<HostAndPort, Commander> nodes = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> first = new CompletableFuture<>();
    private final CompletableFuture<Void> rested = new CompletableFuture<>();
    private final ReentrantLock telling = new ReentrantLock();
    /** Guarded by telling: whether every slot can be reached, as the link was told. */
    private boolean whole;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Changed under the lock. */
    private volatile Slots slots;
    /** Guarded by the lock: whether the slots are to be asked for. */
    private boolean called;
    /** Changed under the lock. */
    private volatile boolean closing;

    private volatile @Nullable Link link;

    ClusterCommander(Connector connector, ClusterScout scout, Slots slots, RedisOptions options, String threadName) {
        this.connector = connector;
        this.scout = scout;
        this.slots = slots;
        this.options = options;
        this.threadName = threadName;
        this.thread = new Thread(this::run, threadName + "-cluster");
        thread.setDaemon(true);
    }

    /** Connects to all primaries; done when every slot can be reached, which may never be. */
    CompletableFuture<Void> start() {
        slots.primaries().forEach(this::node);
        look(); // until it is so
        thread.start();
        return first;
    }

    /** The primaries, as known now. */
    Set<HostAndPort> primaries() {
        return slots.primaries();
    }

    @Override
    public void watch(Link watcher) {
        link = watcher;
    }

    // ---- calls

    @Override
    public void submit(RedisCall call) {
        if (closing) {
            call.answer().failed(RedisErrors.closed("ask"));
            return;
        }
        HostAndPort node = slots.owner(call.key());
        Commander there = node == null ? null : nodes.get(node);
        if (there != null) {
            there.submit(call);
        } else {
            look();
            call.answer().failed(unserved(null));
        }
    }

    private ConnectionLostException unserved(@Nullable Throwable cause) {
        return new ConnectionLostException(
                "redis: no node of the cluster " + options.where() + " serves the key now", Outcome.NOT_SENT, cause);
    }

    private void redirected(HostAndPort asked, RedisCall call, JedisDataException told) {
        boolean asGuest = told instanceof JedisAskDataException;
        if (!(told instanceof JedisRedirectionException elsewhere)
                || closing
                || call.redirected(asGuest) > MOST_REDIRECTS) {
            look();
            call.answer().failed(unserved(told));
            return;
        }
        HostAndPort target = target(elsewhere, asked);
        if (!asGuest) {
            moved(elsewhere.getSlot(), target);
        }
        node(target).submit(call);
    }

    private static HostAndPort target(JedisRedirectionException told, HostAndPort asked) {
        HostAndPort target = told.getTargetNode();
        return Slots.address(target.getHost(), target.getPort(), asked);
    }

    private void moved(int slot, HostAndPort target) {
        change(known -> known.with(slot, target));
        look();
    }

    private void change(UnaryOperator<Slots> change) {
        lock.lock();
        try {
            slots = change.apply(slots);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void unblock(HostAndPort server, long connectionId) {
        Commander there = nodes.get(server);
        if (there != null) {
            there.unblock(server, connectionId);
        }
    }

    @Override
    public Wire connect(byte[] key) {
        HostAndPort node = slots.owner(key);
        if (node == null) {
            look();
            throw unserved(null);
        }
        try {
            return connector.connect(node);
        } catch (MessagingException e) {
            look();
            throw e;
        }
    }

    @Override
    public void strayed(JedisDataException told) {
        if (told instanceof JedisMovedDataException moved
                && !moved.getTargetNode().getHost().isEmpty()) {
            moved(moved.getSlot(), moved.getTargetNode());
        } else {
            look();
        }
    }

    // ---- nodes

    private Commander node(HostAndPort node) {
        Commander there = nodes.computeIfAbsent(node, this::made);
        if (closing) { // whoever closes may have looked before it was in
            var unused = there.stop();
        }
        return there;
    }

    private Commander made(HostAndPort node) {
        Commander commander = new Commander(
                () -> connector.connect(node),
                node.toString(),
                options.maxReconnectDelay(),
                options.confirmation(),
                (call, told) -> redirected(node, call, told),
                threadName + "-" + node);
        commander.watch(new Watching(node));
        var unused = commander.start().thenRun(this::compare);
        return commander;
    }

    private final class Watching implements Link {
        private final HostAndPort node;

        Watching(HostAndPort node) {
            this.node = node;
        }

        @Override
        public void down(String why) {
            tell(false, node + ": " + why);
            look();
        }

        @Override
        public void up() {
            compare();
        }
    }

    private boolean isWhole() {
        Slots known = slots;
        return known.areComplete()
                && known.primaries().stream().allMatch(node -> {
                    Commander there = nodes.get(node);
                    return there != null && there.isUp();
                });
    }

    private void compare() {
        if (isWhole()) {
            tell(true, "");
        }
    }

    private void tell(boolean isWhole, String why) {
        telling.lock();
        try {
            if (whole == isWhole) {
                return;
            }
            whole = isWhole;
            Link watcher = link;
            if (first.complete(null) || watcher == null) {
                return;
            }
            if (isWhole) {
                watcher.up();
            } else {
                watcher.down(why);
            }
        } finally {
            telling.unlock();
        }
    }

    // ---- where the slots are

    /** Has the thread ask soon. */
    private void look() {
        lock.lock();
        try {
            called = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        long pause = FIRST_PAUSE.toNanos();
        try {
            while (true) {
                awaitCall();
                ask();
                if (isWhole()) {
                    pause = FIRST_PAUSE.toNanos();
                } else {
                    look(); // until it is
                }
                rest(pause);
                pause = Math.min(2 * pause, MOST_PAUSE.toNanos());
            }
        } catch (InterruptedException e) {
            LOG.debug("redis: {} ends", thread.getName());
        } finally {
            rested.complete(null);
        }
    }

    private void awaitCall() throws InterruptedException {
        lock.lock();
        try {
            while (!called && !closing) {
                changed.await();
            }
            called = false;
        } finally {
            lock.unlock();
        }
    }

    // So that a thousand calls that go astray together make for one question.
    private void rest(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (left > 0 && !closing) {
                left = changed.awaitNanos(left);
            }
            if (closing) {
                throw new InterruptedException();
            }
        } finally {
            lock.unlock();
        }
    }

    private void ask() {
        Set<HostAndPort> reachable = new LinkedHashSet<>();
        nodes.forEach((node, commander) -> {
            if (commander.isUp()) {
                reachable.add(node);
            }
        });
        Slots found;
        try {
            found = scout.look(reachable);
        } catch (MessagingException | JedisException e) {
            LOG.debug("redis: no node of {} tells where the slots are", options.where(), e);
            return;
        }
        change(before -> found);
        Set<HostAndPort> primaries = found.primaries();
        primaries.forEach(this::node);
        for (HostAndPort node : List.copyOf(nodes.keySet())) {
            if (!primaries.contains(node)) {
                Commander old = nodes.remove(node);
                if (old != null) {
                    LOG.debug("redis: {} has no slots any more", node);
                    var unused = old.stop();
                }
            }
        }
        compare();
    }

    // ---- the end

    @Override
    public CompletableFuture<Void> stop() {
        end();
        List<CompletableFuture<Void>> all = new ArrayList<>(List.of(rested));
        nodes.values().forEach(commander -> all.add(commander.stop()));
        return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]));
    }

    @Override
    public void close() {
        end();
        thread.interrupt();
        nodes.values().forEach(Commander::close);
    }

    private void end() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}

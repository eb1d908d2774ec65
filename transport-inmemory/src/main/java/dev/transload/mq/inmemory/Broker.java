package dev.transload.mq.inmemory;

import dev.transload.mq.Outcome;
import dev.transload.mq.spi.Counting;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The state of one broker under one lock, and its delayed messages. Sinks are told what happened after the lock is
 * given back. Thread-safe.
 */
final class Broker {

    final String name;
    final Profile profile;
    final BrokerTime time;
    final Places places;

    /** What clients ask passes here, and waits if the broker stands still. */
    final Standstill standstill = new Standstill();

    /** Whether all clients of the JVM may open it by its name, as none may a test's own. */
    final boolean shared;

    /** What disorder is drawn from, or null for none. */
    final @Nullable Random random;

    private final ReentrantLock lock = new ReentrantLock();
    private final DueQueue<Held> held = new DueQueue<>();
    private final Set<InMemoryTransport> clients = new LinkedHashSet<>();
    private final Map<String, ArrayDeque<Outcome>> sendFaults = new HashMap<>();
    private List<Outbox> touched = new ArrayList<>();
    private TimeSource.@Nullable Timer heldTimer;
    private long heldTimerAt;
    private @Nullable Outcome away;
    private long seq;
    private long inboxes;

    Broker(String name, boolean shared, Profile profile, BrokerTime time, @Nullable Long seed) {
        this.name = name;
        this.shared = shared;
        this.profile = profile;
        this.time = time;
        this.random = seed == null ? null : new Random(seed);
        this.places = new Places(this);
    }

    /** Changes the state, then tells the sinks. */
    void run(Runnable change) {
        call(() -> {
            change.run();
            return true;
        });
    }

    /** Changes or reads the state, then tells the sinks. */
    <T extends @Nullable Object> T call(Supplier<T> change) {
        List<Outbox> toTell = List.of();
        lock.lock();
        try {
            return change.get();
        } finally {
            if (lock.getHoldCount() == 1 && !touched.isEmpty()) {
                toTell = touched;
                touched = new ArrayList<>();
            }
            lock.unlock();
            for (int i = 0; i < toTell.size(); i++) {
                toTell.get(i).drain();
            }
        }
    }

    /** Has an outbox emptied once the lock is given back. */
    void touched(Outbox outbox) {
        touched.add(outbox);
    }

    /** Runs a task on the timer thread; says whether there is one. */
    boolean later(Runnable task) {
        if (time.virtual() || call(clients::isEmpty)) {
            return false;
        }
        time.schedule(Duration.ZERO, task);
        return true;
    }

    long nextSeq() {
        return ++seq;
    }

    String nextInbox(String clientId) {
        return "inmemory-reply/" + clientId + "/" + ++inboxes;
    }

    /** Keeps a new message from its target until it is due. */
    void delay(Entry entry, Target target, long millis) {
        hold(new Held(entry, target, null), Duration.ofMillis(millis));
    }

    /** Keeps a message that was out from its mailbox for a while. */
    void hold(Entry entry, Mailbox mailbox, Duration delay) {
        hold(new Held(entry, mailbox, mailbox), delay);
    }

    private void hold(Held message, Duration delay) {
        held.add(time.nanos() + Nanos.of(profile.inSteps(delay)), message);
        watchHeld();
    }

    private void watchHeld() {
        long next = held.next();
        if (heldTimer != null && (next == Long.MAX_VALUE || next < heldTimerAt)) {
            heldTimer.cancel();
            heldTimer = null;
        }
        if (heldTimer == null && next != Long.MAX_VALUE) {
            heldTimerAt = next;
            Duration wait = Duration.ofNanos(Math.max(0, next - time.nanos()));
            heldTimer = time.schedule(wait, () -> standstill.pass(() -> run(this::letGo)));
        }
    }

    private void letGo() {
        heldTimer = null;
        long now = time.nanos();
        for (Held message = held.poll(now); message != null; message = held.poll(now)) {
            if (message.home == null) {
                message.target.arrive(message.entry);
            } else {
                message.home.giveBack(List.of(message.entry));
            }
        }
        watchHeld();
    }

    /** Messages on their way to a mailbox or a topic, or held back from it, the next first. */
    List<Entry> heldFor(Target target) {
        return held.all().stream()
                .filter(message -> message.target == target)
                .map(message -> message.entry)
                .toList();
    }

    /** Forgets what is held for a mailbox. */
    void forgetHeld(Mailbox mailbox) {
        held.removeIf(message -> message.target == mailbox, message -> {
            if (message.home != null) {
                message.home.settled(message.entry);
            }
        });
        watchHeld();
    }

    /** Moves a message that was delivered too often into the dead letters, as a broker's own limit does. */
    boolean setAside(Entry entry, Mailbox from, Counting counting) {
        if (entry.counted + entry.noted < counting.limit() || !places.isLimited(from)) {
            return false;
        }
        from.settled(entry);
        places.deadLetters(from).arrive(entry.fresh());
        return true;
    }

    void left(Mailbox mailbox) {
        places.left(mailbox);
    }

    void enter(InMemoryTransport client) {
        if (clients.isEmpty()) {
            time.start();
            watchHeld();
        }
        clients.add(client);
    }

    void exit(InMemoryTransport client) {
        if (clients.remove(client) && clients.isEmpty()) {
            time.stop();
            if (!time.virtual()) {
                heldTimer = null; // it ended with the thread
            }
        }
    }

    /** Lets no new client in; null lets them in again. */
    void away(@Nullable Outcome ofSends) {
        away = ofSends;
    }

    /** Whether a new client finds nobody. */
    boolean isAway() {
        return away != null || standstill.holds();
    }

    List<InMemoryTransport> clients() {
        return List.copyOf(clients);
    }

    /** Makes coming sends to a place fail. */
    void failSends(String place, int count, Outcome outcome) {
        ArrayDeque<Outcome> faults = sendFaults.computeIfAbsent(place, p -> new ArrayDeque<>());
        for (int i = 0; i < count; i++) {
            faults.add(outcome);
        }
    }

    /** How the next send to a place shall fail, or null. */
    @Nullable
    Outcome nextSendFault(String place) {
        if (sendFaults.isEmpty()) {
            return null;
        }
        ArrayDeque<Outcome> faults = sendFaults.get(place);
        if (faults == null) {
            return null;
        }
        Outcome next = faults.poll();
        if (faults.isEmpty()) {
            sendFaults.remove(place);
        }
        return next;
    }

    /**
     * A message that waits for its time.
     *
     * @param home the mailbox it was out of and goes back to, or null if it is new
     */
    private record Held(
            Entry entry, Target target, @Nullable Mailbox home) {}
}

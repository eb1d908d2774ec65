package dev.transload.mq.tck;

import dev.transload.mq.tck.HistoryEvent.Kind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A broker with at-least-once delivery, its clients and their misfortunes, as dice throw them: what it writes down is a
 * correct history. Shares nothing with the checker but the events. Not thread-safe.
 */
final class Simulation {

    /** What may go wrong. */
    enum Trouble {
        FAULTS,
        KILLS,
        CLOSES,
        LOST_LEASES,
        REVOKES,
        DOUBTS
    }

    static final String Q = "q";

    /** Acks are lost by what happens up to that long after them. */
    private static final long ACK_MILLIS = 20;

    final boolean ordered;
    final boolean exact;
    final int maxAttempts;
    private final Random dice;
    private final int messages;
    private final List<Trouble> troubles;
    private long millis;
    private final HistoryLog log = new HistoryLog(() -> millis * 1_000_000, Integer.MAX_VALUE);

    private final List<Copy> stored = new ArrayList<>();
    private final List<Running> running = new ArrayList<>();
    private final Deque<Acked> recentAcks = new ArrayDeque<>();
    private final Map<String, String> sending = new LinkedHashMap<>();
    private final Map<String, Copy> originals = new HashMap<>();
    private final List<String> consumers = new ArrayList<>();
    private final List<Runnable> later = new ArrayList<>();
    private final List<Copy> dead = new ArrayList<>();
    private int made;
    private int names;
    private String broken = "";
    private long brokenUntil;
    private boolean calm;

    Simulation(long seed, int messages, boolean ordered, Trouble... troubles) {
        this.dice = new Random(seed);
        this.messages = messages;
        this.ordered = ordered;
        this.exact = dice.nextBoolean();
        this.maxAttempts = 1 + dice.nextInt(4);
        this.troubles = List.of(troubles);
    }

    /** One copy of a message at the broker. */
    private static final class Copy {
        private final String id;
        private final String key;
        private final int place;
        private int failures;
        private int crashes;
        private int kills;
        private long due;
        private boolean out;

        Copy(String id, String key, int place) {
            this.id = id;
            this.key = key;
            this.place = place;
        }

        Copy(Copy other) {
            this(other.id, other.key, other.place);
            this.failures = other.failures;
            this.crashes = other.crashes;
        }
    }

    private static final class Running {
        private final Copy copy;
        private final long call;
        private final String consumer;
        private boolean lost;
        private boolean cutShort;

        Running(Copy copy, long call, String consumer) {
            this.copy = copy;
            this.call = call;
            this.consumer = consumer;
        }
    }

    private record Acked(Copy copy, String consumer, long at) {}

    Judge judge() {
        Judge judge = Judge.of(Q, Q, false)
                .attempts(maxAttempts)
                .exact(exact)
                .reach(Duration.ofMillis(2 * ACK_MILLIS))
                .clockError(Duration.ZERO);
        return ordered ? judge.inOrder() : judge;
    }

    /** Runs until all is sent and settled. */
    List<HistoryEvent> run() {
        for (int i = 0; i < 4; i++) {
            open();
        }
        while (made < messages || !quiet()) {
            millis += dice.nextInt(3);
            calm = made == messages;
            step();
        }
        log.depth(Q, 0);
        return log.events();
    }

    private boolean quiet() {
        return broken.isEmpty() && stored.isEmpty() && running.isEmpty() && sending.isEmpty() && later.isEmpty();
    }

    private boolean chance(int percent) {
        return dice.nextInt(100) < percent;
    }

    private boolean may(Trouble trouble, int perMille) {
        return !calm && troubles.contains(trouble) && dice.nextInt(1000) < perMille;
    }

    private void step() {
        if (!broken.isEmpty() && millis >= brokenUntil) {
            log.fault(Kind.FAULT_OFF, broken);
            broken = "";
        }
        if (!later.isEmpty() && chance(30)) {
            later.remove(0).run();
        }
        switch (dice.nextInt(4)) {
            case 0 -> send();
            case 1 -> endSend();
            case 2 -> deliver();
            default -> end();
        }
        if (broken.isEmpty() && may(Trouble.FAULTS, 4)) {
            breakDown();
        }
        if (may(Trouble.KILLS, 4) && consumers.size() > 1) {
            kill(consumers.remove(dice.nextInt(consumers.size())));
        }
        if (may(Trouble.CLOSES, 4) && consumers.size() > 1) {
            close(consumers.remove(dice.nextInt(consumers.size())));
        }
        if (may(Trouble.REVOKES, 4)) {
            revoke(consumers.get(dice.nextInt(consumers.size())));
        }
        if (may(Trouble.LOST_LEASES, 6) && !running.isEmpty()) {
            loseLease(running.get(dice.nextInt(running.size())));
        }
        if (consumers.size() < 4 && chance(5)) {
            open();
        }
    }

    // ---- sends

    private void send() {
        if (made == messages || sending.size() > 5) {
            return;
        }
        String id = "m" + made++;
        String key = "k" + dice.nextInt(8);
        boolean delayed = !ordered && chance(5);
        sending.put(id, key);
        long delay = delayed ? 1 + dice.nextInt(50) : 0;
        log.sending(id, key, Q, "s", "#" + id, delay * 1_000_000);
        Copy copy = new Copy(id, key, made);
        copy.due = millis + delay;
        originals.put(id, copy);
        // The broker has it before the sender knows, or never.
        if (chance(2) || may(Trouble.DOUBTS, 20)) {
            copy.out = true;
        }
        if (!copy.out) {
            store(copy);
        }
        sending.put(id, copy.out ? "" : key);
    }

    private void store(Copy copy) {
        stored.add(copy);
        if (ordered) {
            stored.sort((a, b) -> Integer.compare(a.place, b.place));
        }
    }

    private void storeAgain(String id) {
        Copy first = originals.get(id);
        Copy again = new Copy(id, first.key, first.place);
        again.due = first.due;
        store(again);
    }

    private void endSend() {
        Iterator<Map.Entry<String, String>> all = sending.entrySet().iterator();
        if (!all.hasNext()) {
            return;
        }
        Map.Entry<String, String> first = all.next();
        all.remove();
        String id = first.getKey();
        boolean there = !first.getValue().isEmpty();
        if (may(Trouble.DOUBTS, 30)) {
            log.sendUnknown(id, Q, "timeout");
            if (there && chance(30)) {
                storeAgain(id);
            }
        } else if (there) {
            log.sent(id, Q);
        } else {
            log.notSent(id, Q, "no");
        }
    }

    // ---- deliveries

    private void deliver() {
        if (consumers.isEmpty() || !broken.isEmpty() || running.size() > 12) {
            return;
        }
        List<Copy> ready = new ArrayList<>();
        Set<String> blocked = new HashSet<>();
        stored.stream().filter(copy -> copy.out).forEach(copy -> blocked.add(copy.key));
        for (Copy copy : stored) {
            if (ordered && !blocked.add(copy.key)) {
                continue;
            }
            if (!copy.out && copy.due <= millis) {
                ready.add(copy);
            }
        }
        if (ready.isEmpty()) {
            return;
        }
        Copy copy = ready.get(dice.nextInt(Math.min(5, ready.size())));
        if (copy.kills > maxAttempts) {
            setAside(copy, "CRASHED", 0);
        } else if (copy.failures + copy.crashes == 0 && chance(1)) {
            stored.remove(copy);
            log.told(Kind.EXPIRED, copy.id, Q, "", "");
        } else {
            copy.out = true;
            int attempt = 1 + copy.failures + copy.crashes;
            String consumer = consumers.get(dice.nextInt(consumers.size()));
            long call = log.delivered(copy.id, copy.key, Q, consumer, attempt, attempt > 1, "#" + copy.id, "");
            running.add(new Running(copy, call, consumer));
        }
    }

    private void end() {
        if (running.isEmpty()) {
            return;
        }
        Running run = running.remove(dice.nextInt(running.size()));
        Copy copy = run.copy;
        int dice100 = dice.nextInt(100);
        Kind kind =
                dice100 < 82 ? Kind.ACKED : dice100 < 96 ? Kind.FAILED : dice100 < 98 ? Kind.REJECTED : Kind.DROPPED;
        log.ended(kind, copy.id, Q, run.call, "");
        if (run.cutShort && kind != Kind.FAILED) {
            // An interrupted handler that ends well says so.
            log.told(Kind.LEASE_LOST, copy.id, Q, run.consumer, "interrupted");
        }
        if (run.lost) {
            return;
        }
        switch (kind) {
            case FAILED -> fail(copy);
            case REJECTED -> setAside(copy, "REQUESTED", 1 + copy.failures + copy.crashes);
            default -> {
                stored.remove(copy);
                recentAcks.addLast(new Acked(copy, run.consumer, millis));
            }
        }
    }

    private void fail(Copy copy) {
        copy.failures++;
        if (copy.failures >= maxAttempts) {
            setAside(copy, "ATTEMPTS_EXHAUSTED", copy.failures + copy.crashes);
            return;
        }
        long wait = chance(50) ? 0 : dice.nextInt(30);
        log.retried(copy.id, Q, "", wait * 1_000_000);
        copy.due = millis + wait;
        copy.out = false;
        if (!broken.isEmpty() && !ordered && chance(50)) {
            store(new Copy(copy));
        }
    }

    private void setAside(Copy copy, String reason, int attempts) {
        stored.remove(copy);
        Runnable tell = () -> {
            log.deadLettered(copy.id, Q, "", attempts, "#" + copy.id, reason);
            dead.add(copy);
            if (chance(30)) {
                Copy again = new Copy(copy.id, copy.key, messages);
                later.add(() -> {
                    log.told(Kind.REDRIVEN, again.id, Q, "", "");
                    store(again);
                });
            }
        };
        if (chance(50)) {
            tell.run();
        } else {
            later.add(tell);
        }
    }

    // ---- troubles

    private void open() {
        String name = "c" + names++;
        consumers.add(name);
        log.consumer(Kind.CONSUMER_OPENED, name, Q);
    }

    private void breakDown() {
        broken = "fault" + millis;
        brokenUntil = millis + 10 + dice.nextInt(60);
        log.fault(Kind.FAULT_ON, broken);
        for (Running run : running) {
            if (!run.lost) {
                giveBack(run, true);
                if (chance(50)) {
                    log.told(Kind.LEASE_LOST, run.copy.id, Q, run.consumer, "fault");
                }
            }
        }
        loseAcks("");
        for (Map.Entry<String, String> one : sending.entrySet()) {
            if (!one.getValue().isEmpty() && chance(20)) {
                storeAgain(one.getKey());
            }
        }
    }

    private void loseAcks(String consumer) {
        recentAcks.removeIf(ack -> ack.at < millis - ACK_MILLIS);
        for (Iterator<Acked> all = recentAcks.iterator(); all.hasNext(); ) {
            Acked ack = all.next();
            if ((consumer.isEmpty() || ack.consumer.equals(consumer)) && chance(50)) {
                all.remove();
                ack.copy.out = false;
                ack.copy.crashes++;
                store(ack.copy);
            }
        }
    }

    private void kill(String consumer) {
        log.consumer(Kind.CONSUMER_KILLED, consumer, Q);
        for (Iterator<Running> all = running.iterator(); all.hasNext(); ) {
            Running run = all.next();
            if (run.consumer.equals(consumer)) {
                all.remove();
                if (!run.lost) {
                    run.copy.kills++;
                    giveBack(run, true);
                    if (ordered && !exact && chance(50)) {
                        run.copy.failures = 0;
                    }
                }
            }
        }
        loseAcks(consumer);
    }

    private void close(String consumer) {
        log.consumer(Kind.CONSUMER_CLOSING, consumer, Q);
        for (Running run : running) {
            if (run.consumer.equals(consumer) && !run.lost && chance(30)) {
                giveBack(run, !exact && chance(50));
                run.cutShort = true;
            }
        }
        later.add(() -> log.consumer(Kind.CONSUMER_CLOSED, consumer, Q));
    }

    private void revoke(String consumer) {
        log.consumer(Kind.REVOKED, consumer, Q);
        for (Running run : running) {
            if (run.consumer.equals(consumer) && !run.lost) {
                giveBack(run, true);
            }
        }
    }

    private void loseLease(Running run) {
        if (!run.lost) {
            log.told(Kind.LEASE_LOST, run.copy.id, Q, run.consumer, "lease");
            giveBack(run, true);
        }
    }

    private static void giveBack(Running run, boolean counts) {
        run.lost = true;
        run.copy.out = false;
        if (counts) {
            run.copy.crashes++;
        }
    }
}

package dev.transload.mq.cli;

import dev.transload.mq.Bridge;
import dev.transload.mq.CloseReport;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Source;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bridges that run until they are told to stop, or until nothing is left. One thread runs it, another may stop it; the
 * lock makes sure that bridges are closed once and told of once.
 */
final class Crossing {

    private static final Duration LOOK = Duration.ofMillis(250);
    private static final Duration DRAIN = Duration.ofSeconds(20);

    private final Shell shell;
    private final MqClient from;
    private final MqClient to;
    private final List<Source<byte[]>> sources;
    private final Duration quiet;
    private final Duration progress;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Lock lock = new ReentrantLock();
    private final List<Bridge> bridges = new CopyOnWriteArrayList<>();
    private long movedBefore;
    private long lettersBefore;
    private boolean over;

    Crossing(Shell shell, MqClient from, MqClient to, List<Source<byte[]>> sources, Duration quiet, Duration progress) {
        this.shell = shell;
        this.from = from;
        this.to = to;
        this.sources = sources;
        this.quiet = quiet;
        this.progress = progress;
    }

    /**
     * Moves.
     *
     * @throws MessagingException if the other broker will never take a message
     */
    void run(boolean untilEmpty) throws InterruptedException {
        while (open()) {
            boolean empty = await(untilEmpty);
            if (!empty) {
                awaitStop();
                return;
            }
            if (finish()) {
                return;
            }
            shell.out().println("something came after all, going on");
        }
    }

    /** The clients must stay open until who stops it has closed the bridges. */
    private void awaitStop() {
        lock.lock();
        try {
            over = true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the bridges stand; false if it was stopped. */
    private boolean open() {
        lock.lock();
        try {
            if (over) {
                return false;
            }
            movedBefore = moved();
            lettersBefore = letters();
            bridges.clear();
            for (Source<byte[]> source : sources) {
                bridges.add(from.bridge(source, to));
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nothing was left for the quiet time; false if it was stopped. */
    private boolean await(boolean untilEmpty) throws InterruptedException {
        long started = System.nanoTime();
        long told = started;
        long toldMoved = moved();
        long busy = started;
        long seen = -1;
        while (!stopped.await(LOOK.toNanos(), TimeUnit.NANOSECONDS)) {
            failFast();
            long now = System.nanoTime();
            long moved = moved() + letters();
            if (untilEmpty && (moved != seen || left() > 0)) {
                busy = System.nanoTime();
            }
            seen = moved;
            if (untilEmpty && now - busy >= quiet.toNanos()) {
                return true;
            }
            if (now - told >= progress.toNanos()) {
                long rate = (moved() - toldMoved) * 1_000_000_000L / Math.max(1, now - told);
                shell.out().println(amount() + ", " + count(left()) + " left, " + count(rate) + "/s");
                told = now;
                toldMoved = moved();
            }
        }
        return false;
    }

    private void failFast() {
        for (Bridge bridge : bridges) {
            Optional<MessagingException> failure = bridge.failure();
            if (failure.isPresent()) {
                stop();
                throw failure.get();
            }
        }
    }

    /** Closes the bridges, and looks once more for what may have come before they were closed. */
    private boolean finish() {
        lock.lock();
        try {
            if (over) {
                return true;
            }
            String unknown = close();
            if (left() > 0 || !unknown.isEmpty()) {
                return false;
            }
            over = true;
            for (Source<byte[]> source : sources) {
                shell.out()
                        .println(source.name() + " is empty: "
                                + from.admin().depth(source).orElse(0)
                                + " waiting, " + from.admin().deadLetterDepth(source)
                                + " dead letters, 0 in flight here");
            }
            shell.out().println(amount() + " in all, each confirmed before it was taken off");
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Ends it in good order; called when the process is told to end. */
    void stop() {
        lock.lock();
        try {
            stopped.countDown();
            if (over) {
                return;
            }
            over = true;
            String unknown = close();
            shell.out().println("stopped: " + amount() + ", " + count(left()) + " left" + unknown);
        } finally {
            lock.unlock();
        }
    }

    // Lock held. Returns what is not certain, for people.
    private String close() {
        List<String> unknown = new ArrayList<>();
        for (Bridge bridge : bridges) {
            CloseReport report = bridge.close(DRAIN);
            unknown.addAll(report.ackUnknown());
        }
        return unknown.isEmpty() ? "" : "; these may be there twice: " + unknown;
    }

    private long moved() {
        return movedBefore + bridges.stream().mapToLong(Bridge::moved).sum();
    }

    private long letters() {
        return lettersBefore
                + bridges.stream().mapToLong(Bridge::movedDeadLetters).sum();
    }

    private long left() {
        return bridges.stream().mapToLong(Bridge::left).sum();
    }

    private String amount() {
        long letters = letters();
        return count(moved()) + " moved" + (letters == 0 ? "" : ", " + count(letters) + " dead letters");
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}

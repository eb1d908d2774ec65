package dev.transload.mq.tck;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;

/**
 * What a case does to its broker. A fault is in force when the method returns, and has been seen to be by someone who
 * knows nothing of the product; one without effect makes the case inconclusive. What the case leaves broken is mended
 * when it ends. Used by one thread.
 */
final class Faults {

    /** How long a broker may take to come back. */
    private static final Duration BACK = Duration.ofSeconds(90);

    /** How long a connection may take to end that was told to. */
    private static final Duration ENDING = Duration.ofSeconds(20);

    private static final String TO_COME = "cut after bytes";
    private static final int ROUND_TRIPS = 3;

    private final BrokerControl control;
    private final History history;
    private final long slowness;
    private final Deque<Open> open = new ArrayDeque<>();

    /** A fault that is in force, and what takes it back. */
    private record Open(String name, Runnable mend) {}

    Faults(BrokerControl control, History history, long slowness) {
        this.control = control;
        this.history = history;
        this.slowness = slowness;
    }

    /** After which time a silent connection is called dead, at most. */
    Duration silence() {
        return control.silence().multipliedBy(slowness);
    }

    boolean can(Fault fault) {
        return control.supported().contains(fault);
    }

    /** Whether what an order promises can be asked of the broker over a restart, too. */
    boolean keepsOrder() {
        return control.keepsOrder();
    }

    // ---- the broker

    /** Stops the broker in order, until {@link #mend}. */
    void stop() {
        silence("stop", control::stop, control::start);
    }

    /** Kills the broker, until {@link #mend}. */
    void kill() {
        silence("kill", control::kill, control::start);
    }

    /** Lets the broker stand still, until {@link #mend}. */
    void pause() {
        silence("pause", control::pause, control::unpause);
    }

    /** Has the broker end all connections; they may be made again at once. */
    void closeConnections() {
        ending("close connections", control::closeConnections);
    }

    /** Has the broker lose all it has. */
    void forget() {
        ending("forget", control::forget);
        await("the broker answers after it has lost everything", control::answers, BACK);
    }

    /** Lets a client of this process count as killed. */
    void crash(String clientId) {
        control.crash(clientId);
    }

    // ---- the link

    /** Ends all connections; they may be made again at once. */
    void cut() {
        ending("cut", control.link()::cut);
    }

    /** Ends all connections and lets none be made, until {@link #mend}. */
    void down() {
        silence("link down", control.link()::down, control.link()::heal);
    }

    /** Carries nothing in some directions, both if none is given, and tells nobody, until {@link #mend}. */
    void freeze(Direction... directions) {
        silence("link frozen", () -> control.link().freeze(directions), control.link()::heal);
    }

    /** Ends all connections after so many more bytes; {@link #hasCut} tells when. */
    void cutAfter(Direction direction, long bytes) {
        before("cut after " + bytes + " bytes " + direction);
        cutsBefore = control.link().ended();
        control.link().cutAfter(direction, bytes);
        if (open.isEmpty()) {
            open.push(new Open(TO_COME, control.link()::heal));
        }
    }

    private long cutsBefore;

    /** Whether {@link #cutAfter} has cut. */
    boolean hasCut() {
        return control.link().ended() > cutsBefore;
    }

    /** Lets everything arrive late, until {@link #mend}. */
    void latency(Duration delay, Duration jitter) {
        before("latency " + delay);
        control.link().latency(delay, jitter);
        open.push(new Open("latency", control.link()::heal));
        Duration least = delay.minus(jitter).multipliedBy(2);
        for (int i = 0; i < ROUND_TRIPS; i++) {
            long start = System.nanoTime();
            boolean answers = control.answers();
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            // An answer that came too late for the probe has shown the latency too.
            if (answers && took.compareTo(least) < 0) {
                throw new Inconclusive("latency of " + delay + " had no effect: the broker answered after " + took);
            }
        }
    }

    /** Lets few bytes pass and in small pieces, until {@link #mend}. */
    void trickle(int sliceBytes, long bytesPerSecond) {
        before("trickle");
        control.link().slice(sliceBytes);
        control.link().bandwidth(bytesPerSecond);
        open.push(new Open("trickle", control.link()::heal));
    }

    // ---- mending

    /** Takes the last fault back; returns when the broker answers. */
    void mend() {
        Open last = requireNonNull(open.poll(), "a fault to mend");
        last.mend().run();
        await("the broker answers after " + last.name(), control::answers, BACK);
        history.add("mended: " + last.name());
    }

    /** Takes back all that is still in force. */
    void undo() {
        while (!open.isEmpty()) {
            mend();
        }
    }

    private void silence(String name, Runnable fault, Runnable mend) {
        before(name);
        open.push(new Open(name, mend));
        fault.run();
        if (control.answers()) {
            throw new Inconclusive("'" + name + "' had no effect: the broker still answers");
        }
    }

    private void ending(String name, Runnable fault) {
        before(name);
        long before = control.link().ended();
        fault.run();
        await("'" + name + "' ends a connection", () -> control.link().ended() > before, ENDING);
    }

    private void before(String name) {
        if (whole() && !control.answers()) {
            throw new Inconclusive("the broker does not answer before '" + name + "'");
        }
        history.breaking(name);
    }

    // A cut that is yet to come keeps nobody from answering.
    private boolean whole() {
        return open.stream().allMatch(each -> each.name().equals(TO_COME));
    }

    private void await(String what, BooleanSupplier condition, Duration most) {
        try {
            org.awaitility.Awaitility.await(what)
                    .atMost(most.multipliedBy(slowness))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(20))
                    .until(condition::getAsBoolean);
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new Inconclusive("it did not happen within " + most + ": " + what);
        }
    }
}

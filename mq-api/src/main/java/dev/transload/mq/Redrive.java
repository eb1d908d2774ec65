package dev.transload.mq;

import static java.util.Objects.requireNonNull;

import java.util.function.Predicate;

/** Which dead letters are redriven, and how. Immutable. */
public final class Redrive {

    private final Predicate<? super DeadLetter> which;
    private final int rate;
    private final long max;
    private final boolean dryRun;
    private final boolean force;

    private Redrive(Predicate<? super DeadLetter> which, int rate, long max, boolean dryRun, boolean force) {
        this.which = which;
        this.rate = rate;
        this.max = max;
        this.dryRun = dryRun;
        this.force = force;
    }

    /** All of them. */
    public static Redrive all() {
        return where(letter -> true);
    }

    /** Those that match. */
    public static Redrive where(Predicate<? super DeadLetter> which) {
        return new Redrive(requireNonNull(which, "which"), 0, Long.MAX_VALUE, false, false);
    }

    /** At most so many a second, at least 1; as fast as the broker takes them unless given. */
    public Redrive rate(int perSecond) {
        if (perSecond < 1) {
            throw new IllegalArgumentException("rate must be at least 1 per second, was " + perSecond);
        }
        return new Redrive(which, perSecond, max, dryRun, force);
    }

    /** At most so many in all, at least 1. */
    public Redrive max(long count) {
        if (count < 1) {
            throw new IllegalArgumentException("max must be at least 1, was " + count);
        }
        return new Redrive(which, rate, count, dryRun, force);
    }

    /** Only counts what would be redriven. */
    public Redrive dryRun() {
        return new Redrive(which, rate, max, true, force);
    }

    /** Handled even if the idempotency store knows another copy as done. */
    public Redrive force() {
        return new Redrive(which, rate, max, dryRun, true);
    }

    public Predicate<? super DeadLetter> which() {
        return which;
    }

    /** Messages a second, 0 for no limit. */
    public int ratePerSecond() {
        return rate;
    }

    public long maxCount() {
        return max;
    }

    public boolean isDryRun() {
        return dryRun;
    }

    public boolean isForced() {
        return force;
    }
}

package dev.transload.mq.client;

import dev.transload.mq.BackpressureException;
import dev.transload.mq.Outcome;
import dev.transload.mq.SendTimeoutException;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;

/**
 * How many sends of applications are outstanding, how many may be, and the callers who wait for room.
 *
 * <p>Guarded by the lock of {@link Sends}, but for what says otherwise. A caller who finds it shut waits by
 * {@link #awaitRoom}, between {@link #waitBegins} and {@link #waitEnds}.
 */
final class SendBound {

    /** A caller looks again after that time: some that left may not have brought the bound down far enough to tell. */
    private static final long LOOK_AGAIN_NANOS = 100_000_000L;

    private final int most;
    private final int resumeAt;
    private final boolean failFast;
    private final Duration sendTimeout;
    private final TimeSource time;
    private final Condition room;
    private final AtomicInteger callersWaited = new AtomicInteger();
    private int outstanding;
    private int waiting;
    private volatile boolean refusing;

    /**
     * @param room of the lock that guards this
     */
    SendBound(EngineSettings settings, TimeSource time, Condition room) {
        this.most = settings.maxOutstandingSends();
        // Waking a caller costs more than a send: callers at the bound go on together, a quarter below it.
        this.resumeAt = most - Math.max(1, most / 4);
        this.failFast = settings.failFastOnBackpressure();
        this.sendTimeout = settings.sendTimeout();
        this.time = time;
        this.room = room;
    }

    /** Sends that count. */
    int outstanding() {
        return outstanding;
    }

    /** Whether the next send has to wait. */
    boolean isShut() {
        return outstanding >= most && !refusing;
    }

    /** From now on a send counts. */
    void enter() {
        outstanding++;
    }

    /** A send counts no more. */
    void leave() {
        outstanding--;
        if (waiting > 0 && outstanding <= resumeAt) {
            room.signalAll();
        }
    }

    /** How many must leave before callers who wait are told, {@link ConfirmedSends#NOBODY} if none need be. */
    int needed() {
        // At the lower bound those who wait have been told.
        return waiting > 0 && outstanding > resumeAt ? outstanding - resumeAt : ConfirmedSends.NOBODY;
    }

    void waitBegins() {
        waiting++;
        callerWaited();
    }

    void waitEnds() {
        waiting--;
    }

    /** Waits for room, or refuses to; the task takes note of what has left. */
    void awaitRoom(PendingSend send, Runnable takeNote) throws InterruptedException {
        while (isShut()) {
            if (failFast) {
                throw new BackpressureException(send.to().name(), most);
            }
            long left = send.deadlineNanos - time.nanos();
            if (left <= 0) {
                throw new SendTimeoutException(send.to().name(), sendTimeout, Outcome.NOT_SENT, null);
            }
            room.awaitNanos(Math.min(left, LOOK_AGAIN_NANOS));
            takeNote.run();
        }
    }

    /** From now on there is room for nobody, and nobody waits for it. */
    void refuse() {
        refusing = true;
        room.signalAll();
    }

    /** Whether sends of applications are refused. On any thread, without the lock. */
    boolean isRefusing() {
        return refusing;
    }

    /** A caller is waiting or has waited before its send, so the clock it has read is late. Without the lock. */
    void callerWaited() {
        callersWaited.getAndIncrement();
    }

    /** Changes when a caller waits before its send. Without the lock. */
    int callersWaited() {
        return callersWaited.get();
    }
}

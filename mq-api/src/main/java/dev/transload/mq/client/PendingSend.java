package dev.transload.mq.client;

import dev.transload.mq.ClientClosedException;
import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import io.github.resilience4j.retry.Retry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One send from the call to its end: the transport's {@link Outgoing} and the caller's future in one object.
 *
 * <p>The links of the list belong to {@link Sends} and are guarded by its lock. The caller may cancel or complete
 * the future early; the bound of outstanding sends still counts it until the transport is done.
 */
final class PendingSend extends CompletableFuture<String> implements Outgoing, Runnable {

    /** On its way. */
    static final int OPEN = 0;

    /** The broker has it; what the transport says later is ignored. */
    static final int CONFIRMED = 1;

    /** Ended otherwise; what the transport says later is ignored. */
    static final int FAILED = 2;

    /** The broker has it, and whoever looks for room finds that it is off the list or will take it off. */
    static final int RELEASED = 3;

    /** Who completes the future of a send that has ended. */
    enum Told {
        /** Whoever ends it: a caller waits, or the engine, and no code of the application runs then. */
        HERE,
        /** The completion thread: an application may have hung something on it. */
        ELSEWHERE,
        /** Its caller, when it asks by {@link PendingSend#get()} and no other way: nobody else knows the future. */
        WHEN_ASKED
    }

    private static final AtomicIntegerFieldUpdater<PendingSend> STATE =
            AtomicIntegerFieldUpdater.newUpdater(PendingSend.class, "state");

    private final Sends sends;
    private final Place to;
    private final Message message;
    private final long delayMillis;
    final long deadlineNanos;
    /** Who completes it; a failure is told at once unless code of the application may hang on it. */
    final Told told;
    /** The thread that waits for this one alone, if there is one. */
    private final @Nullable Thread waiter;
    /** Whether it counts against the bound of outstanding sends. */
    final boolean bounded;

    volatile int state;
    /** How often it was handed to the transport. */
    int tries;

    @Nullable
    PendingSend previous;

    @Nullable
    PendingSend next;
    /** This and the two below belong to {@link ConfirmedSends}: what was put in before, */
    @Nullable
    PendingSend confirmedBefore;
    /** how many there were with this one, */
    int confirmedCount;
    /** and whether this is one, or one before it, of which somebody is to be told. */
    boolean confirmedToTell;
    /** The thread that asks for the end, when it asks, see {@link Told#WHEN_ASKED}. */
    private volatile @Nullable Thread asking;
    /** Budget and backoff of its retries; made at the first failure. */
    Retry.@Nullable AsyncContext<Object> retries;
    /** Whether the transport has it and has not told how it ended. */
    volatile boolean inFlight;
    /** Why the last try failed; null if none has. */
    volatile @Nullable MessagingException lastFailure;
    /** Whether some try may have reached the broker. */
    volatile boolean maybeSent;

    PendingSend(
            Sends sends,
            Place to,
            Message message,
            long delayMillis,
            long deadlineNanos,
            Told told,
            @Nullable Thread waiter,
            boolean bounded) {
        this.sends = sends;
        this.to = to;
        this.message = message;
        this.delayMillis = delayMillis;
        this.deadlineNanos = deadlineNanos;
        this.told = told;
        this.waiter = waiter;
        this.bounded = bounded;
    }

    /** Ends it, as confirmed or failed; true for the one caller whose end it is. */
    boolean end(int how) {
        return STATE.compareAndSet(this, OPEN, how);
    }

    /** Whether it is not on its way any more; its future may be completed later. */
    boolean hasEnded() {
        return state != OPEN;
    }

    /** What is known of the message when it ends without a confirm, to be asked by whoever has ended it. */
    Outcome soFar() {
        // Read in this order: a try that fails says that it may have been sent before it says that it is over.
        return inFlight || maybeSent ? Outcome.UNKNOWN : Outcome.NOT_SENT;
    }

    /** What its caller is told if it ends because the client is closed. */
    ClientClosedException clientClosed() {
        return new ClientClosedException("client is closed: cannot send to " + to.name(), soFar(), null);
    }

    /** What it shares with those that must not overtake it, null if nothing. */
    @Nullable
    Object orderKey() {
        String key = message.key();
        return key != null && to.shape().ordered() && delayMillis == 0 ? List.of(to.name(), key) : null;
    }

    /** Whether it is confirmed and the completion thread is to complete it. */
    boolean isToBeTold() {
        return told == Told.ELSEWHERE;
    }

    /** Told after a confirm, once the bound of outstanding sends need not count it any more. */
    void released() {
        if (told == Told.WHEN_ASKED) {
            state = RELEASED; // seen by whoever has said meanwhile that it asks, or that one is seen here
            wakeAsking();
        } else {
            STATE.lazySet(this, RELEASED);
        }
    }

    /** Completes the future on the calling thread. */
    void completeHere() {
        complete(message.id());
        wakeAsking();
    }

    /** Fails the future on the calling thread. */
    void failHere(MessagingException failure) {
        completeExceptionally(failure);
        wakeAsking();
    }

    private void wakeAsking() {
        Thread thread = asking;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /** Whether its caller need not wait for its end, see {@link Told#WHEN_ASKED}. */
    boolean canTell() {
        return state == RELEASED || isDone();
    }

    private void awaitEnd() throws InterruptedException {
        if (canTell()) {
            return;
        }
        asking = Thread.currentThread();
        while (!canTell()) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    // Who waits need not wait for the completion thread too, if that has nothing to do but to complete it. What another
    // thread hangs on it at this very moment may run here: on the caller's thread, not a transport's.
    private void completeIfReleased() {
        if (!isDone()
                && state == RELEASED
                && getNumberOfDependents() == 0
                && !sends.news().isWatched()) {
            complete(message.id());
        }
    }

    @Override
    public String join() {
        completeIfReleased();
        return super.join();
    }

    @Override
    public String get() throws InterruptedException, ExecutionException {
        if (told == Told.WHEN_ASKED) {
            awaitEnd();
            if (state == RELEASED) {
                complete(message.id());
            }
        } else {
            completeIfReleased();
        }
        return super.get();
    }

    @Override
    public String get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        completeIfReleased();
        return super.get(timeout, unit);
    }

    @Override
    public Place to() {
        return to;
    }

    @Override
    public Message message() {
        return message;
    }

    @Override
    public long delayMillis() {
        return delayMillis;
    }

    @Override
    public boolean isAwaited() {
        return waiter == Thread.currentThread();
    }

    @Override
    public void done() {
        sends.confirmed(this);
    }

    @Override
    public void done(List<? extends Outgoing> all) {
        sends.confirmedTogether(all);
    }

    /** Completes the caller's future; run by {@link Completions}. */
    @Override
    public void run() {
        sends.news().sent(this);
        complete(message.id());
    }

    @Override
    public void failed(Throwable cause) {
        sends.failed(this, cause);
    }
}

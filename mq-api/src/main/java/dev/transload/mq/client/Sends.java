package dev.transload.mq.client;

import dev.transload.mq.BackpressureException;
import dev.transload.mq.ClientClosedException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.MqObserver;
import dev.transload.mq.Outcome;
import dev.transload.mq.SendTimeoutException;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.TimeSource;
import dev.transload.mq.spi.Transport;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Every send of one client from the call to its end: bounds how many are outstanding, keeps keys in order, tries again
 * what may be tried again until the send timeout, and ends each exactly once.
 *
 * <p>Thread-safe. One lock guards the list of outstanding sends and the key lines; nothing is called while it is held.
 * Transports call {@link #confirmed}, {@link #confirmedTogether} and {@link #failed} on their threads; futures that
 * applications hold are completed on the completion thread, inline ones by the transport. While many are on their way,
 * that thread looks every half millisecond for those that have ended, for each waking of it costs more than a send.
 */
final class Sends {

    private static final Duration SWEEP = Duration.ofMillis(100);
    /** While so many sends are on their way, the completion thread is not woken for each. */
    private static final int MANY = 128;

    /** 20 ms doubling to 2 s, each wait spread by half; the send timeout is what ends the tries. */
    private static final Retry RETRY = Retry.of(
            "transload-send",
            RetryConfig.custom()
                    .maxAttempts(1_000_000)
                    .intervalFunction(IntervalFunction.ofExponentialRandomBackoff(20L, 2.0, 0.5, 2_000L))
                    .retryOnException(e -> e instanceof MessagingException m && m.retryable())
                    .build());

    private final Transport transport;
    private final TimeSource time;
    private final Events events;
    private final Executor elsewhere;
    private final Executor elsewhereSoon;
    private final Declarations declarations;
    private final Duration sendTimeout;
    private final int maxOutstanding;
    private final int resumeAt;
    private final boolean failFast;

    private final Lock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Condition drained = lock.newCondition();
    private final KeyedSends<PendingSend> keyed = new KeyedSends<>();
    private final SendList list = new SendList();

    private int outstanding;
    private int waiting;
    /** Set under the lock; a sender that reads true has been counted, so the sweep that ends looks again. */
    private volatile boolean sweeping;

    private volatile boolean refusing;
    private boolean closed;

    Sends(
            Transport transport,
            TimeSource time,
            Events events,
            Executor elsewhere,
            Executor elsewhereSoon,
            Declarations declarations,
            EngineSettings settings) {
        this.transport = transport;
        this.time = time;
        this.events = events;
        this.elsewhere = elsewhere;
        this.elsewhereSoon = elsewhereSoon;
        this.declarations = declarations;
        this.sendTimeout = settings.sendTimeout();
        this.maxOutstanding = settings.maxOutstandingSends();
        // Waking a caller costs more than a send: callers at the bound go on together, a quarter below it.
        this.resumeAt = maxOutstanding - Math.max(1, maxOutstanding / 4);
        this.failFast = settings.failFastOnBackpressure();
    }

    /**
     * Sends a message of the application. Blocks at the bound of outstanding sends.
     *
     * @param inline whether the caller waits for the future and hangs nothing on it
     * @param waiter the caller's thread if it waits as soon as this returns
     */
    PendingSend send(Place to, Message message, long delayMillis, boolean inline, @Nullable Thread waiter) {
        long now = time.nanos();
        PendingSend send =
                new PendingSend(this, to, message, delayMillis, now, now + sendTimeout.toNanos(), inline, waiter, true);
        start(send);
        return send;
    }

    /** Sends a message of the engine, outside the bound; tries again until the client is closed. */
    PendingSend sendInternal(Place to, Message message, long delayMillis) {
        long now = time.nanos();
        PendingSend send =
                new PendingSend(this, to, message, delayMillis, now, now + Long.MAX_VALUE / 2, true, null, false);
        start(send);
        return send;
    }

    private void start(PendingSend send) {
        boolean go = true;
        if (refusing && send.bounded) {
            throw closedError(send); // without the lock: callers who go on must not keep confirms from it
        }
        lock.lock();
        try {
            if (send.bounded) {
                awaitRoom(send);
                outstanding++;
            }
            if (closed || (refusing && send.bounded)) {
                if (send.bounded) {
                    outstanding--;
                }
                throw closedError(send);
            }
            list.append(send);
            Object key = orderKey(send);
            if (key != null) {
                go = keyed.submit(key, send, keepsOrder(send));
            }
            send.inFlight = go;
        } finally {
            lock.unlock();
        }
        if (go) {
            dispatch(send);
        }
    }

    private void awaitRoom(PendingSend send) {
        if (outstanding < maxOutstanding || refusing) {
            return;
        }
        if (failFast) {
            throw new BackpressureException(send.to().name(), maxOutstanding);
        }
        while (outstanding >= maxOutstanding && !refusing) {
            long left = send.deadlineNanos - time.nanos();
            if (left <= 0) {
                throw new SendTimeoutException(send.to().name(), sendTimeout, Outcome.NOT_SENT, null);
            }
            waiting++;
            try {
                // Looks again from time to time: some that left may not have brought the bound down far enough to tell.
                room.awaitNanos(Math.min(left, SWEEP.toNanos()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw TransportException.temporary(
                        "interrupted while waiting for room to send to "
                                + send.to().name(),
                        e);
            } finally {
                waiting--;
            }
        }
    }

    // Of a send that was marked as in flight while the lock was held: whoever ends it meanwhile must not tell that it
    // was
    // never sent.
    private void dispatch(PendingSend send) {
        send.tries++;
        transport.send(send);
        if (!sweeping && send.state != PendingSend.ENDED) {
            scheduleSweep();
        }
    }

    /** The broker has the message. Called by the transport. */
    void confirmed(PendingSend send) {
        List<PendingSend> go;
        boolean many;
        lock.lock();
        try {
            if (send.state == PendingSend.ENDED) {
                return;
            }
            go = end(send);
            many = outstanding >= MANY;
        } finally {
            lock.unlock();
        }
        if (send.inline) {
            send.complete(send.message().id());
        } else {
            (many ? elsewhereSoon : elsewhere).execute(send);
        }
        if (!go.isEmpty()) {
            go.forEach(this::dispatch);
        }
    }

    /** The broker has all of them. Called by the transport. */
    void confirmedTogether(List<? extends Outgoing> all) {
        List<PendingSend> inline = new ArrayList<>();
        List<PendingSend> told = new ArrayList<>();
        List<PendingSend> go = new ArrayList<>();
        lock.lock();
        try {
            for (Outgoing one : all) {
                if (one instanceof PendingSend send && send.state != PendingSend.ENDED) {
                    go.addAll(end(send));
                    (send.inline ? inline : told).add(send);
                }
            }
        } finally {
            lock.unlock();
        }
        inline.forEach(send -> send.complete(send.message().id()));
        if (!told.isEmpty()) {
            elsewhere.execute(() -> told.forEach(PendingSend::run));
        }
        for (Outgoing one : all) {
            if (!(one instanceof PendingSend)) {
                one.done(); // an answer or a move, which wait for nobody
            }
        }
        go.forEach(this::dispatch);
    }

    /** Tells those who watch that a send of the application succeeded. */
    void observe(PendingSend send) {
        if (events.observed()) {
            events.count(MqObserver.Event.SENT, send.to().name());
            events.time(MqObserver.Timing.SEND, send.to().name(), time.nanos() - send.startedNanos);
        }
        if (events.listened()) {
            events.tell(l -> l.sent(send.to().name(), send.message().id()));
        }
    }

    /** Tells those who watch that a send of the application failed. */
    void observeFailure(Place to, Message message, MessagingException failure) {
        events.count(MqObserver.Event.SEND_FAILED, to.name());
        if (events.listened()) {
            events.tell(l -> l.sendFailed(to.name(), message.id(), failure));
        }
    }

    /** A try failed. Called by the transport. */
    void failed(PendingSend send, Throwable cause) {
        MessagingException failure = cause instanceof MessagingException m
                ? m
                : TransportException.unknown("send to " + send.to().name() + " failed", cause);
        send.inFlight = false;
        send.lastFailure = failure;
        if (failure.outcome() == Outcome.UNKNOWN) {
            send.maybeSent = true;
        }
        if (failure instanceof DestinationNotFoundException && send.tries == 1 && declarations.forget(send.to())) {
            Waits.whenDone(declarations.declared(send.to()), (done, e) -> {
                if (e == null) {
                    tryAgain(send, Duration.ZERO);
                } else {
                    fail(send, failure);
                }
            });
            return;
        }
        if (send.retries == null) {
            send.retries = RETRY.asyncContext();
        }
        long wait = send.retries.onError(failure);
        if (wait < 0) {
            fail(send, failure);
        } else if (time.nanos() + TimeUnit.MILLISECONDS.toNanos(wait) >= send.deadlineNanos) {
            fail(send, timeout(send));
        } else {
            events.count(MqObserver.Event.SEND_RETRIED, send.to().name());
            tryAgain(send, Duration.ofMillis(wait));
        }
    }

    private void tryAgain(PendingSend send, Duration wait) {
        List<PendingSend> go = List.of();
        Object key = orderKey(send);
        lock.lock();
        try {
            if (send.state == PendingSend.ENDED) {
                return;
            }
            if (key != null) {
                go = keyed.failed(key, send);
            }
        } finally {
            lock.unlock();
        }
        if (key == null) {
            later(send, wait);
        } else {
            go.forEach(next -> later(next, wait));
        }
    }

    private void later(PendingSend send, Duration wait) {
        if (wait.isZero()) {
            again(send); // not by the timer: virtual time may stand still while the caller waits
        } else {
            time.schedule(wait, () -> again(send));
        }
    }

    private void again(PendingSend send) {
        lock.lock();
        try {
            if (send.state == PendingSend.ENDED) {
                return;
            }
            send.inFlight = true;
        } finally {
            lock.unlock();
        }
        dispatch(send);
    }

    private void fail(PendingSend send, MessagingException failure) {
        List<PendingSend> go;
        lock.lock();
        try {
            if (send.state == PendingSend.ENDED) {
                return;
            }
            go = end(send);
        } finally {
            lock.unlock();
        }
        if (send.inline) {
            send.completeExceptionally(failure);
        } else {
            elsewhere.execute(() -> {
                observeFailure(send.to(), send.message(), failure);
                send.completeExceptionally(failure);
            });
        }
        go.forEach(this::dispatch);
    }

    // Lock held.
    private List<PendingSend> end(PendingSend send) {
        send.state = PendingSend.ENDED;
        list.remove(send);
        if (send.bounded) {
            outstanding--;
            if (waiting > 0 && outstanding <= resumeAt) {
                room.signalAll();
            }
        }
        if (list.size() == 0) {
            drained.signalAll();
        }
        Object key = orderKey(send);
        List<PendingSend> go = key == null ? List.of() : keyed.ended(key, send);
        if (closed) {
            return List.of();
        }
        go.forEach(next -> next.inFlight = true);
        return go;
    }

    private boolean keepsOrder(PendingSend send) {
        return transport.capabilities(send.to().shape()).has(Capability.SEND_ORDER);
    }

    private static @Nullable Object orderKey(PendingSend send) {
        String key = send.message().key();
        return key != null && send.to().shape().ordered() && send.delayMillis() == 0
                ? List.of(send.to().name(), key)
                : null;
    }

    private void scheduleSweep() {
        lock.lock();
        try {
            if (sweeping || list.size() == 0) {
                return;
            }
            sweeping = true;
        } finally {
            lock.unlock();
        }
        time.schedule(SWEEP, this::sweep);
    }

    private void sweep() {
        List<PendingSend> late;
        boolean again;
        lock.lock();
        try {
            late = list.late(time.nanos());
            again = list.size() > 0;
            sweeping = again;
        } finally {
            lock.unlock();
        }
        late.forEach(send -> {
            if (send.inFlight) {
                send.maybeSent = true;
            }
            fail(send, timeout(send));
        });
        if (again) {
            time.schedule(SWEEP, this::sweep);
        }
    }

    private SendTimeoutException timeout(PendingSend send) {
        return new SendTimeoutException(
                send.to().name(), sendTimeout, send.maybeSent ? Outcome.UNKNOWN : Outcome.NOT_SENT, send.lastFailure);
    }

    private static ClientClosedException closedError(PendingSend send) {
        return new ClientClosedException(
                "client is closed: cannot send to " + send.to().name(),
                send.maybeSent || send.inFlight ? Outcome.UNKNOWN : Outcome.NOT_SENT,
                null);
    }

    /** Sends not yet ended. */
    int outstanding() {
        lock.lock();
        try {
            return list.size();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all sends have ended, or the deadline. */
    boolean awaitDrained(long deadlineNanos) {
        lock.lock();
        try {
            while (list.size() > 0) {
                long left = deadlineNanos - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                try {
                    if (drained.awaitNanos(left) <= 0) {
                        return list.size() == 0;
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Refuses new sends of applications; those of the engine still go. */
    void refuse() {
        lock.lock();
        try {
            refusing = true;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Fails what is left and returns how many there were. */
    int failAll() {
        List<PendingSend> all;
        lock.lock();
        try {
            closed = true;
            all = list.all();
        } finally {
            lock.unlock();
        }
        all.forEach(send -> fail(send, closedError(send)));
        return all.size();
    }
}

package dev.transload.mq.client;

import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.TransportException;
import dev.transload.mq.client.PendingSend.Told;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.TimeSource;
import dev.transload.mq.spi.Transport;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Every send of one client from the call to its end: bounds how many are outstanding, keeps keys in order, tries again
 * what may be tried again until the send timeout, and ends each exactly once.
 *
 * <p>Thread-safe. One lock guards the list of outstanding sends and the key lines; nothing is called while it is held.
 * Transports call {@link #confirmed}, {@link #confirmedTogether} and {@link #failed} on their threads; futures that
 * applications hold are completed on the completion thread, the others as {@link Told} says. While many are on their way,
 * that thread looks every half millisecond for those that have ended, for each waking of it costs more than a send.
 *
 * <p>Each send is ended once, by whoever {@link PendingSend#end} lets do so, who sees to it that it is taken off the list. A
 * transport that confirms one on which an application has hung something leaves it in {@link ConfirmedSends} without taking
 * the lock from those who send. There it is found by whoever needs to know first: the completion thread, a caller at the
 * bound, the sweep, the close.
 */
final class Sends implements SendRetries.Host {

    private static final Duration SWEEP = Duration.ofMillis(100);
    /** While so many sends are on their way, the completion thread is not woken for each. */
    private static final int MANY = 128;

    private final Transport transport;
    private final TimeSource time;
    private final Executor elsewhere;
    private final Executor elsewhereSoon;
    private final SendNews news;
    private final SendRetries retries;
    private final long sendTimeoutNanos;

    private final Lock lock = new ReentrantLock();
    private final SendBound bound;
    private final Condition drained = lock.newCondition();
    private final KeyedSends<PendingSend> keyed = new KeyedSends<>();
    private final SendList list = new SendList();
    private final ConfirmedSends confirmed = new ConfirmedSends();
    private final Runnable tell = this::tell;
    private final Runnable takeNote = this::takeOffConfirmed;
    /** Guarded: taken off the list, and to be told. */
    private ArrayDeque<PendingSend> told = new ArrayDeque<>();
    /** Guarded: whether the completion thread is going to look for those to be told. */
    private boolean telling;

    private int waitingToDrain;
    /** Set under the lock; a sender that reads true has been counted, so the sweep that ends looks again. */
    private volatile boolean sweeping;

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
        this.elsewhere = elsewhere;
        this.elsewhereSoon = elsewhereSoon;
        this.sendTimeoutNanos = settings.sendTimeout().toNanos();
        this.news = new SendNews(events, time, sendTimeoutNanos);
        this.retries = new SendRetries(time, news, declarations, settings.sendTimeout(), this);
        this.bound = new SendBound(settings, time, lock.newCondition());
    }

    /**
     * Sends a message of the application. Blocks at the bound of outstanding sends.
     *
     * @param told who completes the future
     * @param waiter the caller's thread if it waits as soon as this returns
     * @param nowNanos from when on its time runs
     */
    PendingSend send(Place to, Message message, long delayMillis, Told told, @Nullable Thread waiter, long nowNanos) {
        PendingSend send =
                new PendingSend(this, to, message, delayMillis, nowNanos + sendTimeoutNanos, told, waiter, true);
        start(send);
        return send;
    }

    /** Sends a message of the engine, outside the bound; tries again until the client is closed. */
    PendingSend sendInternal(Place to, Message message, long delayMillis) {
        PendingSend send = new PendingSend(
                this, to, message, delayMillis, time.nanos() + Long.MAX_VALUE / 2, Told.HERE, null, false);
        start(send);
        return send;
    }

    private void start(PendingSend send) {
        boolean go = true;
        if (send.bounded && bound.isRefusing()) {
            throw send.clientClosed(); // without the lock: callers who go on must not keep confirms from it
        }
        lock.lock();
        try {
            if (send.bounded) {
                awaitRoom(send);
            }
            if (closed || (send.bounded && bound.isRefusing())) {
                throw send.clientClosed();
            }
            if (send.bounded) {
                bound.enter();
            }
            list.append(send);
            Object key = send.orderKey();
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
        if (!bound.isShut()) {
            return;
        }
        bound.waitBegins();
        try {
            takeOffConfirmed();
            bound.awaitRoom(send, takeNote);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw TransportException.temporary(
                    "interrupted while waiting for room to send to " + send.to().name(), e);
        } finally {
            bound.waitEnds();
            confirmed.need(needed());
        }
    }

    // Marked as in flight: who ends it from now on says that it may have gone; who had ended it is seen here.
    private void dispatch(PendingSend send) {
        if (send.hasEnded()) {
            return;
        }
        send.tries++;
        transport.send(send);
        if (!sweeping && !send.hasEnded()) {
            scheduleSweep();
        }
    }

    /** How many may be outstanding, and who waits. */
    SendBound bound() {
        return bound;
    }

    /** Tells those who watch. */
    SendNews news() {
        return news;
    }

    /** The broker has the message. Called by the transport. */
    void confirmed(PendingSend send) {
        if (!send.end(PendingSend.CONFIRMED)) {
            return;
        }
        if (send.told == Told.HERE || send.orderKey() != null) {
            takeOffNow(send);
            return;
        }
        boolean firstToTell = confirmed.add(send);
        send.released();
        if (firstToTell) {
            tellOfConfirmed();
        }
        if (confirmed.areEnoughWith(send)) {
            lock.lock();
            try {
                takeOffConfirmed();
            } finally {
                lock.unlock();
            }
        }
    }

    private void takeOffNow(PendingSend send) {
        List<PendingSend> go;
        boolean many;
        lock.lock();
        try {
            go = takeOff(send);
            many = bound.outstanding() >= MANY;
        } finally {
            lock.unlock();
        }
        if (send.told != Told.ELSEWHERE) {
            send.completeHere();
        } else {
            (many ? elsewhereSoon : elsewhere).execute(send);
        }
        go.forEach(this::dispatch);
    }

    // Others may follow the first until the completion thread looks.
    private void tellOfConfirmed() {
        boolean many;
        lock.lock();
        try {
            if (telling) {
                return;
            }
            telling = true;
            many = bound.outstanding() > MANY;
        } finally {
            lock.unlock();
        }
        (many ? elsewhereSoon : elsewhere).execute(tell);
    }

    private void tell() {
        ArrayDeque<PendingSend> all;
        lock.lock();
        try {
            telling = false;
            takeOffConfirmed();
            all = told;
            told = new ArrayDeque<>();
        } finally {
            lock.unlock();
        }
        all.forEach(PendingSend::run);
    }

    // Lock held. Says first what is needed: of those that come while it takes, the last sees that they are enough.
    private void takeOffConfirmed() {
        int needed;
        do {
            needed = needed();
            confirmed.need(needed);
            confirmed.take(send -> {
                takeOff(send);
                if (send.isToBeTold()) {
                    told.add(send);
                }
            });
        } while (needed() < needed);
    }

    // Lock held: how many confirmed sends somebody waits for.
    private int needed() {
        return waitingToDrain > 0 ? 1 : bound.needed();
    }

    /** The broker has all of them. Called by the transport. */
    void confirmedTogether(List<? extends Outgoing> all) {
        List<PendingSend> here = new ArrayList<>();
        List<PendingSend> others = new ArrayList<>();
        List<PendingSend> go = new ArrayList<>();
        lock.lock();
        try {
            for (Outgoing one : all) {
                if (one instanceof PendingSend send && send.end(PendingSend.CONFIRMED)) {
                    go.addAll(takeOff(send));
                    send.released();
                    if (send.told == Told.HERE) {
                        here.add(send);
                    } else if (send.isToBeTold()) {
                        others.add(send);
                    }
                }
            }
        } finally {
            lock.unlock();
        }
        here.forEach(PendingSend::completeHere);
        if (!others.isEmpty()) {
            elsewhere.execute(() -> others.forEach(PendingSend::run));
        }
        for (Outgoing one : all) {
            if (!(one instanceof PendingSend)) {
                one.done(); // an answer or a move, which wait for nobody
            }
        }
        go.forEach(this::dispatch);
    }

    /** A try failed. Called by the transport. */
    void failed(PendingSend send, Throwable cause) {
        retries.failed(send, cause);
    }

    @Override
    public void tryAgain(PendingSend send, Duration wait) {
        List<PendingSend> go = List.of();
        Object key = send.orderKey();
        lock.lock();
        try {
            if (send.hasEnded()) {
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
            if (closed || send.hasEnded()) {
                return;
            }
            send.inFlight = true;
        } finally {
            lock.unlock();
        }
        dispatch(send);
    }

    @Override
    public boolean fail(PendingSend send, Function<PendingSend, MessagingException> why) {
        if (!send.end(PendingSend.FAILED)) {
            return false;
        }
        MessagingException failure = why.apply(send);
        List<PendingSend> go;
        lock.lock();
        try {
            go = takeOff(send);
        } finally {
            lock.unlock();
        }
        if (send.told != Told.ELSEWHERE) {
            send.failHere(failure);
        } else {
            elsewhere.execute(() -> {
                news.failed(send.to(), send.message(), failure);
                send.completeExceptionally(failure);
            });
        }
        go.forEach(this::dispatch);
        return true;
    }

    // Lock held, by whoever ended it. Returns those that may go now.
    private List<PendingSend> takeOff(PendingSend send) {
        list.remove(send);
        if (send.bounded) {
            bound.leave();
        }
        if (list.size() == 0) {
            drained.signalAll();
        }
        Object key = send.orderKey();
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
            takeOffConfirmed();
            late = list.late(time.nanos());
            again = list.size() > 0;
            sweeping = again;
        } finally {
            lock.unlock();
        }
        late.forEach(send -> fail(send, retries::timeout));
        if (again) {
            time.schedule(SWEEP, this::sweep);
        }
    }

    /** Sends not yet ended. */
    int outstanding() {
        lock.lock();
        try {
            takeOffConfirmed();
            return list.size();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all sends have ended, or the deadline. */
    boolean awaitDrained(long deadlineNanos) {
        lock.lock();
        waitingToDrain++;
        try {
            takeOffConfirmed();
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
            waitingToDrain--;
            confirmed.need(needed());
            lock.unlock();
        }
    }

    /** Refuses new sends of applications; those of the engine still go. */
    void refuse() {
        lock.lock();
        try {
            bound.refuse();
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
            takeOffConfirmed();
            all = list.all();
        } finally {
            lock.unlock();
        }
        int failed = 0;
        for (PendingSend send : all) {
            if (fail(send, PendingSend::clientClosed)) {
                failed++;
            }
        }
        return failed;
    }
}

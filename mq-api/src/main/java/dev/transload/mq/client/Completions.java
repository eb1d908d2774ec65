package dev.transload.mq.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs what applications hang on futures, in order, on one thread of the client, so that none of it runs on a broker
 * client's I/O thread. The thread takes all that has gathered at once; it starts with the first task.
 *
 * <p>After tasks that may wait the thread pauses for half a millisecond before it looks again, and only when nothing has
 * come by then sleeps until it is woken: where thousands come in a second, each waking costs more than what is to be done.
 *
 * <p>Thread-safe. Neither {@link #run} nor {@link #runSoon} blocks for longer than the lock.
 */
final class Completions {

    private static final Logger LOG = LoggerFactory.getLogger(Completions.class);

    private static final Duration PAUSE = Duration.ofNanos(500_000); // measured: 250 to 1,000 µs, see ADR 0027

    private final String name;
    private final long pauseNanos;
    private final Lock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    /** Whether the thread sleeps until it is woken. */
    private boolean waiting;
    /** Whether it pauses until more has gathered. */
    private boolean pausing;
    /** Whether more is to be expected: a task that may wait has come since the last pause. */
    private boolean more;

    private boolean started;
    private boolean closed;

    Completions(String clientId) {
        this(clientId, PAUSE);
    }

    /** With another time for which tasks that may wait do so. */
    Completions(String clientId, Duration pause) {
        this.name = "mq-" + clientId + "-completions";
        this.pauseNanos = pause.toNanos();
    }

    /** Runs the task at once. After the close it runs in the calling thread: nobody is left to do it. */
    void run(Runnable task) {
        add(task, false);
    }

    /**
     * Runs the task within about half a millisecond, together with others that are added meanwhile, which costs far less
     * than waking the thread for each. After the close as {@link #run}.
     */
    void runSoon(Runnable task) {
        add(task, true);
    }

    private void add(Runnable task, boolean soon) {
        lock.lock();
        try {
            if (!closed) {
                tasks.add(task);
                more |= soon;
                if (!started) {
                    started = true;
                    Thread thread = new Thread(this::loop, name);
                    thread.setDaemon(true);
                    thread.start();
                } else if (waiting || (pausing && !soon)) {
                    waiting = false;
                    pausing = false;
                    work.signal();
                }
                return;
            }
        } finally {
            lock.unlock();
        }
        runSafely(task);
    }

    /** Runs what is there and ends the thread. */
    void close() {
        lock.lock();
        try {
            closed = true;
            waiting = false;
            pausing = false;
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    private void loop() {
        ArrayDeque<Runnable> batch = new ArrayDeque<>();
        while (true) {
            lock.lock();
            try {
                if (tasks.isEmpty() && more) {
                    pause();
                }
                while (tasks.isEmpty()) {
                    if (closed) {
                        return;
                    }
                    waiting = true;
                    work.awaitUninterruptibly();
                }
                waiting = false;
                ArrayDeque<Runnable> full = tasks;
                tasks = batch;
                batch = full;
            } finally {
                lock.unlock();
            }
            for (Runnable task = batch.poll(); task != null; task = batch.poll()) {
                runSafely(task);
            }
        }
    }

    // Lock held, until the time is over or a task comes that may not wait.
    private void pause() {
        long left = pauseNanos;
        more = false;
        pausing = !closed;
        while (pausing && left > 0) {
            try {
                left = work.awaitNanos(left);
            } catch (InterruptedException e) {
                break; // code of an application interrupted its thread, which is nothing to it
            }
        }
        pausing = false;
    }

    private static void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.warn("code hung on a future failed: {}", LogText.of(e));
        }
    }
}

package dev.transload.mq.client;

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
 * <p>Thread-safe. {@link #run} never blocks for longer than the lock.
 */
final class Completions {

    private static final Logger LOG = LoggerFactory.getLogger(Completions.class);

    private final String name;
    private final Lock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private boolean waiting;
    private boolean started;
    private boolean closed;

    Completions(String clientId) {
        this.name = "mq-" + clientId + "-completions";
    }

    /** Runs the task soon. After the close it runs in the calling thread: nobody is left to do it. */
    void run(Runnable task) {
        lock.lock();
        try {
            if (!closed) {
                tasks.add(task);
                if (!started) {
                    started = true;
                    Thread thread = new Thread(this::loop, name);
                    thread.setDaemon(true);
                    thread.start();
                } else if (waiting) {
                    waiting = false;
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

    private static void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.warn("code hung on a future failed: {}", LogText.of(e));
        }
    }
}

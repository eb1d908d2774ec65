package dev.transload.mq.rabbitmq;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one I/O thread has for consumers, run by that thread: not one by one, but when all that the socket gave is read
 * and the thread is about to ask for more. Deliveries that came together reach the engine together, and the client's
 * work pool makes its block once for all of them. Nothing waits for longer than the thread takes to read what it has.
 *
 * <p>Belongs to its thread. After the connection has ended tasks run at once.
 */
final class InboundBatches {

    /** Frames after which tasks run though more is there; far fewer than the client's work pool has room for. */
    private static final int MOST_FRAMES = 192;

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<Runnable> last = new ArrayList<>();
    private int frames;
    private boolean open;

    /** Those of the calling thread, if it reads from a connection that is open. */
    static @Nullable InboundBatches current() {
        return Thread.currentThread() instanceof RabbitMqConnections.IoThread thread && thread.inbound().open
                ? thread.inbound()
                : null;
    }

    /** The thread is about to read a frame. */
    void reading() {
        open = true;
        if (++frames >= MOST_FRAMES) {
            run();
        }
    }

    /** Adds a task. */
    void add(Runnable task) {
        tasks.add(task);
    }

    /** Adds a task that runs when the others have. */
    void addLast(Runnable task) {
        last.add(task);
    }

    /** Runs what waits. */
    void run() {
        frames = 0;
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        for (int i = 0; i < last.size(); i++) {
            last.get(i).run();
        }
        last.clear();
    }

    /** Runs what waits, for the last time. */
    void end() {
        run();
        open = false;
    }
}

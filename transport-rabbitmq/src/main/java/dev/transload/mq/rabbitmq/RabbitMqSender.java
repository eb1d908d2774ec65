package dev.transload.mq.rabbitmq;

import dev.transload.mq.ClientClosedException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.Outcome;
import dev.transload.mq.spi.Outgoing;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes messages to the sending connection and tells each how it ended.
 *
 * <p>While little is in flight a message is written by the thread that sends it, which saves a change of threads; so
 * little that it fits the socket's buffer, so the caller does not wait for the network. Else it is left to a thread of
 * the sender's own, which writes what has gathered and flushes once. While the broker blocks the connection, as it
 * does when memory or disk run out, messages wait here and the engine's send timeout governs.
 *
 * <p>Thread-safe.
 */
final class RabbitMqSender {

    private static final int DIRECT_MESSAGES = 16;
    private static final long DIRECT_BYTES = 64 * 1024;
    private static final int BATCH = 256;

    private final Queue<Outgoing> queue = new ConcurrentLinkedQueue<>();
    /** Held while writing to the network: the one lock that is. */
    private final ReentrantLock writing = new ReentrantLock();

    /** The sender's own thread. */
    final Thread writer;

    private volatile @Nullable SendSession session;
    private volatile String why = "not connected yet";
    private volatile boolean parked;
    private volatile boolean closed;

    RabbitMqSender() {
        writer = RabbitMqConnections.daemon(this::run, "mq-rabbitmq-sender-1");
        writer.start();
    }

    /** Starts writing to a connection. */
    void up(SendSession fresh) {
        fresh.onProgress(this::progress);
        session = fresh;
        wake();
    }

    /** Fails all that is written and not confirmed, and all that waits. */
    void down(String reason, Throwable cause) {
        SendSession gone = session;
        session = null;
        why = reason;
        if (gone != null) {
            gone.lost(reason, cause);
        }
        wake();
    }

    /** The connection's channels, or null while there is none. */
    @Nullable
    SendSession session() {
        return session;
    }

    /** Sends one message. */
    void send(Outgoing message) {
        SendSession now = session;
        if (now == null) {
            fail(message);
            return;
        }
        queue.add(message);
        if (closed) {
            failWaiting(); // the writer may have looked for the last time
        } else if (mayWriteHere(now)) {
            writeHere(now);
        } else {
            wake();
        }
    }

    /** Whether so little is in flight that the calling thread may write. */
    static boolean mayWriteHere(SendSession now) {
        return now.inFlight() < DIRECT_MESSAGES
                && now.inFlightBytes() < DIRECT_BYTES
                && !now.blocked()
                && !(Thread.currentThread() instanceof RabbitMqConnections.IoThread);
    }

    // Whoever finds the lock taken may leave: the holder looks again after it let go.
    private void writeHere(SendSession now) {
        while (!queue.isEmpty() && writing.tryLock()) {
            try {
                int written = 0;
                while (written < DIRECT_MESSAGES && mayWriteHere(now)) {
                    Outgoing message = queue.poll();
                    if (message == null) {
                        break;
                    }
                    if (written++ == 0 && !queue.isEmpty()) {
                        now.begin();
                    }
                    now.write(message);
                }
                now.end();
            } catch (IOException | RuntimeException e) {
                now.broken(e);
            } finally {
                writing.unlock();
            }
            if (!mayWriteHere(now)) {
                break;
            }
        }
        if (!queue.isEmpty()) {
            wake();
        }
    }

    private void run() {
        while (!closed) {
            SendSession now = session;
            if (now == null) {
                failWaiting();
                park();
            } else if (queue.isEmpty() || !now.ready()) {
                park();
            } else {
                writeBatch(now);
            }
        }
        failWaiting();
    }

    private void writeBatch(SendSession now) {
        writing.lock();
        try {
            now.begin();
            for (int i = 0; i < BATCH && now.ready(); i++) {
                Outgoing message = queue.poll();
                if (message == null) {
                    break;
                }
                now.write(message);
            }
            now.end();
        } catch (IOException | RuntimeException e) {
            now.broken(e);
        } finally {
            writing.unlock();
        }
    }

    private void park() {
        parked = true;
        SendSession now = session;
        if (!closed && (now == null ? queue.isEmpty() : queue.isEmpty() || !now.ready())) {
            LockSupport.park(this);
        }
        parked = false;
    }

    private void progress() {
        if (!queue.isEmpty()) {
            wake();
        }
    }

    private void wake() {
        if (parked) {
            LockSupport.unpark(writer);
        }
    }

    private void failWaiting() {
        for (Outgoing message = queue.poll(); message != null; message = queue.poll()) {
            fail(message);
        }
    }

    private void fail(Outgoing message) {
        String to = "cannot send to " + message.to().name();
        message.failed(
                closed
                        ? new ClientClosedException("rabbitmq: closed, " + to, null)
                        : new ConnectionLostException("rabbitmq: " + to + ": " + why, Outcome.NOT_SENT, null));
    }

    /** Fails what is left and ends the thread. */
    void close() {
        closed = true;
        down("closed", new IOException("closed"));
        LockSupport.unpark(writer);
    }
}

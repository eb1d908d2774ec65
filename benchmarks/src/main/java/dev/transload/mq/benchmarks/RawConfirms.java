package dev.transload.mq.benchmarks;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmListener;
import java.io.IOException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A window of unconfirmed messages by hand: confirms move its lower end, the one sending thread waits while it is full
 * and goes on when a quarter is free.
 */
final class RawConfirms implements ConfirmListener {

    private final int size;
    private final Lock lock = new ReentrantLock();
    private final boolean[] open;
    private long published;
    private volatile long confirmed;
    private volatile boolean refused;
    private volatile Thread sleeper = Thread.currentThread();
    private volatile long wakeAt = Long.MAX_VALUE;

    RawConfirms(Channel channel, int size) throws IOException {
        this.size = size;
        this.open = new boolean[Integer.highestOneBit(size * 2)];
        channel.confirmSelect();
        channel.addConfirmListener(this);
    }

    /** A message is about to be published under this number; waits for room. */
    void begin(long number) {
        lock.lock();
        try {
            published = number;
            open[(int) number & (open.length - 1)] = true;
        } finally {
            lock.unlock();
        }
        if (number - confirmed > size) {
            await(number - size + size / 4);
        }
    }

    /** Waits until everything up to this number is confirmed. */
    void await(long number) {
        sleeper = Thread.currentThread();
        wakeAt = number;
        while (confirmed < number && !refused) {
            LockSupport.park(this);
        }
        wakeAt = Long.MAX_VALUE;
        if (refused) {
            throw new IllegalStateException("the broker refused a message");
        }
    }

    @Override
    public void handleAck(long number, boolean multiple) {
        long end = confirmed;
        lock.lock();
        try {
            if (multiple) {
                end = Math.max(end, number);
            } else {
                open[(int) number & (open.length - 1)] = false;
            }
            while (end < published && !open[(int) (end + 1) & (open.length - 1)]) {
                end++;
            }
        } finally {
            lock.unlock();
        }
        confirmed = end;
        if (end >= wakeAt) {
            LockSupport.unpark(sleeper);
        }
    }

    @Override
    public void handleNack(long number, boolean multiple) {
        refused = true;
        LockSupport.unpark(sleeper);
    }
}

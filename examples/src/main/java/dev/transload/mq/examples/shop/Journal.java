package dev.transload.mq.examples.shop;

import dev.transload.mq.Failure;
import dev.transload.mq.Message;
import dev.transload.mq.MessageHandler;
import dev.transload.mq.MqListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** What happened in the shop, by chapter and subject, in the order it happened for each. Thread-safe. */
final class Journal {

    private static final Duration LOOK = Duration.ofMillis(50);

    private final Lock lock = new ReentrantLock();
    private final Condition written = lock.newCondition();
    private final Map<String, Map<String, List<String>>> chapters = new TreeMap<>();

    /** Writes down one thing. */
    void note(String chapter, String subject, String what) {
        lock.lock();
        try {
            chapters.computeIfAbsent(chapter, c -> new TreeMap<>())
                    .computeIfAbsent(subject, s -> new ArrayList<>())
                    .add(what);
            written.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A handler whose calls are written down: which message, which attempt, how it ended. */
    <T> MessageHandler<T> noting(String who, MessageHandler<T> handler) {
        return delivery -> {
            String call = "attempt " + delivery.attempt();
            try {
                handler.handle(delivery);
            } catch (Exception e) {
                note(who, delivery.id(), call + " failed");
                throw e;
            }
            note(who, delivery.id(), call + " done");
        };
    }

    /** Writes down what ends without a call of a handler. */
    MqListener listener(String who) {
        return new MqListener() {
            @Override
            public void duplicateSkipped(String source, Message message) {
                note(who, message.id(), "duplicate skipped");
            }

            @Override
            public void deadLettered(String source, Message message, Failure failure) {
                note(who, message.id(), "set aside: " + failure.reason());
            }

            @Override
            public void discarded(String source, Message message, String why) {
                note(who, message.id(), "discarded: " + why);
            }
        };
    }

    /** What was written down about a subject. */
    List<String> notes(String chapter, String subject) {
        lock.lock();
        try {
            return List.copyOf(chapters.getOrDefault(chapter, Map.of()).getOrDefault(subject, List.of()));
        } finally {
            lock.unlock();
        }
    }

    /** All of it, a line for each subject. */
    List<String> lines() {
        lock.lock();
        try {
            List<String> lines = new ArrayList<>();
            chapters.forEach((chapter, subjects) ->
                    subjects.forEach((subject, notes) -> lines.add(chapter + " | " + subject + " | " + notes)));
            return lines;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for something to be so, and looks whenever something was written, and now and then.
     *
     * @throws IllegalStateException if it is not so after that time
     */
    void await(String what, Duration most, BooleanSupplier holds) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException(
                        "not within " + most.toSeconds() + " s: " + what + "; so far: " + lines());
            }
            lock.lock();
            try {
                written.await(LOOK.toNanos(), TimeUnit.NANOSECONDS);
            } finally {
                lock.unlock();
            }
        }
    }
}

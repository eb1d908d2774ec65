package dev.transload.mq.client;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Makes the threads that handlers run on: virtual ones where the JVM has them, unless told otherwise. */
final class HandlerThreads {

    private static final @Nullable Method IS_VIRTUAL = asksWhetherVirtual();

    private HandlerThreads() {}

    /** Threads named {@code mq-<client>-<source>-<n>}. Virtual from Java 21 on if wanted, else daemon threads. */
    static ThreadFactory named(String clientId, String source, boolean virtualIfPossible) {
        String prefix = "mq-" + clientId + "-" + source + "-";
        ThreadFactory virtual = virtualIfPossible ? virtual(prefix) : null;
        if (virtual != null) {
            return virtual;
        }
        AtomicLong number = new AtomicLong();
        return task -> {
            Thread thread = new Thread(task, prefix + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        };
    }

    // Reached by reflection since the code is compiled for Java 17.
    private static @Nullable ThreadFactory virtual(String prefix) {
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            Class<?> type = Class.forName("java.lang.Thread$Builder$OfVirtual");
            Method name = type.getMethod("name", String.class, long.class);
            Method factory = type.getMethod("factory");
            return (ThreadFactory) factory.invoke(name.invoke(builder, prefix, 0L));
        } catch (NoSuchMethodException | ClassNotFoundException e) {
            return null; // before Java 21
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("virtual threads exist but cannot be made", e);
        }
    }

    /** Whether it is a virtual thread: an interrupt closes the socket that one of those reads. */
    static boolean isVirtual(Thread thread) {
        Method known = IS_VIRTUAL;
        try {
            return known != null && (boolean) known.invoke(thread);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("virtual threads exist but cannot be told", e);
        }
    }

    private static @Nullable Method asksWhetherVirtual() {
        try {
            return Thread.class.getMethod("isVirtual");
        } catch (NoSuchMethodException e) {
            return null; // before Java 21
        }
    }
}

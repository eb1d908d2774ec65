package dev.transload.mq.tck;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes note of what nobody catches on the threads that a case starts, itself or through its clients. */
final class OtherThreads {

    private static final Logger LOG = LoggerFactory.getLogger(OtherThreads.class);

    /** Weak, since threads of a broker that all cases share live longer than the case in which they began. */
    private static final InheritableThreadLocal<@Nullable WeakReference<Tck>> CASE = new InheritableThreadLocal<>();

    private OtherThreads() {}

    /** From now on, what this thread starts belongs to the case. */
    static void begin(Tck tck) {
        CASE.set(new WeakReference<>(tck));
    }

    static void end() {
        CASE.remove();
    }

    /**
     * Has uncaught exceptions told to the case they belong to, and all others to whom they were told before.
     * Running what is returned ends it.
     */
    static Runnable watch() {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            WeakReference<Tck> reference = CASE.get();
            Tck tck = reference == null ? null : reference.get();
            boolean told = tck != null && tck.uncaught(thread, thrown);
            if (!told && before != null) {
                before.uncaughtException(thread, thrown);
            } else if (!told) {
                LOG.error("uncaught on {}", thread.getName(), thrown);
            }
        });
        return () -> Thread.setDefaultUncaughtExceptionHandler(before);
    }
}

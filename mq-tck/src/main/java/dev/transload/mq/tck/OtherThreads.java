package dev.transload.mq.tck;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes note of what nobody catches on the threads that a case starts, itself or through its clients. */
final class OtherThreads {

    private static final InheritableThreadLocal<@Nullable Tck> CASE = new InheritableThreadLocal<>();

    private OtherThreads() {}

    /** From now on, what this thread starts belongs to the case. */
    static void begin(Tck tck) {
        CASE.set(tck);
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
            Optional<Tck> tck = Optional.ofNullable(CASE.get());
            tck.ifPresent(each -> each.uncaught(thread, thrown));
            if (tck.isEmpty() && before != null) {
                before.uncaughtException(thread, thrown);
            }
        });
        return () -> Thread.setDefaultUncaughtExceptionHandler(before);
    }
}

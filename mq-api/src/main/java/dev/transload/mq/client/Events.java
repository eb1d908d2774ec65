package dev.transload.mq.client;

import dev.transload.mq.MqListener;
import dev.transload.mq.MqObserver;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners and the observer what happened: on handler and caller threads where it happens, and what happens on a
 * transport's or timer's thread on the client's completion thread, since it is code of the application. Counts and times
 * are taken where they arise. What any of them throws is logged and goes no further. Immutable.
 */
final class Events {

    private static final Logger LOG = LoggerFactory.getLogger("dev.transload.mq.events");

    /** Nobody is told of anything. */
    static final Events SILENT = new Events(List.of(), MqObserver.NONE, Runnable::run);

    private final MqListener[] listeners;
    private final MqObserver observer;
    private final boolean observed;
    private final Executor elsewhere;

    /** Makes the set of those who are told; {@code elsewhere} runs tasks on the client's completion thread. */
    Events(List<MqListener> listeners, MqObserver observer, Executor elsewhere) {
        this.elsewhere = elsewhere;
        this.listeners = listeners.toArray(new MqListener[0]);
        this.observer = observer;
        this.observed = observer != MqObserver.NONE;
    }

    /** These and one more listener. */
    Events with(@Nullable MqListener more) {
        if (more == null) {
            return this;
        }
        List<MqListener> all = new java.util.ArrayList<>(List.of(listeners));
        all.add(more);
        return new Events(all, observer, elsewhere);
    }

    /** Whether anyone listens; callers skip making arguments when nobody does. */
    boolean listened() {
        return listeners.length > 0;
    }

    /** Whether counts and times go anywhere. */
    boolean observed() {
        return observed;
    }

    /** Calls every listener. */
    void tell(Consumer<MqListener> event) {
        for (MqListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException | Error e) {
                LOG.warn("a listener failed: {}", LogText.of(e));
            }
        }
    }

    /** Calls every listener, on the client's completion thread. */
    void tellElsewhere(Consumer<MqListener> event) {
        if (listeners.length > 0) {
            elsewhere.execute(() -> tell(event));
        }
    }

    /** Counts one. */
    void count(MqObserver.Event event, String destination) {
        if (observed) {
            try {
                observer.count(event, destination, 1);
            } catch (RuntimeException | Error e) {
                LOG.warn("the observer failed: {}", LogText.of(e));
            }
        }
    }

    /** Records a time. */
    void time(MqObserver.Timing timing, String destination, long nanos) {
        if (observed) {
            try {
                observer.time(timing, destination, nanos);
            } catch (RuntimeException | Error e) {
                LOG.warn("the observer failed: {}", LogText.of(e));
            }
        }
    }
}

package dev.transload.mq.client;

import dev.transload.mq.MqListener;
import dev.transload.mq.MqObserver;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners and the observer what happened, on the thread where it happens. What they throw is logged and goes
 * no further. Immutable.
 */
final class Events {

    private static final Logger LOG = LoggerFactory.getLogger("dev.transload.mq.events");

    private final MqListener[] listeners;
    private final MqObserver observer;
    private final boolean observed;

    Events(List<MqListener> listeners, MqObserver observer) {
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
        return new Events(all, observer);
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
                LOG.warn("a listener failed: {}", e.toString());
            }
        }
    }

    /** Counts one. */
    void count(MqObserver.Event event, String destination) {
        if (observed) {
            try {
                observer.count(event, destination, 1);
            } catch (RuntimeException | Error e) {
                LOG.warn("the observer failed: {}", e.toString());
            }
        }
    }

    /** Records a time. */
    void time(MqObserver.Timing timing, String destination, long nanos) {
        if (observed) {
            try {
                observer.time(timing, destination, nanos);
            } catch (RuntimeException | Error e) {
                LOG.warn("the observer failed: {}", e.toString());
            }
        }
    }
}

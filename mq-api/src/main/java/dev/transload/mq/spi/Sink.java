package dev.transload.mq.spi;

import java.util.List;

/**
 * Where a receiver puts what it gets. Implemented by the engine; never blocks, never throws.
 *
 * <p>Calls of one receiver do not overlap. Before a call returns, the engine may have settled the delivery, given credit
 * or sent a message, on this thread or another: a transport calls it with no lock held, and with its own state in order.
 */
public interface Sink {

    /** Takes one delivery, in broker order per {@link Incoming#lane()}, within the credit given. */
    void deliver(Incoming delivery);

    /** Takes deliveries that came together. */
    default void deliver(List<? extends Incoming> batch) {
        for (int i = 0; i < batch.size(); i++) {
            deliver(batch.get(i));
        }
    }

    /**
     * Takes notice that deliveries are no longer this client's: lease over, lane given to another, connection gone.
     * Their credit comes back through {@link Receiver#credit}, as that of settled deliveries does. On an ordered shape
     * a lost delivery takes all later ones of its lane with it. A settle that was under way fails by itself.
     */
    void lost(List<? extends Incoming> deliveries, String why);

    /** Takes notice that the receiver ended for good, such as a deleted queue or a revoked permission. */
    void failed(Throwable cause);
}

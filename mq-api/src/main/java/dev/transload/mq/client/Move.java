package dev.transload.mq.client;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;

/**
 * A message that is sent and whose source delivery is settled in one step. Immutable.
 *
 * @param <T> type of the payload
 */
record Move<T>(
        Outcomes<T> outcomes,
        EngineDelivery<T> delivery,
        Place to,
        Message message,
        long delayMillis,
        Runnable then,
        Runnable again)
        implements Outgoing {

    @Override
    public void done() {
        outcomes.moved(delivery, then);
    }

    @Override
    public void failed(Throwable cause) {
        if (cause instanceof dev.transload.mq.LeaseLostException) {
            outcomes.moveLost(delivery, cause);
        } else {
            outcomes.trouble(delivery, to, cause, again);
        }
    }
}

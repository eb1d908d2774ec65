package dev.transload.mq.client;

import dev.transload.mq.LeaseLostException;
import dev.transload.mq.Message;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;

/**
 * A reply that is sent and whose request is acked in one step. Immutable.
 *
 * @param <T> type of the request's payload
 */
record Answer<T>(Outcomes<T> outcomes, EngineDelivery<T> delivery, Place to, Message message, Runnable nobody)
        implements Outgoing {

    @Override
    public long delayMillis() {
        return 0;
    }

    @Override
    public void done() {
        outcomes.answered(delivery);
    }

    @Override
    public void failed(Throwable cause) {
        if (cause instanceof LeaseLostException) {
            outcomes.moveLost(delivery, cause);
        } else {
            outcomes.notAnswered(this, cause);
        }
    }
}

package dev.transload.mq.tck;

import dev.transload.mq.Delivery;
import dev.transload.mq.MqListener;
import java.time.Duration;

/** A listener that fails at every event of an ordinary delivery. */
final class ThrowingListener implements MqListener {

    @Override
    public void sent(String destination, String id) {
        throw new Boom("listener: sent");
    }

    @Override
    public void delivered(Delivery<?> delivery) {
        throw new Boom("listener: delivered");
    }

    @Override
    public void completed(Delivery<?> delivery, Duration handling) {
        throw new Boom("listener: completed");
    }

    @Override
    public void failed(Delivery<?> delivery, Throwable cause) {
        throw new Boom("listener: failed");
    }

    @Override
    public void retried(Delivery<?> delivery, Duration delay) {
        throw new Boom("listener: retried");
    }
}

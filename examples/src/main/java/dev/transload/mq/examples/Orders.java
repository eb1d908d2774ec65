package dev.transload.mq.examples;

import dev.transload.mq.MessageHandler;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.Topic;
import dev.transload.mq.client.MqClient;
import java.time.Duration;

/** Events of orders: each group gets all of them, and those of one order in their order. */
public final class Orders {

    /** Something that happened to an order. */
    public record OrderEvent(String orderId, String what) {}

    static final Topic<OrderEvent> ORDERS = Topic.of("orders", OrderEvent.class).ordered();

    private Orders() {}

    /** Tells all groups. */
    public static void happened(MqClient mq, OrderEvent event) {
        mq.send(ORDERS, event, SendOptions.key(event.orderId()));
    }

    /** Tells all groups later. */
    public static void remind(MqClient mq, OrderEvent event, Duration delay) {
        mq.send(ORDERS, event, SendOptions.key(event.orderId()).delay(delay));
    }

    /** Handles all events, in order for each order; an order whose event fails waits, other orders go on. */
    public static Subscription process(MqClient mq, MessageHandler<OrderEvent> handler) {
        return mq.subscribe(
                ORDERS.group("order-processor"),
                handler,
                SubscribeOptions.builder()
                        .concurrency(16)
                        .retry(RetryPolicy.fixed(5, Duration.ofSeconds(1)))
                        .build());
    }

    /** Looks on: sees what is sent from now on, and leaves nothing behind. */
    public static Subscription watch(MqClient mq, MessageHandler<OrderEvent> handler) {
        return mq.subscribe(ORDERS.ephemeral(), handler);
    }
}

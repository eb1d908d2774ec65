package dev.transload.mq.examples;

import dev.transload.mq.Idempotency;
import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.MessageHandler;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.Topic;
import dev.transload.mq.client.MqClient;

/** Publish and subscribe: an order that was paid is told once, and each group gets it. */
public final class PaidOrders {

    /** An order that was paid. */
    public record PaidOrder(String id, String article, int count) {}

    static final Topic<PaidOrder> PAID = Topic.of("shop.order-paid", PaidOrder.class);

    private PaidOrders() {}

    /** Tells all groups. */
    public static void paid(MqClient mq, PaidOrder order) {
        mq.send(PAID, order);
    }

    /** Takes articles from stock: once for each order, though it may be told twice. */
    public static Subscription takeFromStock(MqClient mq, MessageHandler<PaidOrder> stock, IdempotencyStore store) {
        return mq.subscribe(
                PAID.group("stock"),
                stock,
                SubscribeOptions.builder()
                        .idempotency(Idempotency.<PaidOrder>by(
                                delivery -> delivery.payload().id(), store))
                        .build());
    }

    /** Asks for each to be shipped. */
    public static Subscription ship(MqClient mq, MessageHandler<PaidOrder> carrier) {
        return mq.subscribe(PAID.group("shipping"), carrier);
    }

    /** Writes down whatever happens in the shop, be it a payment or what another topic of it tells. */
    public static Subscription writeDown(MqClient mq, MessageHandler<String> book) {
        return mq.subscribe(Topic.pattern("shop.*", String.class).group("audit"), book);
    }
}

package dev.transload.mq.examples.shop;

import dev.transload.mq.client.MqClient;

/** Runs one day of the shop on the broker that the first argument names, and prints what was observed. */
public final class ShopProgram {

    private ShopProgram() {}

    /** {@code java … dev.transload.mq.examples.shop.ShopProgram kafka://localhost} */
    public static void main(String[] args) throws InterruptedException {
        try (MqClient mq = MqClient.connect(args[0])) {
            System.err.println("The shop is open on " + mq.explain().broker() + ".");
            new OneDay(mq).observe().forEach(System.out::println);
        }
    }
}

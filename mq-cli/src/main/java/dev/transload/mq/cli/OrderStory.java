package dev.transload.mq.cli;

import dev.transload.mq.Delivery;
import dev.transload.mq.Group;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.Topic;
import java.time.Duration;
import java.util.List;

/** Events in order for each order number, even while one of them is retried. */
final class OrderStory implements Story {

    private static final List<String> KEYS = List.of("order-1", "order-2", "order-3");
    private static final List<String> STEPS = List.of("placed", "paid", "shipped");

    @Override
    public String title() {
        return "Order: the steps of each order, in order, though one of them fails";
    }

    @Override
    public void tell(Stage stage) {
        Topic<String> orders = stage.topic("orders", String.class, Topic::ordered);
        Group<String> processor = stage.group(orders, "order-processor");
        Seen<Step> seen = new Seen<>();
        SubscribeOptions options = SubscribeOptions.builder()
                .concurrency(4)
                .retry(RetryPolicy.fixed(3, Duration.ofSeconds(1)))
                .build();

        try (Subscription process = stage.mq().subscribe(processor, delivery -> handle(delivery, seen), options)) {
            for (String step : STEPS) {
                KEYS.forEach(key -> stage.mq().send(orders, step, SendOptions.key(key)));
            }
            stage.say(
                    "sent placed, paid, shipped for order-1, order-2 and order-3, interleaved, with the order as key");
            stage.say("the payment of order-2 fails at first and is tried again after 1000 ms");

            List<Step> all = seen.await(10, "the handling of 9 events and a retry");
            for (String key : KEYS) {
                List<String> steps = all.stream()
                        .filter(s -> s.key().equals(key))
                        .map(Step::text)
                        .toList();
                List<String> expected =
                        key.equals("order-2") ? List.of("placed", "paid failed", "paid", "shipped") : STEPS;
                stage.verify(key + ": " + String.join(", ", expected), steps.equals(expected), steps);
            }
            int again = indexOf(all, "order-2", "paid");
            stage.verify(
                    "order-1 and order-3 did not wait for order-2",
                    indexOf(all, "order-1", "shipped") < again && indexOf(all, "order-3", "shipped") < again,
                    all);
        }
    }

    private static void handle(Delivery<String> delivery, Seen<Step> seen) {
        String key = delivery.key().orElseThrow();
        String step = delivery.payload();
        if (key.equals("order-2") && step.equals("paid") && delivery.attempt() == 1) {
            seen.add(new Step(key, step + " failed"));
            throw new IllegalStateException("the bank does not answer");
        }
        seen.add(new Step(key, step));
    }

    private static int indexOf(List<Step> all, String key, String text) {
        return all.indexOf(new Step(key, text));
    }

    private record Step(String key, String text) {}
}

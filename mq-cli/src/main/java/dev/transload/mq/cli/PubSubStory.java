package dev.transload.mq.cli;

import dev.transload.mq.Group;
import dev.transload.mq.Subscription;
import dev.transload.mq.Topic;
import java.util.List;

/** A topic with two groups: each gets everything, and the members of one share. */
final class PubSubStory implements Story {

    private static final List<String> ORDERS = List.of("order-1", "order-2", "order-3", "order-4");

    @Override
    public String title() {
        return "Publish and subscribe: one event, two groups";
    }

    @Override
    public void tell(Stage stage) {
        Topic<String> placed = stage.topic("orders-placed", String.class, plain -> plain);
        Group<String> billing = stage.group(placed, "billing");
        Group<String> shipping = stage.group(placed, "shipping");
        Seen<String> billed = new Seen<>();
        Seen<String> shipped = new Seen<>();

        try (Subscription bills = stage.mq().subscribe(billing, delivery -> billed.add(delivery.payload()));
                Subscription north = stage.mq().subscribe(shipping, delivery -> shipped.add(delivery.payload()));
                Subscription south = stage.mq().subscribe(shipping, delivery -> shipped.add(delivery.payload()))) {
            stage.say("group billing has one member, group shipping has two");
            ORDERS.forEach(order -> stage.mq().send(placed, order));
            stage.say("sent 4 events to orders-placed: " + String.join(", ", ORDERS));

            List<String> ofBilling = billed.await(4, "4 events for billing");
            List<String> ofShipping = shipped.await(4, "4 events for shipping");
            stage.verify(
                    "billing got all 4", ofBilling.stream().sorted().toList().equals(ORDERS), ofBilling);
            stage.verify(
                    "shipping got all 4 as well, shared by its members: none twice",
                    ofShipping.stream().sorted().toList().equals(ORDERS),
                    ofShipping);
        }
    }
}

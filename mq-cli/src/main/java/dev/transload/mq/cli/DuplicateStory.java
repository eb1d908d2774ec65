package dev.transload.mq.cli;

import dev.transload.mq.Idempotency;
import dev.transload.mq.InMemoryIdempotencyStore;
import dev.transload.mq.Message;
import dev.transload.mq.MqListener;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import java.util.List;

/** A message that arrives twice and is handled once. */
final class DuplicateStory implements Story {

    @Override
    public String title() {
        return "Idempotency: a payment that arrives twice";
    }

    @Override
    public void tell(Stage stage) {
        Queue<String> payments = stage.queue("payments", String.class);
        Seen<String> charged = new Seen<>();
        Seen<String> skipped = new Seen<>();
        SubscribeOptions options = SubscribeOptions.builder()
                .idempotency(Idempotency.byMessageId(new InMemoryIdempotencyStore()))
                .listener(new MqListener() {
                    @Override
                    public void duplicateSkipped(String source, Message message) {
                        skipped.add(message.id());
                    }
                })
                .build();

        try (Subscription charge = stage.mq().subscribe(payments, delivery -> charged.add(delivery.id()), options)) {
            stage.mq().send(payments, "50 000 won", SendOptions.id("payment-77"));
            stage.say("sent payment-77");
            charged.await(1, "the first charge");
            stage.mq().send(payments, "50 000 won", SendOptions.id("payment-77"));
            stage.say("the shop did not notice, and sent payment-77 again");

            List<String> duplicates = skipped.await(1, "the skipping of the duplicate");
            stage.verify("the second one was skipped", duplicates.equals(List.of("payment-77")), duplicates);
            stage.verify("charged once", charged.soFar().equals(List.of("payment-77")), charged.soFar());
        }
    }
}

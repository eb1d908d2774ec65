package dev.transload.mq.cli;

import dev.transload.mq.MessageHandler;
import dev.transload.mq.Queue;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A work queue whose messages are shared by three workers. */
final class WorkQueueStory implements Story {

    private static final List<String> NAMES = List.of("anna", "bert", "chloe", "dmitri", "ewa", "farid", "gil", "hana");

    @Override
    public String title() {
        return "A work queue: welcome e-mails, shared by three workers";
    }

    @Override
    public void tell(Stage stage) {
        Queue<Email> emails = stage.queue("email-queue", Email.class);
        Seen<Handled> handled = new Seen<>();
        CyclicBarrier together = new CyclicBarrier(3);
        SubscribeOptions oneAtATime =
                SubscribeOptions.builder().concurrency(1).prefetch(1).build();

        try (Subscription one = stage.mq().subscribe(emails, worker(1, together, handled), oneAtATime);
                Subscription two = stage.mq().subscribe(emails, worker(2, together, handled), oneAtATime);
                Subscription three = stage.mq().subscribe(emails, worker(3, together, handled), oneAtATime)) {
            stage.say("three workers wait at email-queue");
            NAMES.forEach(name -> stage.mq().send(emails, Email.welcome(name)));
            stage.say("sent 8 e-mails: " + String.join(", ", NAMES));

            List<Handled> all = handled.await(8, "the handling of 8 e-mails");
            stage.verify(
                    "the first 3 were handled at the same moment, one by each worker",
                    new HashSet<>(all.subList(0, 3).stream()
                                            .map(Handled::worker)
                                            .toList())
                                    .size()
                            == 3,
                    all);
            stage.verify(
                    "all 8 were handled, each once",
                    all.stream().map(Handled::name).sorted().toList().equals(NAMES),
                    all);
        }
    }

    // The first e-mails of all three meet: none waits behind another's. Who gets how many more is the broker's affair.
    private static MessageHandler<Email> worker(int number, CyclicBarrier together, Seen<Handled> handled) {
        AtomicBoolean met = new AtomicBoolean();
        return delivery -> {
            boolean first = met.compareAndSet(false, true);
            if (first) {
                together.await(20, TimeUnit.SECONDS);
            }
            handled.add(new Handled(number, delivery.payload().name()));
            if (first) {
                together.await(20, TimeUnit.SECONDS); // so that the first three are noted before any other
            }
        };
    }

    private record Handled(int worker, String name) {}
}

package dev.transload.mq.cli;

import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.Subscription;
import java.time.Duration;
import java.util.List;

/** A message for later, and one for now that overtakes it. */
final class DelayStory implements Story {

    private static final Duration DELAY = Duration.ofMillis(1500);

    @Override
    public String title() {
        return "Delay: a reminder for later";
    }

    @Override
    public void tell(Stage stage) {
        Queue<String> reminders = stage.queue("reminders", String.class);
        Seen<Arrival> arrivals = new Seen<>();

        try (Subscription remind = stage.mq()
                .subscribe(reminders, delivery -> arrivals.add(new Arrival(delivery.payload(), System.nanoTime())))) {
            long from = System.nanoTime();
            stage.mq().send(reminders, "call back", SendOptions.none().delay(DELAY));
            stage.mq().send(reminders, "hello");
            stage.say("sent 'call back' with a delay of " + DELAY.toMillis() + " ms, then 'hello' without one");

            List<Arrival> all = arrivals.await(2, "the arrival of both messages");
            stage.verify(
                    "'hello' came first",
                    all.stream().map(Arrival::text).toList().equals(List.of("hello", "call back")),
                    all);
            long waited = Seen.millis(from, all.get(1).nanos());
            long late = waited - DELAY.toMillis();
            stage.verify(
                    "'call back' came after " + waited + " ms: not early, " + late + " ms late",
                    late >= 0 && late <= 5_000,
                    waited);
        }
    }

    private record Arrival(String text, long nanos) {}
}

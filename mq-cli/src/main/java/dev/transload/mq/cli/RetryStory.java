package dev.transload.mq.cli;

import dev.transload.mq.Delivery;
import dev.transload.mq.MqListener;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A message that fails twice and then succeeds, with waits that double. */
final class RetryStory implements Story {

    @Override
    public String title() {
        return "Retry: a mail server that is busy twice";
    }

    @Override
    public void tell(Stage stage) {
        Queue<Email> emails = stage.queue("email-retry", Email.class);
        Seen<Attempt> attempts = new Seen<>();
        Seen<Duration> waits = new Seen<>();
        SubscribeOptions options = SubscribeOptions.builder()
                .retry(RetryPolicy.exponential(5, Duration.ofMillis(200)))
                .listener(new MqListener() {
                    @Override
                    public void retried(Delivery<?> delivery, Duration delay) {
                        waits.add(delay);
                    }
                })
                .build();

        try (Subscription mailer = stage.mq()
                .subscribe(
                        emails,
                        delivery -> {
                            attempts.add(new Attempt(delivery.attempt(), System.nanoTime()));
                            if (delivery.attempt() < 3) {
                                throw new IOException("451 try again later");
                            }
                        },
                        options)) {
            stage.mq().send(emails, Email.welcome("greta"));
            stage.say("sent an e-mail to greta; the policy allows 5 attempts, 200 ms apart, then 400 ms, and so on");

            List<Attempt> seen = attempts.await(3, "the third attempt");
            List<Duration> waited = waits.await(2, "the second retry");
            for (int i = 0; i < 2; i++) {
                stage.say("attempt " + seen.get(i).number() + " failed: 451 try again later; it waits "
                        + waited.get(i).toMillis() + " ms");
            }
            stage.say("attempt " + seen.get(2).number() + " delivered it");
            stage.verify(
                    "attempts were counted 1, 2, 3",
                    seen.stream().map(Attempt::number).toList().equals(List.of(1, 2, 3)),
                    seen);
            long first = Seen.millis(seen.get(0).nanos(), seen.get(1).nanos());
            long second = Seen.millis(seen.get(1).nanos(), seen.get(2).nanos());
            stage.verify(
                    "the waits doubled and none was cut short: " + first + " ms, " + second + " ms",
                    waited.equals(List.of(Duration.ofMillis(200), Duration.ofMillis(400)))
                            && first >= 200
                            && second >= 400,
                    waited + ", measured " + first + " and " + second);
        }
    }

    private record Attempt(int number, long nanos) {}
}

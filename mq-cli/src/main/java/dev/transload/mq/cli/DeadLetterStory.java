package dev.transload.mq.cli;

import dev.transload.mq.DeadLetter;
import dev.transload.mq.DeadLetters;
import dev.transload.mq.Failure;
import dev.transload.mq.Message;
import dev.transload.mq.MqListener;
import dev.transload.mq.Queue;
import dev.transload.mq.Redrive;
import dev.transload.mq.RedriveReport;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** A message no attempt can handle: set aside, looked at, and sent back once the bug is fixed. */
final class DeadLetterStory implements Story {

    @Override
    public String title() {
        return "Dead letters: an e-mail that nobody can send, until a bug is fixed";
    }

    @Override
    public void tell(Stage stage) {
        Queue<Email> emails = stage.queue("email-poison", Email.class);
        AtomicBoolean fixed = new AtomicBoolean();
        Seen<String> done = new Seen<>();
        Seen<Failure> aside = new Seen<>();
        SubscribeOptions options = SubscribeOptions.builder()
                .retry(RetryPolicy.fixed(3, Duration.ofMillis(100)))
                .listener(new MqListener() {
                    @Override
                    public void deadLettered(String source, Message message, Failure failure) {
                        aside.add(failure);
                    }
                })
                .build();

        try (Subscription mailer = stage.mq()
                .subscribe(
                        emails,
                        delivery -> {
                            String name = delivery.payload().name();
                            if (name.equals("hélène") && !fixed.get()) {
                                throw new TemplateException("no letter é in the template's font");
                            }
                            done.add(name + " on attempt " + delivery.attempt());
                        },
                        options)) {
            String id = stage.mq().send(emails, Email.welcome("hélène"));
            stage.mq().send(emails, Email.welcome("igor"));
            stage.say("sent e-mails to hélène and igor; the template cannot print an é");

            aside.await(1, "the dead-lettering of hélène's e-mail");
            List<String> before = done.await(1, "the e-mail to igor");
            stage.verify(
                    "igor has his e-mail, hélène's did not hold it up",
                    before.equals(List.of("igor on attempt 1")),
                    before);

            DeadLetters dead = stage.mq().deadLetters(emails);
            List<DeadLetter> letters = dead.browse(10);
            stage.say("hélène's e-mail is in " + stage.plain(dead.name()));
            letters.forEach(letter -> show(stage, letter));
            stage.verify("one dead letter, with the id and the bytes it was sent with", holds(letters, id), letters);

            fixed.set(true);
            stage.say("someone fixes the template and redrives what failed with TemplateException");
            RedriveReport report =
                    dead.redrive(Redrive.where(letter -> letter.failure().type().equals("TemplateException")));
            List<String> after = done.await(2, "the e-mail to hélène after the redrive");
            stage.verify(
                    "redriven 1 of 1, and handled as if it were new",
                    report.redriven() == 1 && after.get(1).equals("hélène on attempt 1"),
                    report + ", " + after);
            stage.verify("no dead letter is left", dead.count() == 0, dead.count());
        }
    }

    private static void show(Stage stage, DeadLetter letter) {
        Failure failure = letter.failure();
        stage.say("   " + failure.type() + ": " + failure.message());
        stage.say("   " + failure.reason() + " after " + failure.attempts() + " attempts, from "
                + stage.plain(failure.source()) + ", " + letter.message().body().length + " bytes");
    }

    private static boolean holds(List<DeadLetter> letters, String id) {
        if (letters.size() != 1) {
            return false;
        }
        DeadLetter letter = letters.get(0);
        Failure failure = letter.failure();
        return letter.id().equals(id)
                && new String(letter.message().body(), java.nio.charset.StandardCharsets.UTF_8)
                        .contains("Glad you are here, hélène!")
                && failure.reason() == Failure.Reason.ATTEMPTS_EXHAUSTED
                && failure.attempts() == 3;
    }

    private static final class TemplateException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TemplateException(String message) {
            super(message);
        }
    }
}

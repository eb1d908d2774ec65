package dev.transload.mq.examples;

import dev.transload.mq.DeadLetters;
import dev.transload.mq.Queue;
import dev.transload.mq.Redrive;
import dev.transload.mq.RedriveReport;
import dev.transload.mq.client.MqClient;
import java.util.List;

/** Dead letters: look at them, and send them back once the cause is gone. */
public final class LookAfter {

    private LookAfter() {}

    /** Why messages were given up, the oldest hundred. */
    public static List<String> reasons(MqClient mq, Queue<?> queue) {
        DeadLetters dead = mq.deadLetters(queue);
        return dead.browse(100).stream()
                .map(letter -> letter.id() + ": " + letter.failure().message())
                .toList();
    }

    /** Sends back what failed in one way, a hundred a second. */
    public static RedriveReport redrive(MqClient mq, Queue<?> queue, String failureType) {
        DeadLetters dead = mq.deadLetters(queue);
        return dead.redrive(Redrive.where(letter -> letter.failure().type().equals(failureType))
                .rate(100));
    }
}

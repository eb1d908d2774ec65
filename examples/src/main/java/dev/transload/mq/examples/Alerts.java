package dev.transload.mq.examples;

import dev.transload.mq.MessageHandler;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.client.MqClient;

/** Priorities: an alarm goes before the news that wait. */
public final class Alerts {

    static final Queue<String> PUSHES = Queue.of("push-messages", String.class).priorities(2);

    private Alerts() {}

    /** Can wait. */
    public static void news(MqClient mq, String text) {
        mq.send(PUSHES, text);
    }

    /** Cannot. */
    public static void alarm(MqClient mq, String text) {
        mq.send(PUSHES, text, SendOptions.priority(1));
    }

    /** Pushes one by one; an alarm overtakes nothing that was fetched before it, so little is: one of each level. */
    public static Subscription push(MqClient mq, MessageHandler<String> handler) {
        return mq.subscribe(
                PUSHES,
                handler,
                SubscribeOptions.builder().concurrency(1).prefetch(2).build());
    }
}

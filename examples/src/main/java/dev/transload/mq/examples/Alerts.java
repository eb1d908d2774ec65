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

    /** Pushes one after the other; what was fetched before the alarm came is not overtaken, so little is fetched. */
    public static Subscription push(MqClient mq, MessageHandler<String> handler) {
        return mq.subscribe(
                PUSHES,
                handler,
                SubscribeOptions.builder().concurrency(1).prefetch(1).build());
    }
}

package dev.transload.mq.examples;

import dev.transload.mq.MessageHandler;
import dev.transload.mq.SendOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.Topic;
import dev.transload.mq.client.MqClient;
import java.time.Duration;

/** A topic that keeps its messages, for groups that come later. Refused where the broker has no history. */
public final class Replay {

    static final Topic<String> PRICES =
            Topic.of("price-changes", String.class).ordered().retained(Duration.ofDays(7));

    private Replay() {}

    /** Sends a change, kept for a week, in order for each article. */
    public static void changed(MqClient mq, String article, int cents) {
        mq.send(PRICES, article + ": " + cents, SendOptions.key(article));
    }

    /** A new group that starts with the oldest change that is kept. */
    public static Subscription fromTheBeginning(MqClient mq, MessageHandler<String> handler) {
        return mq.subscribe(PRICES.group("search-index").fromBeginning(), handler);
    }
}

package dev.transload.mq.examples;

import dev.transload.mq.Queue;
import dev.transload.mq.RemoteHandlerException;
import dev.transload.mq.RequestTimeoutException;
import dev.transload.mq.Subscription;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.Map;

/** Request and reply: a question over a queue, and its answer. */
public final class Prices {

    /** What does it cost? */
    public record PriceQuery(String article) {}

    /** What it costs. */
    public record Price(String article, int cents) {}

    static final Queue<PriceQuery> PRICES = Queue.of("prices", PriceQuery.class);

    private Prices() {}

    /** Answers; an exception goes to the caller. */
    public static Subscription serve(MqClient mq, Map<String, Integer> list) {
        return mq.reply(PRICES, Price.class, query -> {
            Integer cents = list.get(query.article());
            if (cents == null) {
                throw new IllegalArgumentException("no such article: " + query.article());
            }
            return new Price(query.article(), cents);
        });
    }

    /** Asks. */
    public static String ask(MqClient mq, String article, Duration patience) {
        try {
            Price price = mq.request(PRICES, new PriceQuery(article), Price.class, patience);
            return price.cents() + " cents";
        } catch (RemoteHandlerException e) {
            return "refused: " + e.remoteMessage();
        } catch (RequestTimeoutException e) {
            return "no answer";
        }
    }
}

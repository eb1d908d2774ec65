package dev.transload.mq.examples.shop;

import static dev.transload.mq.examples.shop.Places.PRICES;

import dev.transload.mq.client.MqClient;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Answers what things cost. Thread-safe. */
final class PriceList {

    private final Map<String, Integer> cents = new ConcurrentHashMap<>(Map.of("book", 1990, "lamp", 4500));

    /** Opens; a question about what is not sold is answered by an exception, which reaches who asked. */
    void open(MqClient mq) {
        mq.reply(PRICES, Price.class, query -> {
            Integer price = cents.get(query.article());
            if (price == null) {
                throw new IllegalArgumentException("no such article: " + query.article());
            }
            return new Price(query.article(), price);
        });
    }

    /** Something costs so much from now on. */
    void set(String article, int price) {
        cents.put(article, price);
    }
}

package dev.transload.mq.cli;

import dev.transload.mq.Queue;
import dev.transload.mq.RemoteHandlerException;
import dev.transload.mq.RequestTimeoutException;
import dev.transload.mq.Subscription;
import java.time.Duration;
import java.util.List;

/** A question over a queue: answered, failed on the other side, and not answered in time. */
final class RequestReplyStory implements Story {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(400);

    @Override
    public String title() {
        return "Request and reply: what does it cost?";
    }

    @Override
    public void tell(Stage stage) {
        Queue<Query> prices = stage.queue("prices", Query.class);
        Seen<String> asked = new Seen<>();

        try (Subscription server = stage.mq().reply(prices, Price.class, query -> {
            asked.add(query.article());
            return price(query);
        })) {
            Price price = stage.mq().request(prices, new Query("book"), Price.class, PATIENCE);
            stage.say("asked for the price of a book: " + price.cents() + " cents");
            stage.verify("the reply came back to the one who asked", price.equals(new Price("book", 1990)), price);

            RemoteHandlerException remote = failure(stage, prices);
            stage.say("asked for the price of a unicorn: " + remote.remoteType() + ": " + remote.remoteMessage());
            stage.verify(
                    "the exception of the other side came back, by name and text",
                    remote.remoteType().endsWith("IllegalArgumentException")
                            && "no such article: unicorn".equals(remote.remoteMessage()),
                    remote);

            server.pause();
            long from = System.nanoTime();
            boolean timedOut = timesOut(stage, prices);
            long waited = Seen.millis(from, System.nanoTime());
            stage.say("paused the server and asked for the price of a pen: no reply within 400 ms");
            stage.verify(
                    "the caller got a RequestTimeoutException after " + waited + " ms",
                    timedOut && waited >= 400,
                    waited);

            server.resume();
            stage.mq().request(prices, new Query("lamp"), Price.class, PATIENCE);
            List<String> all = asked.soFar();
            stage.verify(
                    "the server is back, and the request for the pen expired in the queue",
                    all.equals(List.of("book", "unicorn", "lamp")),
                    all);
        }
    }

    private static Price price(Query query) {
        return switch (query.article()) {
            case "book" -> new Price("book", 1990);
            case "pen" -> new Price("pen", 250);
            case "lamp" -> new Price("lamp", 4500);
            default -> throw new IllegalArgumentException("no such article: " + query.article());
        };
    }

    private static RemoteHandlerException failure(Stage stage, Queue<Query> prices) {
        try {
            Price price = stage.mq().request(prices, new Query("unicorn"), Price.class, PATIENCE);
            throw new StoryException("a unicorn has a price: " + price);
        } catch (RemoteHandlerException e) {
            return e;
        }
    }

    private static boolean timesOut(Stage stage, Queue<Query> prices) {
        try {
            stage.mq().request(prices, new Query("pen"), Price.class, SHORT);
            return false;
        } catch (RequestTimeoutException e) {
            return true;
        }
    }

    private record Query(String article) {}

    private record Price(String article, int cents) {}
}

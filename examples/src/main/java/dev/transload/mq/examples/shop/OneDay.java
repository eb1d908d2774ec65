package dev.transload.mq.examples.shop;

import static dev.transload.mq.examples.shop.Places.CATALOGUE;
import static dev.transload.mq.examples.shop.Places.CUSTOMERS;
import static dev.transload.mq.examples.shop.Places.EVENTS;
import static dev.transload.mq.examples.shop.Places.MAILS;
import static dev.transload.mq.examples.shop.Places.ORDERS;
import static dev.transload.mq.examples.shop.Places.PRICES;
import static dev.transload.mq.examples.shop.Places.WAREHOUSE;

import dev.transload.mq.DeadLetter;
import dev.transload.mq.Delivery;
import dev.transload.mq.InMemoryIdempotencyStore;
import dev.transload.mq.MqAdmin;
import dev.transload.mq.Queue;
import dev.transload.mq.Redrive;
import dev.transload.mq.RemoteHandlerException;
import dev.transload.mq.SendOptions;
import dev.transload.mq.Source;
import dev.transload.mq.Subscription;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.client.MqClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * One day in the shop, and what was observed of it: orders, one of them twice, one that nobody can fill and one that
 * nobody can read; a mail server that is busy at first; a page that is locked at first; reminders; prices.
 *
 * <p>What is observed does not depend on the broker, but for what the broker refuses. Used once.
 */
final class OneDay {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final MqClient mq;
    private final Shop shop;
    private final Journal journal;

    OneDay(MqClient mq) {
        this.mq = mq;
        this.shop = new Shop(mq);
        this.journal = shop.journal();
    }

    /** Lives through it and returns what was observed, in lines. Leaves nothing at the broker. */
    List<String> observe() throws InterruptedException {
        clear();
        try {
            shop.open(Pace.QUICK, new InMemoryIdempotencyStore(), this::busyAtFirst);
            takeOrders();
            lookAfterDeadLetters();
            askPrices();
            replay();
            takeStock();
            return journal.lines();
        } finally {
            clear();
        }
    }

    private void busyAtFirst(Delivery<Mail> mail) throws IOException {
        if (mail.id().equals("confirmation-o-2") && mail.attempt() == 1) {
            throw new IOException("451 try again later");
        }
        if (mail.id().startsWith("reminder-")) {
            long waited = System.currentTimeMillis() - mail.message().timestamp();
            boolean early = waited < Pace.QUICK.reminder().toMillis();
            journal.note("reminders", mail.id(), early ? "too early, after " + waited + " ms" : "in time");
        }
    }

    private void takeOrders() throws InterruptedException {
        shop.order(new Order("o-1", "anna", "book", 2));
        shop.order(new Order("o-2", "berta", "lamp", 1));
        shop.order(new Order("o-3", "carla", "book", 1));
        shop.order(new Order("o-4", "dora", "unicorn", 1)); // which is not sold
        mq.send(Queue.of(ORDERS.name(), String.class), "two books, please", SendOptions.id("o-5"));
        journal.await("the first orders are shipped", SOON, () -> shown("anna") == 3 && shown("berta") == 3);

        shop.order(new Order("o-1", "anna", "book", 2)); // the same once more: she clicked twice
        shop.order(new Order("o-6", "anna", "lamp", 3)); // after what happened to her first
        shop.order(new Order("o-7", "berta", "book", 10));
        journal.await(
                "all orders are shipped", SOON, () -> shown("anna") == 6 && shown("berta") == 6 && shown("carla") == 3);
        journal.await("reminders of all orders", SOON, () -> reminded("o-1", "o-2", "o-3", "o-6", "o-7"));
        journal.await(
                "the duplicate", SOON, () -> journal.notes("order desk", "o-1").size() == 2);
        journal.await("dead letters", SOON, () -> mq.deadLetters(ORDERS).count() == 2);
    }

    private int shown(String customer) {
        return journal.notes("shown to customers", customer).size();
    }

    private boolean reminded(String... orders) {
        return Stream.of(orders)
                .noneMatch(order -> journal.notes("mails", "reminder-" + order).isEmpty());
    }

    private void lookAfterDeadLetters() throws InterruptedException {
        List<DeadLetter> letters = mq.deadLetters(ORDERS).browse(10);
        for (DeadLetter letter : letters) {
            journal.note(
                    "dead letters",
                    letter.id(),
                    letter.failure().reason() + " after " + letter.failure().attempts() + " attempts: "
                            + letter.failure().type());
            journal.note(
                    "dead letters", letter.id(), new String(letter.message().body(), StandardCharsets.UTF_8));
        }
        shop.prices().set("unicorn", 1_000_000);
        long redriven = mq.deadLetters(ORDERS)
                .redrive(Redrive.where(letter -> letter.failure().type().equals("RemoteHandlerException")))
                .redriven();
        journal.note("redriven", "orders", Long.toString(redriven));
        journal.await("the unicorn", SOON, () -> shown("dora") == 3 && reminded("o-4"));
        journal.note(
                "dead letters", "left", Long.toString(mq.deadLetters(ORDERS).count()));
    }

    private void askPrices() {
        for (String article : List.of("book", "lamp", "unicorn", "dragon")) {
            String answer;
            try {
                answer = mq.request(PRICES, new PriceQuery(article), Price.class, SOON)
                                .cents() + " cents";
            } catch (RemoteHandlerException e) {
                answer = "refused: " + e.remoteMessage();
            }
            journal.note("prices", article, answer);
        }
    }

    private void replay() throws InterruptedException {
        try {
            mq.admin().create(CATALOGUE);
        } catch (UnsupportedCapabilityException e) {
            journal.note("replay", "catalogue", "refused");
            return;
        }
        for (String change : List.of("book 1990", "lamp 4500", "book 1790")) {
            mq.send(CATALOGUE, change, SendOptions.key(change.substring(0, 4)));
        }
        AtomicLong seen = new AtomicLong();
        try (Subscription late = mq.subscribe(CATALOGUE.group("late").fromBeginning(), delivery -> {
            journal.note("replay", delivery.key().orElse("none"), delivery.payload());
            seen.incrementAndGet();
        })) {
            journal.await("the catalogue from its beginning", SOON, () -> seen.get() == 3);
        }
    }

    private void takeStock() throws InterruptedException {
        journal.await("nothing is left", SOON, () -> left() == 0);
        shop.warehouse().stock().forEach((article, count) -> journal.note("stock", article, Integer.toString(count)));
    }

    private long left() {
        return List.<Source<?>>of(ORDERS, MAILS, PRICES, WAREHOUSE, CUSTOMERS).stream()
                .mapToLong(source -> mq.admin().depth(source).orElse(0))
                .sum();
    }

    private void clear() {
        MqAdmin admin = mq.admin();
        List.of(ORDERS, MAILS, PRICES).forEach(admin::delete);
        List.of(WAREHOUSE, CUSTOMERS).forEach(admin::delete);
        admin.delete(EVENTS);
        if (admin.exists(CATALOGUE)) { // nowhere where it is refused
            admin.delete(CATALOGUE.group("late"));
            admin.delete(CATALOGUE);
        }
    }
}

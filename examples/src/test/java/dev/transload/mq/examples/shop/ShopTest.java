package dev.transload.mq.examples.shop;

import static dev.transload.mq.junit.MqAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.inmemory.InMemoryBroker;
import dev.transload.mq.junit.InMemoryMq;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The shop's own tests: no broker, no waiting, two days in under a second. */
@InMemoryMq
class ShopTest {

    @Test
    void anOrderIsConfirmedPackedAndShown(InMemoryBroker broker, MqClient mq, IdempotencyStore store) {
        Shop shop = new Shop(mq).open(Pace.PATIENT, store, mail -> {});

        shop.order(new Order("o-1", "anna", "book", 2));
        broker.awaitIdle();

        assertThat(shop.warehouse().stock()).containsEntry("book", 98);
        assertThat(shop.journal().notes("mails", "confirmation-o-1")).containsExactly("anna: book for 3980");
        assertThat(shop.journal().notes("shown to customers", "anna"))
                .containsExactly("o-1 accepted", "o-1 paid", "o-1 shipped");
        assertThat(broker).at("shop-mails").hasDelayed(1); // the reminder
    }

    @Test
    void anOrderThatNobodyCanFillIsSetAsideAfterThreeAttempts(
            InMemoryBroker broker, MqClient mq, IdempotencyStore store) {
        Shop shop = new Shop(mq).open(Pace.PATIENT, store, mail -> {});

        shop.order(new Order("o-4", "dora", "unicorn", 1));
        broker.advance(Duration.ofMinutes(1));

        assertThat(broker)
                .at("shop-orders")
                .isEmpty()
                .hasOneDeadLetter()
                .hasId("o-4")
                .becauseOf("RemoteHandlerException")
                .afterAttempts(3);
    }

    @Test
    void anOrderThatIsHandedOutTwiceIsTakenOnce(InMemoryBroker broker, MqClient mq, IdempotencyStore store) {
        Shop shop = new Shop(mq).open(Pace.PATIENT, store, mail -> {});
        broker.duplicateNext("shop-orders");

        shop.order(new Order("o-1", "anna", "book", 2));
        broker.advance(Duration.ofDays(1));

        assertThat(shop.journal().notes("order desk", "o-1")).containsExactly("attempt 1 done", "duplicate skipped");
        assertThat(shop.warehouse().stock()).containsEntry("book", 98);
        assertThat(broker).isDrained().hasNoDeadLetters();
    }

    @Test
    void anEmailIsTriedSevenTimesWithinADay(InMemoryBroker broker, MqClient mq, IdempotencyStore store) {
        List<Duration> tries = new CopyOnWriteArrayList<>();
        Instant start = broker.now();
        Shop shop = new Shop(mq).open(Pace.PATIENT, store, mail -> {
            if (mail.id().equals("confirmation-o-1")) {
                tries.add(Duration.between(start, broker.now()));
                throw new IOException("451 try again later");
            }
        });

        shop.order(new Order("o-1", "anna", "book", 2));
        broker.advance(Duration.ofHours(24)); // all delays elapse, nothing sleeps

        assertThat(tries)
                .containsExactly(
                        Duration.ZERO,
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(11),
                        Duration.ofMinutes(71),
                        Duration.ofMinutes(7 * 60 + 11),
                        Duration.ofMinutes(15 * 60 + 11),
                        Duration.ofHours(24));
        assertThat(broker)
                .at("shop-mails")
                .isEmpty()
                .hasOneDeadLetter()
                .becauseOf(IOException.class)
                .afterAttempts(7);
    }

    @Test
    void aReminderComesTwoHoursLaterAndNotBefore(InMemoryBroker broker, MqClient mq, IdempotencyStore store) {
        Shop shop = new Shop(mq).open(Pace.PATIENT, store, mail -> {});

        shop.order(new Order("o-1", "anna", "book", 2));
        broker.advance(Duration.ofHours(2).minusSeconds(1));
        assertThat(shop.journal().notes("mails", "reminder-o-1")).isEmpty();

        broker.advance(Duration.ofSeconds(1));
        assertThat(shop.journal().notes("mails", "reminder-o-1")).containsExactly("anna: how do you like it?");
    }
}

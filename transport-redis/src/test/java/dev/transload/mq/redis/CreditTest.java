package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CreditTest {

    private static final long LONG = TimeUnit.MINUTES.toNanos(10);

    private final Credit credit = new Credit();

    @Test
    void enoughCreditIsNotWaitedFor() throws InterruptedException {
        credit.add(250);

        assertThat(credit.gather(250, LONG)).isEqualTo(250);
    }

    @Test
    void creditThatComesInPiecesIsGathered() throws InterruptedException {
        credit.add(1);
        CompletableFuture<Void> adding = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 8; i++) {
                credit.add(31);
            }
        });

        assertThat(credit.gather(249, LONG)).isEqualTo(249);
        adding.join();
    }

    @Test
    void whoHasToWaitTooLongGetsWhatThereIs() throws InterruptedException {
        credit.add(31);

        assertThat(credit.gather(250, 1_000)).isEqualTo(31);
    }

    @Test
    void aCallForSomethingElseEndsTheWait() throws InterruptedException {
        credit.add(31);
        CompletableFuture<Void> calling = CompletableFuture.runAsync(credit::call);

        assertThat(credit.gather(250, LONG)).isEqualTo(31);
        calling.join();
    }

    @Test
    void aWaitTakesNothingFromTheNextOne() throws InterruptedException {
        credit.add(31);
        credit.call();
        assertThat(credit.gather(250, LONG)).isEqualTo(31);
        credit.await(TimeUnit.NANOSECONDS.toMillis(LONG));

        CompletableFuture<Void> adding = CompletableFuture.runAsync(() -> credit.add(1));
        credit.await(TimeUnit.NANOSECONDS.toMillis(LONG));
        adding.join();
        assertThat(credit.left()).isEqualTo(32);
    }
}

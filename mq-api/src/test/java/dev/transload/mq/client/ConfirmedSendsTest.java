package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Message;
import dev.transload.mq.Shape;
import dev.transload.mq.client.PendingSend.Told;
import dev.transload.mq.spi.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConfirmedSendsTest {

    private static final Place EMAILS = Place.of(Place.Role.QUEUE, "emails", Shape.PLAIN);

    private final ConfirmedSends confirmed = new ConfirmedSends();

    @SuppressWarnings("NullAway") // nobody is told of them here
    private static PendingSend send(String id) {
        return send(id, Told.ELSEWHERE);
    }

    private static PendingSend asked(String id) {
        return send(id, Told.WHEN_ASKED);
    }

    private static PendingSend send(String id, Told told) {
        return new PendingSend(null, EMAILS, Message.builder(id, new byte[0]).build(), 0, 0, told, null, true);
    }

    private List<String> taken() {
        List<String> taken = new ArrayList<>();
        confirmed.take(send -> taken.add(send.message().id()));
        return taken;
    }

    @Test
    void allAreTakenInTheOrderInWhichTheyCame() {
        List.of("a", "b", "c").forEach(id -> confirmed.add(send(id)));

        assertThat(taken()).containsExactly("a", "b", "c");
        assertThat(taken()).isEmpty();
    }

    @Test
    void onlyTheFirstSinceTheLastTimeIsTheOnlyOne() {
        assertThat(confirmed.add(send("a"))).isTrue();
        assertThat(confirmed.add(send("b"))).isFalse();
        taken();

        assertThat(confirmed.add(send("c"))).isTrue();
    }

    @Test
    void whatWasTakenKeepsNoOther() {
        PendingSend first = send("a");
        PendingSend second = send("b");
        confirmed.add(first);
        confirmed.add(second);
        taken();

        assertThat(first.confirmedBefore).isNull();
        assertThat(second.confirmedBefore).isNull();
    }

    @Test
    void thereAreEnoughOnceAsManyAsAreNeededHaveComeSinceAllWereTaken() {
        PendingSend early = send("a");
        confirmed.add(early);
        assertThat(confirmed.areEnoughWith(early)).isFalse();
        taken();
        confirmed.need(2);
        PendingSend first = send("b");
        PendingSend second = send("c");
        confirmed.add(first);
        assertThat(confirmed.areEnoughWith(first)).isFalse();
        confirmed.add(second);
        assertThat(confirmed.areEnoughWith(second)).isTrue();

        confirmed.need(ConfirmedSends.NOBODY);
        assertThat(confirmed.areEnoughWith(second)).isFalse();
    }

    @Test
    void theFirstOfWhichSomebodyIsToBeToldIsSeenAmongThoseThatAreAskedFor() {
        assertThat(confirmed.add(asked("a"))).isFalse();
        assertThat(confirmed.add(send("b"))).isTrue();
        assertThat(confirmed.add(asked("c"))).isFalse();
        assertThat(confirmed.add(send("d"))).isFalse();
        assertThat(taken()).containsExactly("a", "b", "c", "d");
        assertThat(confirmed.add(send("e"))).isTrue();
    }

    /** Several threads put in, each its own in order, while this one takes; the first of each lot is seen as such. */
    @Test
    void whatManyThreadsPutInIsTakenOnceAndInTheOrderOfEach() throws Exception {
        int threads = 4;
        int each = 20_000;
        CountDownLatch done = new CountDownLatch(threads);
        AtomicInteger lots = new AtomicInteger();
        for (int t = 0; t < threads; t++) {
            String thread = Integer.toString(t);
            new Thread(() -> {
                        for (int i = 0; i < each; i++) {
                            if (confirmed.add(send(thread + i))) {
                                lots.incrementAndGet();
                            }
                        }
                        done.countDown();
                    })
                    .start();
        }
        Map<String, List<Integer>> taken = new HashMap<>();
        int lotsTaken = 0;
        boolean last = false;
        while (!last) {
            last = done.getCount() == 0;
            List<String> lot = taken();
            lotsTaken += lot.isEmpty() ? 0 : 1;
            for (String id : lot) {
                taken.computeIfAbsent(id.substring(0, 1), thread -> new ArrayList<>())
                        .add(Integer.valueOf(id.substring(1)));
            }
        }

        assertThat(taken.values())
                .hasSize(threads)
                .allSatisfy(numbers -> assertThat(numbers)
                        .isEqualTo(IntStream.range(0, each).boxed().toList()));
        assertThat(lots).hasValue(lotsTaken);
    }
}

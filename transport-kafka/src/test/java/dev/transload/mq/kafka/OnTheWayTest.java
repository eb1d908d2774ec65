package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OnTheWayTest {

    private static final class Parcel extends OnTheWay.Entry {}

    private final OnTheWay<Parcel> onTheWay = new OnTheWay<>(8);

    private List<Parcel> all() {
        List<Parcel> all = new ArrayList<>();
        onTheWay.forEach(all::add);
        return all;
    }

    private Parcel added() {
        Parcel parcel = new Parcel();
        onTheWay.add(parcel);
        return parcel;
    }

    @Test
    void whatIsPutInIsFoundUntilItIsTakenOut() {
        Parcel a = added();
        Parcel b = added();

        assertThat(onTheWay.remove(a)).isTrue();

        assertThat(all()).containsExactly(b);
    }

    @Test
    void anEntryLeavesOnlyOnce() {
        Parcel a = added();
        onTheWay.remove(a);
        List<Parcel> others = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            others.add(added()); // one of them has its slot now
        }

        assertThat(onTheWay.remove(a)).isFalse();
        assertThat(all()).containsExactlyInAnyOrderElementsOf(others);
    }

    @Test
    void whatLeavesMakesRoomForTheNext() {
        for (int i = 0; i < 20; i++) {
            onTheWay.leave(added());
        }
        Parcel last = added();

        assertThat(all()).containsExactly(last);
    }

    @Test
    void whatFoundNoSlotLeavesToo() {
        List<Parcel> parcels = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            parcels.add(added());
        }

        parcels.forEach(onTheWay::leave);

        assertThat(all()).isEmpty();
    }

    @Test
    void whatWasNeverInDoesNotLeave() {
        added();

        assertThat(onTheWay.remove(new Parcel())).isFalse();
    }

    @Test
    void moreThanThereAreSlotsFindRoom() {
        List<Parcel> in = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            in.add(added());
        }
        Collections.shuffle(in, new Random(7));

        assertThat(all()).containsExactlyInAnyOrderElementsOf(in);
        assertThat(in).allMatch(onTheWay::remove);
        assertThat(all()).isEmpty();
    }

    @Test
    void anEntryMayComeBack() {
        Parcel a = added();
        onTheWay.remove(a);

        onTheWay.add(a);

        assertThat(all()).containsExactly(a);
    }

    @Test
    void manyThreadsNeitherLoseNorKeepAnEntry() {
        AtomicInteger left = new AtomicInteger();
        Runnable life = () -> {
            List<Parcel> mine = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                mine.add(added());
                if (mine.size() == 5 && onTheWay.remove(mine.remove(i % 5))) {
                    left.incrementAndGet();
                }
            }
            mine.forEach(parcel -> left.addAndGet(onTheWay.remove(parcel) ? 1 : 0));
        };

        CompletableFuture.allOf(
                        CompletableFuture.runAsync(life),
                        CompletableFuture.runAsync(life),
                        CompletableFuture.runAsync(life))
                .join();

        assertThat(left).hasValue(60_000);
        assertThat(all()).isEmpty();
    }

    @Test
    void aNumberOfSlotsThatIsNoPowerOfTwoIsRefused() {
        assertThatThrownBy(() -> new OnTheWay<>(12))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("12");
    }
}

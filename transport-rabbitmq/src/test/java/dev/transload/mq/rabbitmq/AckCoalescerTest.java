package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AckCoalescerTest {

    private static final class Tagged extends AckCoalescer.Entry<Tagged> {
        Tagged(long tag) {
            super(tag);
        }
    }

    private final AckCoalescer<Tagged> acks = new AckCoalescer<>();
    private final List<String> wire = new ArrayList<>();
    private final List<Tagged> written = new ArrayList<>();

    @Test
    void theOldestAckedDeliveriesLeaveAsOneAck() {
        List<Tagged> all = deliver(1, 4);
        acks.ack(all.get(2));
        acks.ack(all.get(0));
        acks.ack(all.get(1));

        flush(false);

        assertThat(wire).containsExactly("3+");
        assertThat(written).containsExactly(all.get(0), all.get(1), all.get(2));
        assertThat(acks.unsettled()).isEqualTo(1);
    }

    @Test
    void aSingleAckIsWrittenAsSuch() {
        acks.ack(deliver(1, 2).get(0));

        flush(false);

        assertThat(wire).containsExactly("1");
    }

    @Test
    void acksBehindAnUnsettledDeliveryAreWrittenOneByOneOnceNothingElseIs() {
        List<Tagged> all = deliver(1, 5);
        acks.ack(all.get(0));
        acks.ack(all.get(2));
        acks.ack(all.get(4));

        flush(false);
        assertThat(wire).containsExactly("1");
        assertThat(acks.pending()).isEqualTo(2);

        flush(false);
        assertThat(wire).containsExactly("1", "3", "5");
        assertThat(acks.pending()).isZero();
    }

    @Test
    void aDeliveryGivenBackNoLongerHoldsUpOthers() {
        List<Tagged> all = deliver(1, 3);
        acks.ack(all.get(1));
        acks.ack(all.get(2));
        acks.remove(all.get(0));

        flush(false);

        assertThat(wire).containsExactly("3+");
    }

    @Test
    void aSecondSettleIsRefused() {
        Tagged one = deliver(1, 1).get(0);

        assertThat(acks.ack(one)).isTrue();
        assertThat(acks.ack(one)).isFalse();
        assertThat(acks.remove(one)).isFalse();
        flush(true);
        assertThat(acks.ack(one)).isFalse();
        assertThat(wire).containsExactly("1");
    }

    @Test
    void clearingTellsOpenDeliveriesFromUnwrittenAcks() {
        List<Tagged> all = deliver(1, 3);
        acks.ack(all.get(1));
        List<Tagged> open = new ArrayList<>();
        List<Tagged> unwritten = new ArrayList<>();

        acks.clear(open, unwritten);

        assertThat(open).containsExactly(all.get(0), all.get(2));
        assertThat(unwritten).containsExactly(all.get(1));
        assertThat(acks.unsettled()).isZero();
        assertThat(acks.ack(all.get(0))).isFalse();
    }

    /** Plays a broker that forgets what is acked, and checks that exactly the acked deliveries are forgotten. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void exactlyTheAckedDeliveriesAreAckedAtTheBroker(long seed) {
        Random random = new Random(seed);
        TreeSet<Long> atBroker = new TreeSet<>();
        TreeSet<Long> meant = new TreeSet<>();
        List<Tagged> open = new ArrayList<>();
        long tag = 0;
        for (int step = 0; step < 5_000; step++) {
            int what = random.nextInt(10);
            if (what < 4) {
                Tagged next = new Tagged(++tag);
                acks.add(next);
                open.add(next);
                atBroker.add(tag);
                meant.add(tag);
            } else if (what < 8 && !open.isEmpty()) {
                Tagged one = open.remove(random.nextInt(Math.min(open.size(), 1 + random.nextInt(20))));
                assertThat(acks.ack(one)).isTrue();
                meant.remove(one.tag());
            } else if (what == 8 && !open.isEmpty()) {
                Tagged one = open.remove(random.nextInt(open.size()));
                assertThat(acks.remove(one)).isTrue();
                atBroker.remove(one.tag());
                meant.remove(one.tag());
            } else {
                flushTo(atBroker, random.nextBoolean());
            }
        }
        flushTo(atBroker, true);

        assertThat(atBroker).isEqualTo(meant);
        assertThat(acks.unsettled()).isEqualTo(open.size());
        assertThat(acks.pending()).isZero();
    }

    private void flushTo(NavigableSet<Long> atBroker, boolean all) {
        acks.flush(
                all,
                (tag, multiple) -> {
                    assertThat(atBroker)
                            .as("a tag acked twice closes the channel")
                            .contains(tag);
                    if (multiple) {
                        atBroker.headSet(tag, true).clear();
                    } else {
                        atBroker.remove(tag);
                    }
                },
                written);
    }

    private List<Tagged> deliver(long from, long to) {
        List<Tagged> all = new ArrayList<>();
        for (long tag = from; tag <= to; tag++) {
            Tagged next = new Tagged(tag);
            acks.add(next);
            all.add(next);
        }
        return all;
    }

    private void flush(boolean all) {
        acks.flush(all, (tag, multiple) -> wire.add(tag + (multiple ? "+" : "")), written);
    }
}

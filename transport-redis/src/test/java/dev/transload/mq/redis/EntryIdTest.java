package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntryIdTest {

    private static Source source(int lane) {
        Place queue = new Place(Role.QUEUE, "orders", null, null, Shape.PLAIN, false);
        return Source.of(queue, "orders", "orders", lane, List.of()).get(0);
    }

    private static EntryId id(int lane, String id) {
        return EntryId.of(source(lane), Bytes.of(id));
    }

    @Test
    void entriesAreTheSameByStreamLaneAndBothNumbers() {
        assertThat(id(0, "1700000000123-4"))
                .isEqualTo(id(0, "1700000000123-4"))
                .hasSameHashCodeAs(id(0, "1700000000123-4"));
        assertThat(id(0, "1700000000123-4"))
                .isNotEqualTo(id(1, "1700000000123-4"))
                .isNotEqualTo(id(0, "1700000000123-5"))
                .isNotEqualTo(id(0, "1700000000124-4"));
    }

    @Test
    void orderIsByTimeThenBySequenceHoweverLarge() {
        assertThat(id(0, "2-0").order(id(0, "10-0"))).isNegative();
        assertThat(id(0, "2-2").order(id(0, "2-10"))).isNegative();
        assertThat(id(0, "2-18446744073709551615").order(id(0, "2-9223372036854775807")))
                .isPositive();
    }

    @Test
    void theTimeOfAnEntryIsTheFirstNumberUnlessThatIsOutOfAllBounds() {
        assertThat(EntryId.millis(Bytes.of("1700000000123-4"))).isEqualTo(1_700_000_000_123L);
        assertThat(EntryId.millis(Bytes.of("18446744073709551615-0"))).isZero();
    }
}

package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Shape;
import dev.transload.mq.kafka.KafkaNames.ReplyAddress;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class KafkaNamesTest {

    private static Place group(String topic, String group) {
        return new Place(Role.GROUP, topic + "--" + group, topic, group, Shape.PLAIN, true);
    }

    @Test
    void portableNamesAreKept() {
        Place queue = Place.of(Role.QUEUE, "email-queue", Shape.PLAIN);
        assertThat(KafkaNames.topic(queue)).isEqualTo("email-queue");
        assertThat(KafkaNames.group(queue)).isEqualTo("email-queue");
        assertThat(KafkaNames.topic(group("orders.eu", "billing"))).isEqualTo("orders.eu--billing");
    }

    @Test
    void groupsOverPatternsHaveLegalNamesOfTheirOwn() {
        assertThat(KafkaNames.topic(group("orders.*.created", "g"))).isEqualTo("orders.ANY.created--g");
        assertThat(KafkaNames.topic(group("orders.#", "g"))).isEqualTo("orders.ALL--g");
    }

    @Test
    void allDelayLanesHaveOneGroup() {
        Place second = Place.of(Role.DELAY_LANE, "mq--delays-1s", Shape.PLAIN);
        Place minute = Place.of(Role.DELAY_LANE, "mq--delays-64s", Shape.PLAIN);
        assertThat(KafkaNames.topic(second)).isEqualTo("mq--delays-1s");
        assertThat(KafkaNames.group(second)).isEqualTo(KafkaNames.group(minute)).isEqualTo("mq--delays");
    }

    @Test
    void aStarIsOneSegmentAndAHashAnyNumber() {
        Pattern star = KafkaNames.matching("orders.*.created");
        assertThat(star.matcher("orders.eu.created").matches()).isTrue();
        assertThat(star.matcher("orders.eu.west.created").matches()).isFalse();
        assertThat(star.matcher("orders.created").matches()).isFalse();
        assertThat(star.matcher("ordersXeuXcreated").matches()).isFalse();

        Pattern hash = KafkaNames.matching("orders.#");
        assertThat(hash.matcher("orders").matches()).isTrue();
        assertThat(hash.matcher("orders.eu").matches()).isTrue();
        assertThat(hash.matcher("orders.eu.west").matches()).isTrue();
        assertThat(hash.matcher("orders-eu").matches()).isFalse();
        assertThat(hash.matcher("other.eu").matches()).isFalse();
    }

    @Test
    void derivedNamesAreKnown() {
        assertThat(KafkaNames.isDerived("orders.dlq")).isTrue();
        assertThat(KafkaNames.isDerived("orders--billing")).isTrue();
        assertThat(KafkaNames.isDerived("orders--billing.dlq")).isTrue();
        assertThat(KafkaNames.isDerived("orders.suspects")).isTrue();
        assertThat(KafkaNames.isDerived("mq--delays-1s")).isTrue();
        assertThat(KafkaNames.isDerived("orders.eu")).isFalse();
        assertThat(KafkaNames.isDerived("dlq.orders")).isFalse();
    }

    @Test
    void replyAddressesAreReadAsTheyAreWritten() {
        ReplyAddress address = new ReplyAddress("mq--replies", 3, "client-1");
        assertThat(ReplyAddress.of(address.text())).isEqualTo(address);
    }

    @Test
    void anAddressOfSomeoneElseIsATopic() {
        assertThat(ReplyAddress.of("replies")).isEqualTo(new ReplyAddress("replies", -1, ""));
        assertThat(ReplyAddress.of("a/b/c")).isEqualTo(new ReplyAddress("a/b/c", -1, ""));
        assertThat(ReplyAddress.of("a/-1/c")).isEqualTo(new ReplyAddress("a/-1/c", -1, ""));
    }
}

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
    void delayLanesArePartitionsOfOneTopic() {
        long wait = 1;
        for (int number = 0; number < KafkaNames.LANES; number++) {
            Place lane = lane("mq--delays-" + wait + "s");
            assertThat(KafkaNames.topic(lane)).isEqualTo("mq--delays");
            assertThat(KafkaNames.group(lane)).isEqualTo("mq--delays");
            assertThat(KafkaNames.partition(lane)).isEqualTo(number);
            wait *= 4;
        }
    }

    @Test
    void otherPlacesAreAllOfTheirTopic() {
        for (String name : new String[] {"mq--delays-2s", "mq--delays-4194304s", "mq--delays-4", "relay"}) {
            assertThat(KafkaNames.partition(lane(name))).isEqualTo(-1);
            assertThat(KafkaNames.topic(lane(name))).isEqualTo(name);
            assertThat(KafkaNames.group(lane(name))).isEqualTo(name);
        }
        assertThat(KafkaNames.partition(Place.of(Role.QUEUE, "mq--delays-4s", Shape.PLAIN)))
                .isEqualTo(-1);
    }

    private static Place lane(String name) {
        return Place.of(Role.DELAY_LANE, name, Shape.PLAIN);
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

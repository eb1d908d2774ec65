package dev.transload.mq.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import org.junit.jupiter.api.Test;

class SqsNamesTest {

    private static final Shape ORDERED = new Shape(true, 0, 1, null);

    private final SqsNames names = new SqsNames("");

    @Test
    void dotsBecomeUnderscores() {
        assertThat(names.queue(Place.of(Role.QUEUE, "email.queue", Shape.PLAIN)))
                .isEqualTo("email_queue");
        assertThat(names.queue(Place.of(Role.DEAD_LETTERS, "email.queue.dlq", Shape.PLAIN)))
                .isEqualTo("email_queue_dlq");
    }

    @Test
    void orderedPlacesAreFifo() {
        assertThat(names.queue(Place.of(Role.QUEUE, "orders", ORDERED))).isEqualTo("orders.fifo");
        assertThat(names.otherQueue(Place.of(Role.QUEUE, "orders", ORDERED))).isEqualTo("orders");
    }

    @Test
    void namesStartWithThePrefix() {
        assertThat(new SqsNames("dev_").queue(Place.of(Role.QUEUE, "orders", Shape.PLAIN)))
                .isEqualTo("dev_orders");
    }

    @Test
    void existingNamesAreKept() {
        Place place = new Place(Role.QUEUE, "Legacy_Queue", null, null, Shape.PLAIN, false);

        assertThat(new SqsNames("dev_").queue(place)).isEqualTo("Legacy_Queue");
    }

    @Test
    void namesThatAreTooLongStayDifferent() {
        String one = names.queue(Place.of(Role.GROUP, "t".repeat(48) + "--" + "g".repeat(47) + "a", ORDERED));
        String two = names.queue(Place.of(Role.GROUP, "t".repeat(48) + "--" + "g".repeat(47) + "b", ORDERED));

        assertThat(one).isNotEqualTo(two);
        assertThat(SqsNames.isLegal(one)).isTrue();
        assertThat(SqsNames.isLegal(two)).isTrue();
    }

    @Test
    void patternsOfGroupsAreLegalNames() {
        assertThat(names.queue(Place.of(Role.GROUP, "orders.*.#--audit", Shape.PLAIN)))
                .isEqualTo("orders_ANY_ALL--audit");
    }

    @Test
    void topicsThatShareTheirFirstSegmentShareOneSnsTopic() {
        assertThat(names.topic("orders.created", false, true)).isEqualTo("orders");
        assertThat(names.topic("orders.#", true, true)).isEqualTo("orders.fifo");
    }

    @Test
    void onlyWhatIsLegalIsAskedFor() {
        assertThat(SqsNames.isLegal("a b")).isFalse();
        assertThat(SqsNames.isLegal("../x")).isFalse();
        assertThat(SqsNames.isLegal("")).isFalse();
        assertThat(SqsNames.isLegal("x".repeat(81))).isFalse();
        assertThat(SqsNames.isLegal("x.fifo")).isTrue();
    }
}

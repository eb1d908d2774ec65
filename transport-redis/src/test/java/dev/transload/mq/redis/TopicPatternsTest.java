package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TopicPatternsTest {

    private static List<String> matching(String pattern, String... topics) {
        return TopicPatterns.matching(pattern, Stream.of(topics).map(Bytes::of).toList());
    }

    @Test
    void aStarIsOneSegmentAndAHashAnyNumber() {
        assertThat(matching("orders.*.created", "orders.eu.created", "orders.created", "orders.eu.x.created"))
                .containsExactly("orders.eu.created");
        assertThat(matching("orders.#", "orders", "orders.eu", "orders.eu.created", "orders-eu"))
                .containsExactly("orders", "orders.eu", "orders.eu.created");
    }

    @Test
    void aLevelOfPriorityIsFollowedByItsOwnPatternAlone() {
        assertThat(matching("orders.*", "orders.eu", "orders.eu--p1")).containsExactly("orders.eu");
        assertThat(matching("orders.*--p1", "orders.eu", "orders.eu--p1", "orders.eu--p2"))
                .containsExactly("orders.eu--p1");
    }

    @Test
    void onlyPortableNamesArePatterns() {
        assertThat(TopicPatterns.isPattern(new Place(Role.GROUP, "a.*--g", "a.*", "g", Shape.PLAIN, true)))
                .isTrue();
        assertThat(TopicPatterns.isPattern(new Place(Role.GROUP, "a*--g", "a*", "g", Shape.PLAIN, false)))
                .isFalse();
        assertThat(TopicPatterns.isPattern(Place.of(Role.QUEUE, "a", Shape.PLAIN)))
                .isFalse();
    }
}

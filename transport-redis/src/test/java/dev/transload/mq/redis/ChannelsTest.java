package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.Shape;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChannelsTest {

    private static final Channels CHANNELS = Channels.of(Optional.of("news,sport:*"));

    private static Place topic(String name) {
        return new Place(Role.TOPIC, name, null, null, Shape.PLAIN, false);
    }

    private static Place group(String topic, @Nullable String group, boolean portable) {
        return new Place(Role.GROUP, group == null ? topic : topic + "--" + group, topic, group, Shape.PLAIN, portable);
    }

    @ParameterizedTest
    @CsvSource({
        "news, true",
        "news2, false",
        "sport:, true",
        "sport:rugby, true",
        "sport, false",
        "news--p3, true",
        "news--p33, false",
    })
    void aTopicIsOneByItsNameOrItsBeginning(String name, boolean isOne) {
        assertThat(CHANNELS.has(topic(name))).isEqualTo(isOne);
        assertThat(CHANNELS.has(group(name, null, false))).isEqualTo(isOne);
    }

    @Test
    void neitherAQueueNorAPatternIsOneAndWithoutTheOptionNothingIs() {
        assertThat(CHANNELS.has(Place.of(Role.QUEUE, "news", Shape.PLAIN))).isFalse();
        assertThat(Channels.of(Optional.of("*")).has(group("orders.*", null, true)))
                .isFalse();
        assertThat(Channels.of(Optional.empty()).has(topic("news"))).isFalse();
    }

    @Test
    void anEphemeralGroupIsPossibleAndADurableOneIsNot() {
        CHANNELS.requirePossible(group("news", null, true));

        assertThatThrownBy(() -> CHANNELS.requirePossible(group("news", "billing", true)))
                .isInstanceOf(UnsupportedCapabilityException.class)
                .hasMessageContainingAll("news--billing", "option channels", "ephemeral()");
    }

    @Test
    void orderAndHistoryAreNotPossible() {
        for (Shape shape : new Shape[] {new Shape(true, 0, 1, null), new Shape(false, 0, 1, Duration.ofDays(1))}) {
            assertThatThrownBy(() -> CHANNELS.requirePossible(new Place(Role.TOPIC, "news", null, null, shape, true)))
                    .isInstanceOf(UnsupportedCapabilityException.class)
                    .hasMessageContaining("topic news");
        }
    }
}

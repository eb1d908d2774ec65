package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Place.Role;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShapeMarkTest {

    @Test
    void everyShapeOfEveryRoleIsReadAsItWasWrittenAndNoTwoAreEqual() {
        Set<Long> values = new HashSet<>();
        for (Role role : Role.values()) {
            for (int partitions : new int[] {0, 1, 8, 1024}) {
                for (int priorities = 1; priorities <= 10; priorities++) {
                    for (Duration retained : new Duration[] {null, Duration.ofDays(7)}) {
                        boolean ordered = priorities == 1 && partitions != 8;
                        ShapeMark mark = ShapeMark.of(role, new Shape(ordered, partitions, priorities, retained));
                        assertThat(values.add(mark.value())).isTrue();
                        assertThat(ShapeMark.read(Long.toString(mark.value()))).isEqualTo(mark);
                    }
                }
            }
        }
    }

    @Test
    void theValueIsAPlausibleDuration() {
        for (Role role : Role.values()) {
            assertThat(ShapeMark.of(role, new Shape(false, 1024, 10, Duration.ofDays(1)))
                            .value())
                    .isBetween(
                            Duration.ofDays(11).toMillis(), Duration.ofDays(12).toMillis());
        }
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "86400000", "-1", "x", "9223372036854775807", "1000000000"})
    void whatSomeoneElseSetIsNoMark(String value) {
        assertThat(ShapeMark.read(value)).isNull();
    }
}

package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Place;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceTextTest {

    private static final String[] NAMES = {
        "orders", "orders--billing", "a b", "-", "%", "+", "café", "日本", "x/y?z&a=b", "~", "null", "emails.dlq", "🎉"
    };

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void anyPlaceComesBackAsItWas(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            Place place = place(random);
            assertThat(PlaceText.read(PlaceText.write(place))).isEqualTo(place);
        }
    }

    private static Place place(Random random) {
        boolean ordered = random.nextBoolean();
        Duration retained = switch (random.nextInt(4)) {
            case 0 -> null;
            case 1 -> Duration.ofNanos(1 + random.nextInt(1_000_000));
            case 2 -> Duration.ofDays(1 + random.nextInt(9999));
            default -> Duration.ofSeconds(1 + random.nextInt(9999), random.nextInt(1_000_000_000));
        };
        Shape shape = new Shape(ordered, random.nextInt(1025), ordered ? 1 : 1 + random.nextInt(10), retained);
        Place.Role[] roles = Place.Role.values();
        return new Place(
                roles[random.nextInt(roles.length)],
                name(random),
                random.nextBoolean() ? name(random) : null,
                random.nextBoolean() ? name(random) : null,
                shape,
                random.nextBoolean());
    }

    private static String name(Random random) {
        return NAMES[random.nextInt(NAMES.length)];
    }

    @Test
    void theTextHasNothingAHeaderCannotCarry() {
        for (String name : NAMES) {
            Place place = new Place(Place.Role.GROUP, name, name, name, Shape.PLAIN, false);
            assertThat(PlaceText.write(place)).matches("[ -~]+");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "QUEUE",
                "QUEUE portable plain 0 1 ~ ~ ~",
                "NOWHERE portable plain 0 1 ~ ~ ~ orders",
                "QUEUE portable plain x 1 ~ ~ ~ orders",
                "QUEUE portable plain -1 1 ~ ~ ~ orders",
                "QUEUE portable plain 0 99 ~ ~ ~ orders",
                "QUEUE portable plain 0 1 soon ~ ~ orders",
                "QUEUE portable plain 0 1 ~ ~ ~ %zz",
                "QUEUE portable plain 0 1 ~ ~ ~ orders more"
            })
    void whatIsNotAPlaceReadsAsNone(String text) {
        assertThat(PlaceText.read(text)).isNull();
        assertThat(PlaceText.read(null)).isNull();
    }
}

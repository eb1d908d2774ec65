package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RabbitMqDelaysTest {

    @ParameterizedTest
    @CsvSource({"1, 1", "250, 1", "251, 2", "1000, 4", "60000, 240"})
    void aDelayIsRoundedUpToQuartersOfASecond(long millis, long units) {
        assertThat(RabbitMqDelays.units(millis)).isEqualTo(units);
    }

    @ParameterizedTest
    @CsvSource({"1, mq.delay.00", "2, mq.delay.01", "3, mq.delay.01", "240, mq.delay.07", "536870911, mq.delay.28"})
    void aMessageEntersAtItsHighestBit(long units, String exchange) {
        assertThat(RabbitMqDelays.exchange(units)).isEqualTo(exchange);
    }

    @Test
    void theQueuesOfTheBitsAddUpToTheDelay() {
        Random random = new Random(7);
        for (int i = 0; i < 1_000; i++) {
            long units = 1 + random.nextLong(RabbitMqDelays.MAX.toMillis() / RabbitMqDelays.UNIT_MILLIS);
            String[] words = RabbitMqDelays.routingKey(units, Spi.queue("a.b")).split("\\.");

            long sum = 0;
            for (int word = 0; word < RabbitMqDelays.LEVELS; word++) {
                sum = 2 * sum + Long.parseLong(words[word]);
            }
            assertThat(sum).isEqualTo(units);
            assertThat(words).endsWith("q", "a", "b");
        }
    }

    @Test
    void aTopicAndAQueueOfOneNameAreToldApart() {
        assertThat(RabbitMqDelays.routingKey(1, Spi.topic("orders")))
                .isNotEqualTo(RabbitMqDelays.routingKey(1, Spi.queue("orders")));
    }

    @Test
    void theLongestNameFitsARoutingKey() {
        String name = "n".repeat(RabbitMqDelays.MAX_NAME);

        assertThat(RabbitMqDelays.routingKey(1, Spi.queue(name))).hasSize(255);
    }
}

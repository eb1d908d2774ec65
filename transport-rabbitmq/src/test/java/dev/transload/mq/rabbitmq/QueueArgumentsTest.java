package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Place;
import org.junit.jupiter.api.Test;

class QueueArgumentsTest {

    private static final BrokerVersion OLD = BrokerVersion.of("RabbitMQ", "3.10.8");
    private static final BrokerVersion NEW = BrokerVersion.of("RabbitMQ", "4.3.6");

    @Test
    void aQueueIsAQuorumQueueThatLosesNothing() {
        assertThat(QueueArguments.of(Spi.queue("jobs"), OLD))
                .isEqualTo(QueueArguments.of(Spi.queue("jobs"), NEW))
                .containsEntry("x-queue-type", "quorum")
                .containsEntry("x-delivery-limit", 100)
                .containsEntry("x-dead-letter-exchange", "")
                .containsEntry("x-dead-letter-routing-key", "jobs.dlq")
                .containsEntry("x-dead-letter-strategy", "at-least-once")
                .containsEntry("x-overflow", "reject-publish")
                .doesNotContainKey("x-single-active-consumer");
    }

    @Test
    void deadLettersHaveNoLimitAndNoDeadLetters() {
        assertThat(QueueArguments.of(Place.of(Place.Role.DEAD_LETTERS, "jobs.dlq", Shape.PLAIN), NEW))
                .containsEntry("x-delivery-limit", 1_000_000_000)
                .doesNotContainKey("x-dead-letter-exchange");
    }

    @Test
    void suspectsShareTheDeadLettersOfTheirQueue() {
        assertThat(QueueArguments.of(Place.of(Place.Role.SUSPECTS, "jobs.suspects", Shape.PLAIN), NEW))
                .containsEntry("x-dead-letter-routing-key", "jobs.dlq");
    }

    @Test
    void anOrderedQueueHasOneActiveConsumer() {
        assertThat(QueueArguments.of(Spi.queue("jobs", Spi.ORDERED), NEW))
                .containsEntry("x-single-active-consumer", true);
    }

    @Test
    void prioritiesAreThoseOfTheQuorumQueueWhereItHasThem() {
        Shape levels = new Shape(false, 0, 3, null);

        assertThat(QueueArguments.of(Spi.queue("jobs", levels), OLD))
                .containsEntry("x-queue-type", "classic")
                .containsEntry("x-max-priority", 2);
        assertThat(QueueArguments.of(Spi.queue("jobs", levels), NEW))
                .containsEntry("x-queue-type", "quorum")
                .containsEntry("x-delivery-limit", 103);
    }

    @Test
    void theDifferenceARefusalNamesIsRead() {
        assertThat(difference("x-delivery-limit", "received '103' but current is '100', class-id=50"))
                .isEqualTo(new QueueArguments.Difference("x-delivery-limit", "100"));
        assertThat(difference(
                        "x-single-active-consumer", "received none but current is the value 'true' of type 'bool'"))
                .isEqualTo(new QueueArguments.Difference("x-single-active-consumer", "true"));
        assertThat(difference("x-dead-letter-exchange", "received the value '' of type 'longstr' but current is none"))
                .isEqualTo(new QueueArguments.Difference("x-dead-letter-exchange", null));
        assertThat(QueueArguments.difference("PRECONDITION_FAILED - invalid arg"))
                .isEmpty();
    }

    @Test
    void aDifferenceInShapeIsAConflictThatNamesBoth() {
        assertThat(conflict(Spi.queue("q", Spi.ORDERED), "x-single-active-consumer", null))
                .isEqualTo("asked for ordered, but it was made not ordered");
        assertThat(conflict(Spi.queue("q"), "x-single-active-consumer", "true"))
                .isEqualTo("asked for not ordered, but it was made ordered");
        assertThat(conflict(Spi.queue("q", new Shape(false, 0, 3, null)), "x-delivery-limit", "105"))
                .isEqualTo("asked for 3 priorities, but it was made with 5");
        assertThat(conflict(Spi.queue("q", new Shape(false, 0, 3, null)), "x-max-priority", "9"))
                .isEqualTo("asked for 3 priorities, but it was made with 10");
        assertThat(conflict(Spi.queue("q"), "x-queue-type", "stream"))
                .isEqualTo("asked for a queue, but it is a stream");
    }

    @Test
    void aDifferenceThatDoesNoHarmIsNone() {
        assertThat(conflict(Spi.queue("q"), "x-queue-type", "classic")).isNull();
        assertThat(conflict(Spi.queue("q"), "x-delivery-limit", "5")).isNull();
        assertThat(conflict(Spi.queue("q"), "x-delivery-limit", null)).isNull();
        assertThat(conflict(Spi.queue("q"), "x-dead-letter-exchange", "theirs")).isNull();
        assertThat(conflict(Spi.queue("q"), "x-message-ttl", "60000")).isNull();
        assertThat(conflict(Spi.queue("q", new Shape(false, 0, 3, null)), "x-max-priority", "2"))
                .isNull();
    }

    private static QueueArguments.Difference difference(String argument, String rest) {
        return QueueArguments.difference("PRECONDITION_FAILED - inequivalent arg '" + argument
                        + "' for queue 'jobs' in vhost '/': " + rest)
                .orElseThrow();
    }

    private static String conflict(Place place, String argument, String current) {
        return QueueArguments.conflict(place, new QueueArguments.Difference(argument, current));
    }
}

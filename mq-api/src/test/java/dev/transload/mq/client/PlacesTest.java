package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Destination;
import dev.transload.mq.Queue;
import dev.transload.mq.Shape;
import dev.transload.mq.Source;
import dev.transload.mq.Topic;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import org.junit.jupiter.api.Test;

class PlacesTest {

    private static final Queue<String> EMAILS = Queue.of("email-queue", String.class);
    private static final Topic<String> ORDERS = Topic.of("orders", String.class).ordered();

    @Test
    void aQueueIsOnePlaceWhetherSentToOrReceivedFrom() {
        Place place = Places.of((Destination<String>) EMAILS);

        assertThat(place).isEqualTo(Place.of(Role.QUEUE, "email-queue", Shape.PLAIN));
        assertThat(Places.of((Source<String>) EMAILS)).isEqualTo(place);
    }

    @Test
    void aNameOfTheBrokersOwnIsNotMapped() {
        assertThat(Places.of((Source<String>) Queue.named("Legacy_Queue", String.class))
                        .portable())
                .isFalse();
    }

    @Test
    void aTopicIsSentToAndItsGroupReceivedFrom() {
        Place topic = Places.of(ORDERS);
        Place group = Places.of(ORDERS.group("billing"));

        assertThat(topic.role()).isEqualTo(Role.TOPIC);
        assertThat(topic.name()).isEqualTo("orders");
        assertThat(group)
                .isEqualTo(new Place(Role.GROUP, "orders--billing", "orders", "billing", ORDERS.shape(), true));
        assertThat(Places.of(ORDERS.ephemeral()).group()).isNull();
    }

    @Test
    void derivedPlacesArePlainAndNamedAfterTheirHome() {
        Place group = Places.of(ORDERS.group("billing"));

        assertThat(Places.deadLetters(group, null))
                .isEqualTo(Place.of(Role.DEAD_LETTERS, "orders--billing.dlq", Shape.PLAIN));
        assertThat(Places.suspects(group)).isEqualTo(Place.of(Role.SUSPECTS, "orders--billing.suspects", Shape.PLAIN));
        assertThat(Places.deadLetters(group, "Others"))
                .isEqualTo(new Place(Role.DEAD_LETTERS, "Others", null, null, Shape.PLAIN, false));
        assertThat(Places.reply("inbox").role()).isEqualTo(Role.REPLY);
    }

    @Test
    void placesOfForeignNamesStayForeign() {
        Place home = Places.of((Source<String>) Queue.named("Legacy_Queue", String.class));

        assertThat(Places.deadLetters(home, null).name()).isEqualTo("Legacy_Queue.dlq");
        assertThat(Places.deadLetters(home, null).portable()).isFalse();
        assertThat(Places.suspects(home).portable()).isFalse();
    }

    @Test
    void eachLevelOfPriorityHasAPlaceWithoutPriorities() {
        Place home = Places.of((Source<String>) EMAILS.priorities(3));

        Place lane = Places.priorityLane(home, 2);

        assertThat(lane.name()).isEqualTo("email-queue--p2");
        assertThat(lane.role()).isEqualTo(Role.PRIORITY_LANE);
        assertThat(lane.shape().priorities()).isEqualTo(1);
    }
}

package dev.transload.mq.examples.shop;

import static dev.transload.mq.junit.MqAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.MessageTooLargeException;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.inmemory.InMemoryBroker;
import dev.transload.mq.inmemory.Profile;
import dev.transload.mq.junit.InMemoryMq;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whether the shop could move to another broker, asked without that broker: a profile refuses what it would refuse. */
@InMemoryMq(profile = Profile.SQS_FIFO)
class PortabilityTest {

    private static final Queue<byte[]> SCANS = Queue.of("shop-scans", byte[].class);

    @Test
    void theShopRunsWithTheLimitsOfSqs(InMemoryBroker broker, MqClient mq, IdempotencyStore store) {
        Shop shop = new Shop(mq).open(Pace.PATIENT, store, mail -> {});

        shop.order(new Order("o-1", "anna", "book", 2));
        broker.advance(Duration.ofHours(3));

        assertThat(broker).isDrained().hasNoDeadLetters();
        assertThat(shop.journal().notes("mails", "reminder-o-1")).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(Profile.class)
    void whatAProfileRefusesItRefusesBeforeAnythingIsMade(Profile profile) {
        InMemoryBroker other = InMemoryBroker.builder().profile(profile).build();
        try (MqClient mq = MqClient.connect(other.uri())) {
            if (profile == Profile.SQS_STANDARD) {
                assertThatThrownBy(() -> mq.subscribe(Places.WAREHOUSE, event -> {}))
                        .isInstanceOf(UnsupportedCapabilityException.class);
                assertThat(other.destinations()).isEmpty();
            } else {
                mq.subscribe(Places.WAREHOUSE, event -> {});
            }
        }
    }

    @Test
    void aScanOfTwoMebibytesDoesNotFit(InMemoryBroker broker, MqClient mq) {
        assertThatThrownBy(() -> mq.send(SCANS, new byte[2 << 20]))
                .isInstanceOf(MessageTooLargeException.class)
                .hasMessageContaining("2097152");
        assertThat(broker.destinations()).isEmpty();
    }

    @Test
    void aReminderAfterTwoHoursFitsAndOneAfterEightDaysDoesNot(InMemoryBroker broker, MqClient mq) {
        mq.send(SCANS, new byte[1], SendOptions.delay(Duration.ofHours(2))); // in several steps: see explain()
        assertThat(broker).at("shop-scans").hasDelayed(1);

        assertThatThrownBy(() -> mq.send(SCANS, new byte[1], SendOptions.delay(Duration.ofDays(8))))
                .isInstanceOf(UnsupportedCapabilityException.class)
                .hasMessageContaining("at most PT168H");
    }
}

package dev.transload.mq.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Message;
import dev.transload.mq.Shape;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.sqs.SqsSender.Sending;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DelaySecondsTest {

    @ParameterizedTest
    @CsvSource({"0,0", "1,1", "800,1", "1000,1", "1001,2", "900000,900"})
    void aQueueHidesForSecondsRoundedUp(long delay, int seconds) {
        assertThat(sending(Role.QUEUE, delay, delay).delaySeconds()).isEqualTo(seconds);
    }

    @ParameterizedTest
    @CsvSource({"1,0,1", "800,0,800", "1000,1,0", "2300,2,300", "900000,900,0"})
    void aRelayHidesForWholeSecondsAndHoldsTheRest(long delay, int seconds, long rest) {
        Sending sending = sending(Role.DELAY_LANE, delay, delay);

        assertThat(sending.delaySeconds()).isEqualTo(seconds);
        assertThat(SqsSender.restMillis(sending.outgoing().message())).isEqualTo(rest);
    }

    @ParameterizedTest
    @CsvSource({"900001", "86400500"})
    void ofADelayThatIsLongerThanTheServicesTheRestIsTheEnginesAffair(long delay) {
        Sending sending = sending(Role.DELAY_LANE, delay, 900_000);

        assertThat(sending.delaySeconds()).isEqualTo(900);
        assertThat(SqsSender.restMillis(sending.outgoing().message())).isZero();
    }

    private static Sending sending(Role role, long delay, long byTheService) {
        Message message = Message.builder("id", new byte[0])
                .annotation(Annotations.DELAY, Long.toString(delay))
                .build();
        Outgoing outgoing = new Outgoing() {
            @Override
            public Place to() {
                return Place.of(role, "orders", Shape.PLAIN);
            }

            @Override
            public Message message() {
                return message;
            }

            @Override
            public long delayMillis() {
                return byTheService;
            }

            @Override
            public void done() {}

            @Override
            public void failed(Throwable cause) {}
        };
        return new Sending(outgoing, new SqsMessages.Wire("id", 2, Map.of(), "", "id"), 1, null);
    }
}

package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Outcome;
import dev.transload.mq.TransportException;
import java.util.List;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.exceptions.JedisDataException;

class ConfirmationTest {

    @Test
    void enoughReplicasAreEnough() {
        assertThat(new Confirmation(2, false, 100).missing(2L)).isNull();
        assertThat(new Confirmation(1, true, 100).missing(List.of(1L, 1L))).isNull();
        assertThat(new Confirmation(0, true, 100).missing(List.of(1L, 0L))).isNull();
    }

    @Test
    void tooFewLeaveTheOutcomeOpenAndAreCounted() {
        TransportException missing = new Confirmation(2, false, 100).missing(1L);
        assertThat(missing).isNotNull().hasMessageContaining("1 of 2 replicas");
        assertThat(missing.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(missing.retryable()).isTrue();
        assertThat(new Confirmation(0, true, 100).missing(List.of(0L, 0L)))
                .hasMessageContaining("not on the server's disk");
    }

    @Test
    void aServerThatCannotWaitHasNotConfirmed() {
        assertThat(new Confirmation(1, false, 100).missing(new JedisDataException("ERR no")))
                .isNotNull();
    }
}

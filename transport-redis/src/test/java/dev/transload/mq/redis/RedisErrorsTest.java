package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.TransportException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

class RedisErrorsTest {

    private static MessagingException of(String error) {
        return RedisErrors.operation("send to q", new JedisDataException(error));
    }

    @ParameterizedTest
    @ValueSource(strings = {"OOM command not allowed", "LOADING Redis is loading", "READONLY You can't", "MISCONF x"})
    void whatPassesIsTriedAgainAndNothingWasStored(String error) {
        assertThat(of(error)).isInstanceOf(TransportException.class);
        assertThat(of(error).retryable()).isTrue();
        assertThat(of(error).outcome()).isEqualTo(Outcome.NOT_SENT);
    }

    @Test
    void aRefusalIsOne() {
        assertThat(of("NOPERM this user has no permissions")).isInstanceOf(AuthenticationException.class);
        assertThat(RedisErrors.connecting("h:1", new JedisDataException("WRONGPASS invalid")))
                .isInstanceOf(AuthenticationException.class);
    }

    @Test
    void aGroupThatIsNotThereIsADestinationThatIsNotThere() {
        assertThat(of("NOGROUP No such key")).isInstanceOf(DestinationNotFoundException.class);
    }

    @Test
    void anAnswerThatNeverCameLeavesTheOutcomeOpen() {
        MessagingException lost = RedisErrors.operation("send to q", new JedisConnectionException("closed"));
        assertThat(lost).isInstanceOf(ConnectionLostException.class);
        assertThat(lost.outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void theTextOfAnErrorIsNotRepeatedSinceItMayHoldWhatWasSent() {
        assertThat(of("ERR unknown value 's3cret'").getMessage()).doesNotContain("s3cret");
    }
}

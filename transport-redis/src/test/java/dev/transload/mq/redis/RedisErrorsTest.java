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

    @ParameterizedTest
    @ValueSource(strings = {"MOVED 1 h:1", "ASK 1 h:1", "TRYAGAIN Multiple keys", "CLUSTERDOWN Hash slot not served"})
    void whatAnotherNodeHasIsElsewhere(String error) {
        assertThat(RedisErrors.isElsewhere(new JedisDataException(error))).isTrue();
        assertThat(RedisErrors.isElsewhere(new JedisDataException("READONLY x")))
                .isFalse();
    }

    @Test
    void aServerThatStepsDownIsNoPlaceThatIsGone() {
        JedisDataException stepsDown = new JedisDataException(
                "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)");
        assertThat(RedisErrors.isMissing(stepsDown)).isFalse();
        assertThat(RedisErrors.isNoLongerServing(stepsDown)).isTrue();
        JedisDataException gone = new JedisDataException("UNBLOCKED the stream key no longer exists");
        assertThat(RedisErrors.isMissing(gone)).isTrue();
        assertThat(RedisErrors.isNoLongerServing(gone)).isFalse();
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

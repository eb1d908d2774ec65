package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.ClientClosedException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.spi.TransportUri;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Protocol.Command;

/** What becomes of calls to a server that is not talked to any more. */
class CommanderTest {

    private static Commander commander(Commander.@Nullable Redirects redirects) {
        return new Commander(
                () -> {
                    throw new IllegalStateException("nobody connects");
                },
                "server:6379",
                Duration.ofSeconds(1),
                RedisOptions.of(TransportUri.parse("redis:")).confirmation(),
                redirects,
                "commander");
    }

    private static @Nullable RuntimeException told(Commander.@Nullable Redirects redirects) {
        Commander commander = commander(redirects);
        var unused = commander.stop();
        AtomicReference<RuntimeException> told = new AtomicReference<>();
        commander.submit(RedisCall.of(Command.PING, RedisCall.Answer.of(answer -> {}, told::set)));
        return told.get();
    }

    @Test
    void aCallToANodeThatHasLeftTheClusterMayBeMadeAgain() {
        assertThat(told((call, where) -> {}))
                .isInstanceOf(ConnectionLostException.class)
                .extracting(cause -> ((MessagingException) cause).outcome())
                .isEqualTo(Outcome.NOT_SENT);
    }

    @Test
    void aFirstConnectionThatFailsForAReasonNobodyThoughtOfIsToldToWhoWaitsForIt() {
        assertThat(commander(null).start())
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .withCauseInstanceOf(ConnectionLostException.class);
    }

    @Test
    void aCallByAClientThatIsClosedIsRefused() {
        assertThat(told(null)).isInstanceOf(ClientClosedException.class);
    }
}

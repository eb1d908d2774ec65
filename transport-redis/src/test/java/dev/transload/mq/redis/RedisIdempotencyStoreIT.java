package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.ClientClosedException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.IdempotencyStore.Claim;
import dev.transload.mq.fixtures.RedisBroker;
import dev.transload.mq.fixtures.RedisCluster;
import dev.transload.mq.fixtures.RedisSentinels;
import dev.transload.mq.fixtures.RedisVersion;
import dev.transload.mq.tck.Direction;
import dev.transload.mq.tck.LoopbackPorts;
import dev.transload.mq.tck.TcpProxy;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RedisIdempotencyStoreIT {

    private static final Duration LONG = Duration.ofMinutes(10);

    private final String key = "orders/" + UUID.randomUUID();

    @Test
    void peopleReadInAnEntryWhoHasClaimedItAndWhenItEnds() {
        RedisBroker broker = RedisBroker.shared(RedisVersion.newest());
        String entry = "mq:idempotency:" + key;
        try (RedisIdempotencyStore store = connect(broker.uri().toString())) {
            String token = token(store.begin(key, "host 1", LONG));
            assertThat(broker.command("GET", entry)).isEqualTo("claimed " + token + " host 1");
            assertThat(Long.parseLong(broker.command("PTTL", entry))).isBetween(590_000L, 600_000L);

            store.complete(key, token, Duration.ofHours(1));

            assertThat(broker.command("GET", entry)).isEqualTo("done " + token);
            assertThat(Long.parseLong(broker.command("PTTL", entry))).isBetween(3_590_000L, 3_600_000L);
        }
    }

    @Test
    void storesWithDifferentPrefixesKnowNothingOfEachOther() {
        String uri = RedisBroker.shared(RedisVersion.newest()).uri().toString();
        try (RedisIdempotencyStore one = connect(uri + "?prefix=one:");
                RedisIdempotencyStore two = connect(uri + "?prefix=two:")) {
            assertThat(one.begin(key, "one", LONG)).isInstanceOf(Claim.Started.class);
            assertThat(two.begin(key, "two", LONG)).isInstanceOf(Claim.Started.class);
        }
    }

    @Test
    void keysThatUtf8CannotHoldAreKeptApart() {
        try (RedisIdempotencyStore store =
                connect(RedisBroker.shared(RedisVersion.newest()).uri().toString())) {
            assertThat(store.begin(key + '\uD83D', "one", LONG)).isInstanceOf(Claim.Started.class);
            assertThat(store.begin(key + '\uD83E', "one", LONG)).isInstanceOf(Claim.Started.class);
            assertThat(store.begin(key + '?', "one", LONG)).isInstanceOf(Claim.Started.class);
            assertThat(store.begin(key + '\uD83D', "two", LONG)).isInstanceOf(Claim.InProgress.class);
        }
    }

    @Test
    void aServerThatHasForgottenTheScriptsIsHandedThemAgain() {
        try (RedisBroker broker = RedisBroker.start(RedisVersion.newest());
                RedisIdempotencyStore store = connect(broker.uri().toString())) {
            String token = token(store.begin(key, "one", LONG));
            broker.command("SCRIPT", "FLUSH");

            assertThat(store.complete(key, token, LONG)).isTrue();
            assertThat(store.begin(key, "two", LONG)).isInstanceOf(Claim.Done.class);
        }
    }

    @Test
    void aClaimOutlivesAServerThatIsKilledAndTheStoreGoesOnWithoutAFailure() throws Exception {
        try (RedisBroker broker = RedisBroker.start(RedisVersion.newest());
                RedisIdempotencyStore store = connect(broker.uri() + "?timeout=30s")) {
            String token = token(store.begin(key, "one", LONG));

            broker.kill();
            CompletableFuture<Boolean> completed =
                    CompletableFuture.supplyAsync(() -> store.complete(key, token, LONG));
            broker.start();

            assertThat(completed.get(40, TimeUnit.SECONDS)).isTrue();
            assertThat(store.begin(key, "two", LONG)).isInstanceOf(Claim.Done.class);
        }
    }

    @Test
    void aCallWhoseAnswerIsLostIsAskedAgainAndCountsOnce() {
        RedisBroker broker = RedisBroker.shared(RedisVersion.newest());
        try (TcpProxy proxy = broker.proxy();
                RedisIdempotencyStore store = connect(broker.uriVia(proxy) + "?connections=1")) {
            proxy.cutAfter(Direction.TO_CLIENT, 1);
            String token = token(store.begin(key, "one", LONG));
            proxy.cutAfter(Direction.TO_CLIENT, 1);
            assertThat(store.renew(key, token, LONG)).isTrue();
            proxy.cutAfter(Direction.TO_CLIENT, 1);
            assertThat(store.complete(key, token, LONG)).isTrue();

            String other = key + "-other";
            String given = token(store.begin(other, "one", LONG));
            proxy.cutAfter(Direction.TO_CLIENT, 1);
            assertThat(store.abandon(other, given)).isTrue();
            assertThat(proxy.cuts()).isGreaterThanOrEqualTo(4);
        }
    }

    @Test
    void aServerThatDoesNotAnswerMakesACallFailWhenItsTimeIsOver() {
        try (RedisBroker broker = RedisBroker.start(RedisVersion.newest());
                RedisIdempotencyStore store = connect(broker.uri() + "?timeout=1s")) {
            broker.pause();
            long asked = System.nanoTime();

            assertThatThrownBy(() -> store.begin(key, "one", LONG)).isInstanceOf(ConnectionLostException.class);

            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(10));
            broker.unpause();
            await("the store has found the server again")
                    .untilAsserted(
                            () -> assertThat(store.begin(key, "one", LONG)).isInstanceOf(Claim.class));
        }
    }

    @Test
    void theStoreFollowsTheMasterThatSentinelsName() {
        try (RedisSentinels pair = RedisSentinels.start(RedisVersion.newest());
                RedisIdempotencyStore store =
                        connect(pair.uri() + "?timeout=30s&sentinel=" + RedisSentinels.MASTER_NAME)) {
            String token = token(store.begin(key, "one", LONG));
            pair.primary().command("WAIT", "1", "5000");

            pair.failOver();

            assertThat(store.complete(key, token, LONG)).isTrue();
            assertThat(pair.primary().command("GET", "mq:idempotency:" + key)).isEqualTo("done " + token);
        }
    }

    @Test
    void aReplicaOfAClusterTakesOverTheClaimsOfItsPrimary() {
        try (RedisCluster cluster =
                        RedisCluster.builder(RedisVersion.newest()).replicated().start();
                RedisIdempotencyStore store = connect(cluster.uri() + "?cluster=true&timeout=30s")) {
            String entry = "mq:idempotency:" + key;
            RedisBroker owner = cluster.ownerOf(entry);
            String token = token(store.begin(key, "one", LONG));
            owner.command("WAIT", "1", "5000");

            owner.kill();

            assertThat(store.complete(key, token, LONG)).isTrue();
            assertThat(cluster.ownerOf(entry)).isNotSameAs(owner);
        }
    }

    @Test
    void aSecuredServerIsReachedByTlsAndPasswordAndAWrongOneIsRefused() {
        try (RedisBroker broker =
                RedisBroker.builder(RedisVersion.newest()).secured().start()) {
            String trust = "?trustStore="
                    + URLEncoder.encode(broker.trustStore().toString(), StandardCharsets.UTF_8)
                    + "&trustStorePassword=" + broker.trustStorePassword();
            try (RedisIdempotencyStore store = connect(broker.tlsUri() + trust)) {
                assertThat(store.begin(key, "one", LONG)).isInstanceOf(Claim.Started.class);
                assertThat(store.toString()).doesNotContain(RedisBroker.PASSWORD);
            }
            String wrong = broker.tlsUri().toString().replace(RedisBroker.PASSWORD, "wrong");
            assertThatThrownBy(() -> connect(wrong + trust))
                    .isInstanceOf(AuthenticationException.class)
                    .hasMessageNotContaining("wrong");
        }
    }

    @Test
    void aServerThatIsNotThereAndAStoreThatIsClosedAreErrors() {
        assertThatThrownBy(() -> connect("redis://127.0.0.1:" + LoopbackPorts.next() + "?timeout=1s"))
                .isInstanceOf(ConnectionLostException.class);
        RedisIdempotencyStore store =
                connect(RedisBroker.shared(RedisVersion.newest()).uri().toString());
        store.close();
        store.close();
        assertThatThrownBy(() -> store.begin(key, "one", LONG)).isInstanceOf(ClientClosedException.class);
    }

    private static RedisIdempotencyStore connect(String uri) {
        return RedisIdempotencyStore.connect(uri);
    }

    private static String token(Claim claim) {
        assertThat(claim).isInstanceOf(Claim.Started.class);
        return ((Claim.Started) claim).token();
    }
}

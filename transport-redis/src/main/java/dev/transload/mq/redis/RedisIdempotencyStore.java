package dev.transload.mq.redis;

import static java.util.Objects.requireNonNull;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.MessagingException;
import dev.transload.mq.spi.TransportUri;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisClusterOperationException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * Remembers in Redis or Valkey which keys have been handled, for all processes that name the same server and prefix and
 * whatever broker their messages come from.
 *
 * <pre>{@code
 * RedisIdempotencyStore store = RedisIdempotencyStore.connect("redis://localhost");
 * }</pre>
 *
 * <p>Each key is one entry, {@code mq:idempotency:} and the key, which ends by itself: a claim with its lease, what is
 * done with its retention, both by the server's clock. People read in it {@code claimed TOKEN OWNER} or {@code done
 * TOKEN}. It is as durable as the server: a server that forgets (no persistence, a failover before the replica had it,
 * memory that is full and evicts) lets a message be handled again; none is lost by it.
 *
 * <p>A call that fails by the way or meets a server that is just starting or being failed over is tried again until the
 * option {@code timeout} is over, and does not count twice for it. Thread-safe; it belongs to who made it, who closes it
 * after the clients that use it.
 */
public final class RedisIdempotencyStore implements IdempotencyStore, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RedisIdempotencyStore.class);

    private static final int MAX_KEY = 512;
    private static final int TOKEN_BYTES = 16;
    private static final long MAX_MILLIS = Duration.ofDays(365_000).toMillis();
    private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(20).toNanos();
    private static final long MAX_PAUSE_NANOS = Duration.ofMillis(500).toNanos();

    /** Nothing was done, and it may go on by itself within moments. */
    private static final Set<String> PASSING =
            Set.of("LOADING", "BUSY", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN");

    private final StoreConnection connection;
    private final UnifiedJedis redis;
    private final SecureRandom random = new SecureRandom();
    private final AtomicBoolean closed = new AtomicBoolean();

    private RedisIdempotencyStore(StoreConnection connection, UnifiedJedis redis) {
        this.connection = connection;
        this.redis = redis;
    }

    /**
     * Connects to a server, to the master that sentinels know, or to a cluster.
     *
     * @param uri {@code redis://user:password@host:6379/0}, {@code rediss} for TLS; {@code
     *     redis://sentinel1,sentinel2?sentinel=NAME}; {@code redis://node1,node2?cluster=true}. Other options: {@code
     *     prefix} of the entries; {@code connections}, at most 8 unless given; {@code timeout} of a call, 5s unless
     *     given; and those for TLS that a transport has
     * @throws IllegalArgumentException if it is none, or an option is wrong
     * @throws AuthenticationException if the server does not let us in
     * @throws MessagingException if it cannot be reached
     */
    public static RedisIdempotencyStore connect(String uri) {
        StoreConnection connection = new StoreConnection(TransportUri.parse(uri));
        UnifiedJedis redis = connection.open();
        RedisIdempotencyStore store = new RedisIdempotencyStore(connection, redis);
        try {
            boolean unused = store.settle("renew", "none", "none", Duration.ofMillis(1), "connect");
            for (String warning : connection.warnings(redis)) {
                LOG.warn("the idempotency store at {} may forget: {}", connection.where(), warning);
            }
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw RedisErrors.connecting(connection.where(), e);
        }
    }

    @Override
    public Claim begin(String key, String owner, Duration lease) {
        byte[] entry = entry(key);
        byte[] who = Bytes.of(requireNonNull(owner, "owner"));
        byte[] millis = millis("lease", lease);
        String token = newToken();
        long left = ask("claim a key", again -> run(Script.IDEMPOTENCY_BEGIN, entry, List.of(Bytes.of(token), who, millis)));
        if (left == 0) {
            return new Claim.Started(token);
        }
        return left < 0 ? new Claim.Done() : new Claim.InProgress(Instant.now().plusMillis(left));
    }

    @Override
    public boolean renew(String key, String token, Duration lease) {
        return settle("renew", key, token, lease, "lease");
    }

    @Override
    public boolean complete(String key, String token, Duration retention) {
        return settle("complete", key, token, retention, "retention");
    }

    @Override
    public boolean abandon(String key, String token) {
        return settle("abandon", key, token, Duration.ofMillis(1), "none");
    }

    /** Closes the connections. Nothing that is remembered is changed. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            redis.close();
        }
    }

    @Override
    public String toString() {
        return "RedisIdempotencyStore[" + connection.where() + "]";
    }

    private boolean settle(String verb, String key, String token, Duration time, String nameOfTime) {
        byte[] entry = entry(key);
        byte[] mine = Bytes.of(requireNonNull(token, "token"));
        byte[] millis = millis(nameOfTime, time);
        // A client of a cluster asks again by itself, without a word. To give up twice does no harm.
        boolean silently = connection.cluster() && verb.equals("complete");
        return ask(
                        verb + " a claim",
                        again -> run(
                                Script.IDEMPOTENCY_SETTLE,
                                entry,
                                List.of(mine, Bytes.of(verb), millis, Bytes.of(again || silently ? "1" : "0"))))
                == 1;
    }

    private long run(Script script, byte[] entry, List<byte[]> arguments) {
        try {
            return (Long) redis.evalsha(script.sha(), List.of(entry), arguments);
        } catch (JedisNoScriptException unknown) {
            return (Long) redis.eval(script.source(), List.of(entry), arguments);
        }
    }

    /** A question that may be asked again, and is told if it is. */
    @FunctionalInterface
    private interface Question {
        long ask(boolean again);
    }

    private long ask(String what, Question question) {
        long deadline = System.nanoTime() + connection.timeout().toNanos();
        long pause = FIRST_PAUSE_NANOS;
        boolean again = false;
        while (true) {
            if (closed.get()) {
                throw RedisErrors.closed(what);
            }
            try {
                return question.ask(again);
            } catch (JedisException e) {
                if (!mayPass(e)
                        || System.nanoTime() + pause >= deadline
                        || Thread.currentThread().isInterrupted()) {
                    throw RedisErrors.operation(what, e);
                }
            }
            again = true;
            LockSupport.parkNanos(pause);
            pause = Math.min(2 * pause, MAX_PAUSE_NANOS);
        }
    }

    private static boolean mayPass(JedisException e) {
        return e instanceof JedisConnectionException
                || e instanceof JedisClusterOperationException
                || PASSING.contains(RedisErrors.code(e));
    }

    private String newToken() {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The name of a key's entry. Text that UTF-8 cannot hold, such as half of a pair, is spelled in another way. */
    private byte[] entry(String key) {
        requireNonNull(key, "key");
        if (key.isEmpty() || key.length() > MAX_KEY) {
            throw new IllegalArgumentException("key must have 1 to " + MAX_KEY + " characters, had " + key.length());
        }
        if (StandardCharsets.UTF_8.newEncoder().canEncode(key)) {
            return Bytes.of(connection.prefix() + key);
        }
        StringBuilder spelled = new StringBuilder(connection.prefix()).append('\0');
        key.chars().forEach(unit -> spelled.append(HexFormat.of().toHexDigits((char) unit)));
        return Bytes.of(spelled.toString());
    }

    private static byte[] millis(String what, Duration time) {
        requireNonNull(time, what);
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException(what + " must be positive, was " + time);
        }
        long millis = time.compareTo(Duration.ofMillis(MAX_MILLIS)) > 0 ? MAX_MILLIS : time.toMillis();
        return Bytes.of(Long.toString(Math.max(1, millis)));
    }
}

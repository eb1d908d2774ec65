package dev.transload.mq.redis;

import dev.transload.mq.fixtures.BrokerUnavailableException;
import dev.transload.mq.fixtures.RedisBroker;
import dev.transload.mq.fixtures.RedisVersion;
import dev.transload.mq.tck.TckTls;
import dev.transload.mq.tck.TcpProxy;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Other ways to a broker of one release line, all of one that asks who comes: for those it does not let in, for one it
 * lets in and allows nothing, and by TLS. Started when first asked for; none where containers are not used. Thread-safe.
 */
final class SideDoors implements AutoCloseable {

    private static final String NOBODY = "tck-nobody";

    private final RedisVersion version;
    private final boolean cluster;
    private final Lock lock = new ReentrantLock();
    private boolean asked;
    private @Nullable RedisBroker secure;
    private @Nullable TcpProxy elsewhere;

    private SideDoors(RedisVersion version, boolean cluster) {
        this.version = version;
        this.cluster = cluster;
    }

    /** Those of a server. */
    static SideDoors of(RedisVersion version) {
        return new SideDoors(version, false);
    }

    /** Those of a cluster, of one node that has all slots. */
    static SideDoors ofCluster(RedisVersion version) {
        return new SideDoors(version, true);
    }

    /** A user that exists, with a password that is not its own. */
    Optional<String> wrongCredentials() {
        return broker().map(broker ->
                uri("redis", RedisBroker.USER, "not-its-password", broker.host(), broker.port()) + option("?"));
    }

    /** A user that may log in and do nothing. */
    Optional<String> unauthorized() {
        return broker().map(broker -> {
            broker.command("ACL", "SETUSER", NOBODY, "on", ">" + NOBODY, "+ping", "+hello", "+client", "+select");
            if (cluster) {
                broker.command("ACL", "SETUSER", NOBODY, "+cluster|info", "+cluster|slots");
            }
            return uri("redis", NOBODY, NOBODY, broker.host(), broker.port()) + option("?");
        });
    }

    private static String uri(String scheme, String user, String password, String host, int port) {
        return scheme + "://" + user + ":" + password + "@" + host + ":" + port;
    }

    Optional<TckTls> tls() {
        return broker().map(broker -> {
            String trust = "?trustStore=" + broker.trustStore() + "&trustStorePassword=" + broker.trustStorePassword()
                    + option("&");
            int port = broker.tlsUri().getPort();
            TcpProxy other = elsewhere(broker.host() + ":" + port);
            return new TckTls(
                    secure(broker.host(), port) + trust,
                    secure(broker.host(), port) + option("?"),
                    secure(other.host(), other.port()) + trust,
                    secure(broker.host(), broker.port()) + trust);
        });
    }

    private static String secure(String host, int port) {
        return uri("rediss", RedisBroker.USER, RedisBroker.PASSWORD, host, port);
    }

    // The whole of 127.0.0.0/8 is this machine; the certificate is for one address of it.
    private TcpProxy elsewhere(String address) {
        lock.lock();
        try {
            TcpProxy open = elsewhere;
            if (open == null) {
                int colon = address.lastIndexOf(':');
                open = TcpProxy.at(
                        InetAddress.getByName("127.0.0.2"),
                        address.substring(0, colon),
                        Integer.parseInt(address.substring(colon + 1)));
                elsewhere = open;
            }
            return open;
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        } finally {
            lock.unlock();
        }
    }

    private Optional<RedisBroker> broker() {
        lock.lock();
        try {
            if (!asked) {
                asked = true;
                secure = start();
            }
            return Optional.ofNullable(secure);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable RedisBroker start() {
        try {
            return cluster
                    ? clustered()
                    : RedisBroker.builder(version).secured().start();
        } catch (BrokerUnavailableException external) {
            return null;
        }
    }

    private RedisBroker clustered() {
        RedisBroker broker = OneNodeCluster.builder(version).secured().start();
        OneNodeCluster.form(
                broker, broker.host(), broker.port(), broker.tlsUri().getPort());
        return broker;
    }

    private String option(String before) {
        return cluster ? before + OneNodeCluster.OPTION : "";
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (elsewhere != null) {
                elsewhere.close();
            }
            if (secure != null) {
                secure.close();
            }
        } finally {
            lock.unlock();
        }
    }
}

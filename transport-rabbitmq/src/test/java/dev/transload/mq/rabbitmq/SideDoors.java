package dev.transload.mq.rabbitmq;

import dev.transload.mq.fixtures.BrokerUnavailableException;
import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
import dev.transload.mq.tck.TckTls;
import dev.transload.mq.tck.TcpProxy;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Other ways to a broker of one release line: for those it does not let in, and by TLS. Each is made when it is first
 * asked for. Thread-safe.
 */
final class SideDoors implements AutoCloseable {

    private static final String NOBODY = "tck-nobody";
    private static final String PASSWORD = "may-do-nothing";

    private final RabbitMqVersion version;
    private final Lock lock = new ReentrantLock();
    private @Nullable String unauthorized;
    private @Nullable TckTls tls;
    private @Nullable RabbitMqBroker secure;
    private @Nullable TcpProxy elsewhere;

    SideDoors(RabbitMqVersion version) {
        this.version = version;
    }

    private RabbitMqBroker shared() {
        return RabbitMqBroker.shared(version);
    }

    /** A user that exists, with a password that is not its own. */
    String wrongCredentials() {
        return withUser("guest:not-its-password");
    }

    /** A user that may log in and touch nothing; none on a broker of somebody else. */
    Optional<String> unauthorized() {
        return locked(() -> {
            if (unauthorized == null) {
                unauthorized = makeNobody();
            }
            return Optional.ofNullable(unauthorized);
        });
    }

    private @Nullable String makeNobody() {
        try {
            if (!shared().exec("rabbitmqctl", "list_users", "--silent").contains(NOBODY)) {
                shared().exec("rabbitmqctl", "add_user", NOBODY, PASSWORD);
            }
            shared().exec("rabbitmqctl", "set_permissions", NOBODY, "^$", "^$", "^$");
            return withUser(NOBODY + ":" + PASSWORD);
        } catch (UnsupportedOperationException external) {
            return null;
        }
    }

    private String withUser(String userInfo) {
        URI uri = shared().uri();
        return "rabbitmq://" + userInfo + "@" + uri.getHost() + ":" + shared().port();
    }

    /** A broker of its own, since the shared one speaks no TLS; none where containers are not used. */
    Optional<TckTls> tls() {
        return locked(() -> {
            if (tls == null) {
                tls = openTls();
            }
            return Optional.ofNullable(tls);
        });
    }

    private @Nullable TckTls openTls() {
        RabbitMqBroker broker;
        try {
            broker = RabbitMqBroker.builder(version).tls().start();
        } catch (BrokerUnavailableException external) {
            return null;
        }
        secure = broker;
        int port = broker.tlsUri().getPort();
        String trust = "?trustStore=" + broker.trustStore() + "&trustStorePassword=" + broker.trustStorePassword();
        try {
            // The whole of 127.0.0.0/8 is this machine; the certificate is for one address of it.
            elsewhere = TcpProxy.at(InetAddress.getByName("127.0.0.2"), broker.host(), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
        return new TckTls(
                uri(broker.host(), port) + trust,
                uri(broker.host(), port),
                uri(elsewhere.host(), elsewhere.port()) + trust,
                uri(broker.host(), broker.port()) + trust);
    }

    private static String uri(String host, int port) {
        return "rabbitmqs://guest:guest@" + host + ":" + port;
    }

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        locked(() -> {
            if (elsewhere != null) {
                elsewhere.close();
            }
            if (secure != null) {
                secure.close();
            }
            return true;
        });
    }
}

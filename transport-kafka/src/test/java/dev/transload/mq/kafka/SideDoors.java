package dev.transload.mq.kafka;

import dev.transload.mq.fixtures.BrokerUnavailableException;
import dev.transload.mq.fixtures.KafkaBroker;
import dev.transload.mq.fixtures.KafkaVersion;
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

    private final KafkaVersion version;
    private final Lock lock = new ReentrantLock();
    private boolean asked;
    private @Nullable KafkaBroker secure;
    private @Nullable TcpProxy elsewhere;

    SideDoors(KafkaVersion version) {
        this.version = version;
    }

    /** A user that exists, with a password that is not its own. */
    Optional<String> wrongCredentials() {
        return broker().map(broker ->
                "kafka://" + KafkaBroker.USER + ":not-its-password@" + broker.saslBootstrap() + "?sasl=SCRAM-SHA-512");
    }

    /** A user that may log in and do nothing. */
    Optional<String> unauthorized() {
        return broker().map(broker -> "kafka://" + KafkaBroker.USER + ":" + KafkaBroker.PASSWORD + "@"
                + broker.saslBootstrap() + "?sasl=SCRAM-SHA-512");
    }

    Optional<TckTls> tls() {
        return broker().map(broker -> {
            String trust = "?trustStore=" + broker.trustStore() + "&trustStorePassword=" + broker.trustStorePassword();
            TcpProxy other = elsewhere(broker.tlsBootstrap());
            return new TckTls(
                    "kafkas://" + broker.tlsBootstrap() + trust,
                    "kafkas://" + broker.tlsBootstrap(),
                    "kafkas://" + other.host() + ":" + other.port() + trust,
                    "kafkas://" + broker.bootstrap() + trust);
        });
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

    private Optional<KafkaBroker> broker() {
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

    // Who does not log in is its own: the test itself. Who does is nobody.
    private @Nullable KafkaBroker start() {
        try {
            return KafkaBroker.builder(version)
                    .secured()
                    .setting("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                    .setting("super.users", "User:ANONYMOUS")
                    .start();
        } catch (BrokerUnavailableException external) {
            return null;
        }
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

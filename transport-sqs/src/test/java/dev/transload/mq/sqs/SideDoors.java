package dev.transload.mq.sqs;

import dev.transload.mq.fixtures.BrokerUnavailableException;
import dev.transload.mq.fixtures.SqsBroker;
import dev.transload.mq.fixtures.SqsVersion;
import dev.transload.mq.tck.TckTls;
import dev.transload.mq.tck.TcpProxy;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Ways to an emulator by TLS; started when first asked for, none where containers are not used. An emulator lets in
 * everyone and lets them do everything, so there are no other doors. Thread-safe.
 */
final class SideDoors implements AutoCloseable {

    private final Lock lock = new ReentrantLock();
    private boolean asked;
    private @Nullable SqsBroker secure;
    private @Nullable SqsBroker plain;
    private @Nullable TcpProxy elsewhere;

    Optional<TckTls> tls() {
        lock.lock();
        try {
            if (!asked) {
                asked = true;
                start();
            }
            SqsBroker broker = secure;
            SqsBroker other = plain;
            TcpProxy proxy = elsewhere;
            if (broker == null || other == null || proxy == null) {
                return Optional.empty();
            }
            String trust = "&trustStore=" + broker.trustStore() + "&trustStorePassword=" + broker.trustStorePassword();
            return Optional.of(new TckTls(
                    uri(broker.endpoint()) + trust,
                    uri(broker.endpoint()),
                    uri(broker.endpointVia(proxy)) + trust,
                    uri(other.endpoint()) + trust));
        } finally {
            lock.unlock();
        }
    }

    private static String uri(URI endpoint) {
        return SqsTckProvider.uri(endpoint, true) + "&tls=true";
    }

    // LocalStack tells TLS from plain text at one port, so the port without it is the other emulator's. The whole of
    // 127.0.0.0/8 is this machine; the certificate is for one address of it.
    private void start() {
        try {
            SqsBroker broker = SqsBroker.builder(SqsVersion.LOCALSTACK).tls().start();
            secure = broker;
            plain = SqsBroker.shared(SqsVersion.ELASTICMQ);
            elsewhere = TcpProxy.at(InetAddress.getByName("127.0.0.2"), broker.host(), broker.port());
        } catch (BrokerUnavailableException external) {
            close();
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
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

package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.LIFECYCLE;
import static dev.transload.mq.tck.Feature.SECURITY;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outbound;
import dev.transload.mq.Outcome;
import dev.transload.mq.Queue;
import dev.transload.mq.SendResult;
import dev.transload.mq.Topology;
import dev.transload.mq.client.MqClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Connecting to what is not there, not open to this account, or not who it says it is. */
@TckGroup("Connecting")
final class ConnectCases {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration MARGIN = Duration.ofSeconds(5);
    private static final String SECRET = "tiger-Lp3";

    @TckCase(
            id = "LIF-10",
            value =
                    "a broker that cannot be reached fails connect in time, with address and cause, without the password",
            tier = Tier.T1,
            needs = Need.NETWORK,
            check = "does the connect timeout cover the handshake, not only the TCP connection?",
            proves = {LIFECYCLE, SECURITY})
    void nobodyThere(Tck t) throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            List<String> addresses =
                    List.of("127.0.0.1:1", "192.0.2.1:9", "127.0.0.1:" + silent.getLocalPort(), "host.invalid:9");
            for (String address : addresses) {
                long before = System.nanoTime();
                Throwable failure = failureOf(at(t, address), builder -> builder);
                assertThat(took(before)).as("connecting to %s", address).isLessThan(TIMEOUT.plus(MARGIN));
                assertThat(failure)
                        .isInstanceOf(ConnectionLostException.class)
                        .hasMessageContaining(address)
                        .hasCauseInstanceOf(Exception.class);
                assertThat(((MessagingException) failure).retryable()).isTrue();
                assertThat(((MessagingException) failure).outcome()).isEqualTo(Outcome.NOT_SENT);
                assertThat(texts(failure)).noneMatch(text -> text.contains(SECRET));
                t.evidence();
            }
        }

        // One try unless the client is told to wait; then for as long as it was told.
        Duration patience = Duration.ofMillis(1500);
        long before = System.nanoTime();
        Throwable failure = failureOf(at(t, "127.0.0.1:1"), builder -> builder.waitForBroker(patience));
        assertThat(took(before)).isBetween(patience, patience.plus(TIMEOUT).plus(MARGIN));
        assertThat(failure).isInstanceOf(ConnectionLostException.class);
    }

    @TckCase(
            id = "SEC-02",
            value = "wrong credentials fail connect as such: for good, without another try, without the password",
            tier = Tier.T1,
            needs = {Need.NETWORK, Need.CREDENTIALS},
            check = "is the broker's refusal told apart from a lost connection?",
            proves = SECURITY)
    void wrongCredentials(Tck t) {
        String uri = t.provider().wrongCredentials().orElseThrow();
        String userInfo = requireNonNull(URI.create(uri).getRawUserInfo(), "a user and a password in the URI");
        String password = userInfo.substring(userInfo.indexOf(':') + 1);
        Duration patience = Duration.ofSeconds(25);
        long before = System.nanoTime();
        Throwable failure = failureOf(uri, builder -> builder.waitForBroker(patience));

        assertThat(failure).isInstanceOf(AuthenticationException.class);
        assertThat(took(before))
                .as("a refusal is not tried again for as long as a broker is waited for")
                .isLessThan(patience.dividedBy(2));
        assertThat(((MessagingException) failure).retryable()).isFalse();
        assertThat(texts(failure)).noneMatch(text -> text.contains(password));
        t.evidence();
    }

    @TckCase(
            id = "SEC-03",
            value = "what an account may not do fails for good, naming the destination, and nothing comes of it",
            tier = Tier.T1,
            needs = {Need.NETWORK, Need.PERMISSIONS},
            check = "is a refused permission told apart from a lost channel, which would be tried again?",
            proves = SECURITY)
    void noPermission(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        String uri = t.provider().unauthorized().orElseThrow();
        for (Topology topology : Topology.values()) {
            try (MqClient mq = MqClient.builder(uri)
                    .topology(topology)
                    .sendTimeout(Duration.ofSeconds(20))
                    .connect()) {
                forbidden(t, queue, catchThrowable(() -> mq.send(queue, "forbidden")));
                forbidden(
                        t,
                        queue,
                        catchThrowable(() -> mq.sendAsync(queue, "forbidden").join()));
                forbidden(t, queue, catchThrowable(() -> mq.subscribe(queue, delivery -> {})));
                for (SendResult result : batch(mq, queue)) {
                    forbidden(t, queue, result.error());
                }
            }
        }
        t.fence(queue, seen);
        assertThat(seen.payloads()).containsExactly("fence");
    }

    // What a first send has to declare fails the batch; what has been declared fails each message.
    private static List<SendResult> batch(MqClient mq, Queue<String> queue) {
        try {
            return mq.sendAll(queue, List.of(Outbound.of("forbidden"), Outbound.of("forbidden")));
        } catch (AuthenticationException e) {
            return List.of(new SendResult("", e));
        }
    }

    private static void forbidden(Tck t, Queue<String> queue, @Nullable Throwable thrown) {
        Throwable failure = thrown != null && thrown.getCause() != null && !(thrown instanceof MessagingException)
                ? thrown.getCause()
                : thrown;
        assertThat(failure)
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining(queue.name())
                .hasMessageMatching("(?s).*(send|declare|receive|use|subscribe).*");
        assertThat(((MessagingException) requireNonNull(failure)).retryable()).isFalse();
        t.evidence();
    }

    @TckCase(
            id = "SEC-04",
            value = "TLS connects to whom it trusts; an unknown authority, another host and a plain port are refused",
            tier = Tier.T1,
            needs = {Need.NETWORK, Need.TLS},
            check = "is the host name verified, and the JVM's trust kept when no trust store is given?",
            proves = SECURITY)
    void tls(Tck t) {
        TckTls tls = t.provider().tls().orElseThrow();
        Queue<String> queue = Queue.of(t.name(), String.class);
        try (MqClient mq = MqClient.connect(tls.trusted())) {
            Seen<String> seen = t.seen();
            mq.subscribe(queue, seen);
            mq.send(queue, "over TLS");
            assertThat(seen.await(1).payload()).isEqualTo("over TLS");
            mq.admin().delete(queue);
        }

        for (String uri : List.of(tls.unknownAuthority(), tls.otherHost())) {
            // Long enough that it is the refusal that comes.
            Throwable failure = failureOf(uri, builder -> builder.connectTimeout(TIMEOUT.multipliedBy(10)));
            assertThat(failure).isInstanceOf(MessagingException.class);
            assertThat(chain(failure))
                    .as("why it was refused")
                    .anyMatch(cause -> cause instanceof SSLException || cause instanceof GeneralSecurityException);
            t.evidence();
        }
        long before = System.nanoTime();
        assertThat(failureOf(tls.plainPort(), builder -> builder)).isInstanceOf(MessagingException.class);
        assertThat(took(before)).isLessThan(TIMEOUT.plus(MARGIN));
        t.evidence();
    }

    /** The broker's URI with another address and a password that must not be seen. */
    private static String at(Tck t, String address) {
        URI uri = URI.create(t.broker().uri());
        return uri.getScheme() + "://scott:" + SECRET + "@" + address
                + (uri.getRawPath() == null ? "" : uri.getRawPath())
                + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    }

    private static Throwable failureOf(String uri, UnaryOperator<MqClient.Builder> configured) {
        Throwable failure = catchThrowable(() -> configured
                .apply(MqClient.builder(uri).connectTimeout(TIMEOUT))
                .connect()
                .close());
        assertThat(failure).as("connect must fail").isNotNull();
        return failure;
    }

    private static Duration took(long beforeNanos) {
        return Duration.ofNanos(System.nanoTime() - beforeNanos);
    }

    private static List<Throwable> chain(Throwable failure) {
        List<Throwable> all = new ArrayList<>();
        for (Throwable t = failure; t != null; t = t.getCause()) {
            all.add(t);
        }
        return all;
    }

    private static List<String> texts(Throwable failure) {
        return chain(failure).stream().map(String::valueOf).toList();
    }
}

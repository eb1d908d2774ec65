package dev.transload.mq.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpServer;
import dev.transload.mq.AuthenticationException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.client.MqClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connecting to a service that says no as AWS does, which no emulator can be made to say. */
class ConnectRefusalTest {

    private static final String SECRET = "s3cret-Kq7";

    private HttpServer service;
    private volatile int status;
    private volatile String answer = "";

    @BeforeEach
    void start() throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            byte[] body = answer.getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        service.start();
    }

    @AfterEach
    void end() {
        service.stop(0);
    }

    @ParameterizedTest
    @CsvSource({
        "403,InvalidClientTokenId,The security token included in the request is invalid.",
        "403,UnrecognizedClientException,The security token included in the request is invalid.",
        "403,InvalidSignatureException,'Credential should be scoped to a valid region, not ''eu-west-1''. '",
        "403,SignatureDoesNotMatch,The request signature we calculated does not match",
        "400,ExpiredToken,The security token included in the request is expired"
    })
    void aServiceThatDoesNotLetUsInIsQuoted(int code, String error, String reason) {
        Throwable refused = connecting(code, error, reason);

        assertThat(refused)
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining("127.0.0.1:" + service.getAddress().getPort())
                .hasMessageContaining("refused the credentials")
                .hasMessageContaining(error)
                .hasMessageContaining(reason);
        assertThat(((MessagingException) refused).retryable()).isFalse();
        for (Throwable each = refused; each != null; each = each.getCause()) {
            assertThat(each.toString()).doesNotContain(SECRET);
        }
    }

    @Test
    void anAccountThatMayNotLookForQueuesConnects() {
        assertThat(connecting(403, "AccessDenied", "not authorized to perform: sqs:GetQueueUrl"))
                .isNull();
    }

    @Test
    void aProfileThatIsNotThereIsMissingCredentials() {
        assertThat(catchThrowable(() -> connect("sqs://eu-central-1?profile=transload-there-is-no-such-profile")))
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining("no credentials");
    }

    private Throwable connecting(int code, String error, String reason) {
        status = code;
        answer = "{\"__type\":\"com.amazon.coral.service#" + error + "\",\"message\":\"" + reason + "\"}";
        return catchThrowable(() -> connect(address()));
    }

    private String address() {
        return "sqs://key:" + SECRET + "@127.0.0.1:" + service.getAddress().getPort();
    }

    private static void connect(String uri) {
        MqClient.connect(uri).close();
    }
}

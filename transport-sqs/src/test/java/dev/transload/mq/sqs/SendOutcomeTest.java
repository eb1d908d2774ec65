package dev.transload.mq.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.Outcome;
import dev.transload.mq.spi.TransportUri;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.model.SendMessageResponse;

/** What is known of a send that got no answer. */
class SendOutcomeTest {

    private final Worker worker = new Worker("test");
    private ServerSocket service;
    private SqsClients clients;
    private SqsAsk ask;

    @BeforeEach
    void start() throws IOException {
        service = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        SqsOptions options = SqsOptions.of(TransportUri.parse("sqs://key:secret@127.0.0.1:" + service.getLocalPort()));
        clients = new SqsClients(options, "test", new SqsUsage(), worker.orHere());
        ask = new SqsAsk(clients, worker);
    }

    @AfterEach
    void end() throws IOException {
        ask.giveUp();
        clients.close();
        worker.end();
        service.close();
    }

    @Test
    void whatCouldNotConnectWasNotSent() throws Exception {
        service.close();

        assertThat(outcome(send())).isEqualTo(Outcome.NOT_SENT);
    }

    @Test
    void whatLeftAndGotNoAnswerIsUnknown() throws Exception {
        CompletableFuture<SendMessageResponse> sent = send();
        try (Socket taken = service.accept()) {
            assertThat(taken.getInputStream().read()).isNotNegative();
        }

        assertThat(outcome(sent)).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void whatLeftOnceIsUnknownThoughTheNextAttemptCouldNotConnect() throws Exception {
        CompletableFuture<SendMessageResponse> sent = send();
        try (Socket taken = service.accept()) {
            assertThat(taken.getInputStream().read()).isNotNegative();
            service.close();
            taken.getOutputStream()
                    .write("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            taken.getOutputStream().flush();
            taken.shutdownOutput();
            taken.getInputStream().readAllBytes();
        }

        assertThat(outcome(sent)).isEqualTo(Outcome.UNKNOWN);
    }

    private CompletableFuture<SendMessageResponse> send() {
        String url = "http://127.0.0.1:" + service.getLocalPort() + "/000000000000/jobs";
        return ask.messages("send", sqs -> sqs.sendMessage(r -> r.queueUrl(url).messageBody("x")));
    }

    private static Outcome outcome(CompletableFuture<?> sent) throws Exception {
        try {
            sent.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(ConnectionLostException.class);
            return ((ConnectionLostException) e.getCause()).outcome();
        }
        throw new AssertionError("the send succeeded");
    }
}

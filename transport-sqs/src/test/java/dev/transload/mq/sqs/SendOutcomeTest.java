package dev.transload.mq.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.ClientClosedException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.Outcome;
import dev.transload.mq.spi.TransportUri;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.SendMessageResponse;

/** What is known of a send that got no answer. */
class SendOutcomeTest {

    private static final Duration TIMEOUT = Duration.ofMillis(100);

    private final AtomicLong now = new AtomicLong();
    private final Worker worker = new Worker("test");
    private ServerSocket service;
    private SqsClients clients;
    private SqsAsk ask;

    @BeforeEach
    void start() throws IOException {
        service = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        SqsOptions options = SqsOptions.of(TransportUri.parse("sqs://key:secret@127.0.0.1:" + service.getLocalPort()));
        clients = new SqsClients(options, "test", new SqsUsage(), worker.orHere());
        ask = new SqsAsk(clients, worker, now::get, TIMEOUT);
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

    @Test
    void whatIsNotAnsweredInTimeIsUnknownAndGivenUp() throws Exception {
        CompletableFuture<SendMessageResponse> sent = send();
        try (Socket taken = service.accept()) {
            assertThat(taken.getInputStream().read()).isNotNegative();
            assertThat(sent).isNotDone();

            now.addAndGet(TIMEOUT.plusMillis(1).toNanos());

            ConnectionLostException failure = failure(sent);
            assertThat(failure).hasMessage("sqs: no answer in time, cannot send");
            assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN);
            taken.getInputStream().readAllBytes(); // ends, since the connection does
        }
    }

    @Test
    void aPollMayTakeItsWaitLonger() throws Exception {
        CompletableFuture<SendMessageResponse> poll = ask.messages("poll", Duration.ofSeconds(5), this::request);
        CompletableFuture<SendMessageResponse> sent = send();

        now.addAndGet(TIMEOUT.plusMillis(1).toNanos());

        assertThat(outcome(sent)).isEqualTo(Outcome.UNKNOWN);
        assertThat(poll).isNotDone();
        now.addAndGet(Duration.ofSeconds(5).toNanos());
        assertThat(outcome(poll)).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void anAnswerAfterTheEndOfTheWorkerIsTold() {
        CompletableFuture<String> made = new CompletableFuture<>();
        CompletableFuture<String> sent = ask.messages("send", sqs -> made);
        worker.end();

        made.complete("stored");

        assertThat(sent).isCompletedWithValue("stored");
    }

    @Test
    void whatGotNoAnswerBeforeTheEndOfTheWorkerIsUnknown() throws Exception {
        CompletableFuture<String> made = new CompletableFuture<>();
        CompletableFuture<String> sent = ask.messages("send", sqs -> made);
        worker.end();

        ask.giveUp();

        assertThat(outcome(sent)).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void whatIsAskedAfterTheEndWasNotSent() {
        ask.giveUp();
        worker.end();

        assertThat(ask.messages("send", sqs -> new CompletableFuture<>()))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        ClientClosedException.class,
                        why -> assertThat(why.outcome()).isEqualTo(Outcome.NOT_SENT));
    }

    private CompletableFuture<SendMessageResponse> send() {
        return ask.messages("send", this::request);
    }

    private CompletableFuture<SendMessageResponse> request(SqsAsyncClient sqs) {
        String url = "http://127.0.0.1:" + service.getLocalPort() + "/000000000000/jobs";
        return sqs.sendMessage(r -> r.queueUrl(url).messageBody("x"));
    }

    private static Outcome outcome(CompletableFuture<?> sent) throws Exception {
        return failure(sent).outcome();
    }

    private static ConnectionLostException failure(CompletableFuture<?> sent) throws Exception {
        try {
            sent.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(ConnectionLostException.class);
            return (ConnectionLostException) e.getCause();
        }
        throw new AssertionError("the send succeeded");
    }
}

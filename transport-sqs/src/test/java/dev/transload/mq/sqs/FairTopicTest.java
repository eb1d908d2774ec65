package dev.transload.mq.sqs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.transload.mq.Message;
import dev.transload.mq.Shape;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.TransportUri;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is asked of SNS for a fair topic; LocalStack 4.4 has none. */
class FairTopicTest {

    private static final String STANDARD = "arn:aws:sns:us-east-1:000000000000:orders";

    private final Worker worker = new Worker("test");
    private final CompletableFuture<String> asked = new CompletableFuture<>();
    private HttpServer service;
    private SqsClients clients;
    private SqsAsk ask;

    @BeforeEach
    void start() throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/", exchange -> {
            asked.complete(new String(exchange.getRequestBody().readAllBytes(), US_ASCII));
            exchange.sendResponseHeaders(400, -1);
            exchange.close();
        });
        service.start();
        SqsOptions options = SqsOptions.of(TransportUri.parse(
                "sqs://key:secret@127.0.0.1:" + service.getAddress().getPort()));
        clients = new SqsClients(options, "test", new SqsUsage(), worker.orHere());
        ask = new SqsAsk(clients, worker, System::nanoTime, options.requestTimeout());
    }

    @AfterEach
    void end() {
        ask.giveUp();
        clients.close();
        worker.end();
        service.stop(0);
    }

    @Test
    void whoseAMessageIsIsItsGroupWithoutADeduplicationId() throws Exception {
        Message message =
                Message.builder("m1", new byte[] {'x'}).header("tenant", "blue").build();
        SqsMessages.Wire wire = SqsMessages.write(message, false, "orders", "tenant");
        SqsAsk.told(SendRequests.toTopic(
                ask, STANDARD, List.of(new SqsSender.Sending(new ToTopic(message), wire, wire.size(), null))));

        assertThat(asked.get(30, TimeUnit.SECONDS))
                .contains("PublishBatchRequestEntries.member.1.MessageGroupId=blue")
                .doesNotContain("MessageDeduplicationId");
    }

    private record ToTopic(Message message) implements Outgoing {
        @Override
        public Place to() {
            return Place.of(Role.TOPIC, "orders", Shape.PLAIN);
        }

        @Override
        public long delayMillis() {
            return 0;
        }

        @Override
        public void done() {}

        @Override
        public void failed(Throwable cause) {}
    }
}

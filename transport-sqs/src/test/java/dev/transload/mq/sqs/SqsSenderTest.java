package dev.transload.mq.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.ClientClosedException;
import dev.transload.mq.Message;
import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SqsSenderTest {

    private final Worker worker = new Worker("test");
    private final JsonService service = new JsonService();
    private SqsClients clients;
    private SqsSender sender;

    @BeforeEach
    void start() {
        SqsOptions options = service.options();
        clients = new SqsClients(options, "test", new SqsUsage(), worker.orHere());
        SqsAsk ask = new SqsAsk(clients, worker, System::nanoTime, options.requestTimeout());
        SqsTopology queues = new SqsTopology(ask, options, new SqsNames(options.prefix()), Topology.NONE);
        sender = new SqsSender(ask, queues, new SnsTopics(ask, queues), options);
    }

    @AfterEach
    void end() {
        clients.close();
        worker.end();
        service.close();
    }

    @Test
    void whatIsHandedOverAfterTheEndIsToldSoHoweverMuchItIs() {
        worker.end();

        for (int i = 0; i < 2; i++) {
            Sent sent = new Sent(new CompletableFuture<>());
            sender.send(sent);
            assertThat(sent.failure()).isCompletedWithValueMatching(why -> why instanceof ClientClosedException);
        }
    }

    private record Sent(CompletableFuture<Throwable> failure) implements Outgoing {

        @Override
        public Place to() {
            return Place.of(Role.QUEUE, "jobs", Shape.PLAIN);
        }

        @Override
        public Message message() {
            return Message.builder("1", new byte[0]).build();
        }

        @Override
        public long delayMillis() {
            return 0;
        }

        @Override
        public void done() {}

        @Override
        public void failed(Throwable cause) {
            failure.complete(cause);
        }
    }
}

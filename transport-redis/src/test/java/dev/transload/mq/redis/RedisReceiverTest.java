package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.Outcome;
import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.TimeSource;
import dev.transload.mq.spi.TransportUri;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RedisReceiverTest {

    private static final Place QUEUE = Place.of(Role.QUEUE, "q", Shape.PLAIN);

    private final List<Incoming> delivered = new CopyOnWriteArrayList<>();
    private final AtomicInteger connects = new AtomicInteger();
    private final RecordedCalls commands = new RecordedCalls(this::connect);
    private EchoServer server;
    private RedisReceiver receiver;

    @BeforeEach
    void start() throws IOException {
        server = new EchoServer();
        TimeSource time = new StandingClock();
        RedisOptions options = RedisOptions.of(TransportUri.parse("redis:"));
        RedisTopology topology = new RedisTopology(commands, Topology.NONE, options, time);
        TopicTrimmer trimmer = new TopicTrimmer(commands, topology, time);
        RedisSender sender = new RedisSender(commands, topology, trimmer, options.channels());
        receiver = new RedisReceiver(
                new Surroundings(commands, topology, sender, trimmer, time, options, "client"),
                ReceiveSpec.builder(QUEUE, 10).build(),
                new Delivered(),
                "group");
        receiver.start();
    }

    @AfterEach
    void end() {
        receiver.abandon();
        server.close();
    }

    private Wire connect() {
        connects.incrementAndGet();
        Wire made = server.connect();
        String stream = Bytes.text(RedisKeys.lane("q", 0));
        String entry = "*1\r\n*2\r\n$" + stream.length() + "\r\n" + stream
                + "\r\n*1\r\n*2\r\n$3\r\n7-0\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n";
        // Its own number, what is its own, what it may claim, what is due, an entry.
        server.prepare(":7\r\n", "*0\r\n", "*0\r\n", "*2\r\n:0\r\n:-1\r\n", entry);
        return made;
    }

    @Test
    void aSettleThatWaitsForAConnectionIsAskedOnceMoreAtTheEndAndToldOnce() {
        receiver.credit(1);
        await("a delivery").until(() -> !delivered.isEmpty());
        server.close();
        receiver.credit(1);
        await("the receiver looks for a connection").until(() -> connects.get() == 2);
        Told told = new Told();
        delivered.get(0).ack(told);
        unanswered(0);
        assertThat(told.failures).isEmpty();

        var ended = receiver.close(Duration.ZERO);
        await("its last words").until(() -> commands.all().size() == 3);
        unanswered(1);
        unanswered(2);

        assertThat(ended).isCompleted();
        assertThat(told.dones).isZero();
        assertThat(told.failures).hasSize(1).first().isInstanceOf(LeaseLostException.class);
    }

    private void unanswered(int call) {
        commands.all()
                .get(call)
                .answer()
                .failed(new ConnectionLostException("the connection is lost", Outcome.UNKNOWN, null));
    }

    private final class Delivered implements Sink {
        @Override
        public void deliver(Incoming delivery) {
            delivered.add(delivery);
        }

        @Override
        public void lost(List<? extends Incoming> deliveries, String why) {}

        @Override
        public void failed(Throwable cause) {
            throw new AssertionError(cause);
        }
    }
}

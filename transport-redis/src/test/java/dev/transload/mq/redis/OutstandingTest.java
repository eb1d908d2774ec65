package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.Outcome;
import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.TimeSource;
import dev.transload.mq.spi.TransportUri;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Settles whose answer never came, while the receiver ends. */
class OutstandingTest {

    private final RecordedCalls commands = new RecordedCalls();
    private final Receiver receiver = new Receiver();
    private final Outstanding out = new Outstanding(new StandingClock(), 1_000_000, receiver);
    private final Told told = new Told();

    private RedisDelivery delivery() {
        TimeSource time = new StandingClock();
        RedisOptions options = RedisOptions.of(TransportUri.parse("redis:"));
        RedisTopology topology = new RedisTopology(commands, Topology.NONE, options, time);
        RedisSender sender =
                new RedisSender(commands, topology, new TopicTrimmer(commands, topology, time), options.channels());
        Notes notes = new Notes(commands, out, "consumer", "own");
        Deliveries deliveries = new Deliveries(commands, sender, time, "consumer", "group", "own", out, notes);
        Source source = Source.of(Place.of(Role.QUEUE, "q", Shape.PLAIN), "q", "group", 0, List.of())
                .get(0);
        byte[] id = Bytes.of("1-0");
        return new RedisDelivery(
                deliveries,
                source,
                id,
                RedisMessages.read("q", id, new EntryFields(), Bytes.of("body")),
                "q",
                DeliveryCount.of(1, 0),
                false,
                "");
    }

    private void unanswered(int call) {
        commands.all()
                .get(call)
                .answer()
                .failed(new ConnectionLostException("the connection is lost", Outcome.UNKNOWN, null));
        receiver.runTasks();
    }

    @Test
    void aSettleThatWasNotAnsweredIsAskedAgain() {
        delivery().ack(told);

        unanswered(0);
        out.repeat();

        assertThat(commands.all()).hasSize(2);
        assertThat(told.failures).isEmpty();
    }

    @Test
    void aSettleThatWaitsToBeAskedAgainFailsIfTheReceiverHasEndedMeanwhile() {
        delivery().ack(told);

        receiver.openFor = 1;
        unanswered(0);
        out.repeat();

        assertThat(told.failures).hasSize(1).first().isInstanceOf(LeaseLostException.class);
        assertThat(commands.all()).as("nobody asks again").hasSize(1);
    }

    @Test
    void aSettleThatIsAskedForTheLastTimeFailsOnceIfThatIsNotAnsweredEither() {
        delivery().ack(told);
        unanswered(0);

        receiver.openFor = 0;
        out.repeat();
        unanswered(1);
        out.repeat();

        assertThat(told.failures).hasSize(1).first().isInstanceOf(LeaseLostException.class);
        assertThat(commands.all()).hasSize(2);
    }

    /** A receiver that is open for so many questions whether it is. */
    private static final class Receiver implements Outstanding.Outlet {
        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private int openFor = 100;

        void runTasks() {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        }

        @Override
        public void run(Runnable task) {
            tasks.add(task);
        }

        @Override
        public void ended(RedisDelivery delivery) {}

        @Override
        public boolean putBack(RedisDelivery delivery) {
            return false;
        }

        @Override
        public void lost(List<RedisDelivery> deliveries, String why) {
            throw new AssertionError(why);
        }

        @Override
        public boolean isOpen() {
            return openFor-- > 0;
        }
    }
}

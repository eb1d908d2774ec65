package dev.transload.mq.redis;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Message;
import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.TimeSource;
import dev.transload.mq.spi.TransportUri;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DeliveriesTest {

    private final RecordedCalls commands = new RecordedCalls();
    private final List<RedisCall> calls = commands.all();
    private final Deliveries deliveries = deliveries();

    private Deliveries deliveries() {
        TimeSource time = new StandingClock();
        RedisOptions options = RedisOptions.of(TransportUri.parse("redis:"));
        RedisTopology topology = new RedisTopology(commands, Topology.NONE, options, time);
        RedisSender sender =
                new RedisSender(commands, topology, new TopicTrimmer(commands, topology, time), options.channels());
        Outstanding out = new Outstanding(time, 1_000_000, new NoOutlet());
        Notes notes = new Notes(commands, out, "consumer", "own");
        return new Deliveries(commands, sender, time, "consumer", "group", "own", out, notes);
    }

    private RedisDelivery from(String topic, String id) {
        return from(source(topic), id, "");
    }

    private static Source source(String topic) {
        Place pattern = new Place(Role.GROUP, "group", "topics.*", null, Shape.PLAIN, true);
        return Source.of(pattern, "own", "group", 0, List.of(topic)).get(0);
    }

    private RedisDelivery from(Source source, String id, String token) {
        byte[] entry = Bytes.of(id);
        Message message = RedisMessages.read(source.stream(), entry, new EntryFields(), Bytes.of("body"));
        return new RedisDelivery(
                deliveries, source, entry, message, source.stream(), DeliveryCount.of(1, 0), false, token);
    }

    @Test
    void settlesOfOneSourceGoTogetherUntilTheyAreWritten() {
        Source topic = source("topics.one");
        deliveries.ack(from(topic, "1-0", ""), Completion.IGNORED);
        deliveries.ack(from(topic, "2-0", ""), Completion.IGNORED);
        assertThat(calls).hasSize(1);
        assertThat(ids(0)).containsExactly("1-0", "2-0");

        deliveries.ack(from(topic, "3-0", ""), Completion.IGNORED);
        assertThat(calls).hasSize(2);
        assertThat(ids(1)).containsExactly("3-0");
    }

    @Test
    void settlesOfOneTopicGoTogether() {
        deliveries.ack(from("topics.one", "1-0"), Completion.IGNORED);
        deliveries.ack(from("topics.one", "2-0"), Completion.IGNORED);

        assertThat(together(0)).isEqualTo(together(1));
    }

    @Test
    void settlesOfDifferentTopicsDoNotGoTogether() {
        deliveries.ack(from("topics.one", "1-0"), Completion.IGNORED);
        deliveries.ack(from("topics.two", "1-0"), Completion.IGNORED);
        deliveries.renew(from("topics.one", "2-0"), Completion.IGNORED);
        deliveries.renew(from("topics.two", "2-0"), Completion.IGNORED);

        assertThat(together(0)).isNotEqualTo(together(1));
        assertThat(together(2)).isNotEqualTo(together(3));
    }

    @Test
    void anAckBearsTheTokenUnderWhichItsDeliveryWasOwned() {
        Source lane = source("topics.one");
        deliveries.ack(from(lane, "1-0", "first owner"), Completion.IGNORED);
        deliveries.ack(from(lane, "2-0", "second owner"), Completion.IGNORED);
        deliveries.ack(from(lane, "3-0", "second owner"), Completion.IGNORED);

        assertThat(calls).hasSize(2);
        assertThat(together(0)).isNotEqualTo(together(1));
        assertThat(together(0).arguments()).contains(Bytes.of("first owner"));
        assertThat(together(1).arguments()).contains(Bytes.of("second owner"));
    }

    @Test
    void acksThatAreHeldGoWithTheReceiverAndThoseAfterThemByThemselves() {
        Source topic = source("topics.one");
        deliveries.holdAcks();
        deliveries.ack(from(topic, "1-0", ""), Completion.IGNORED);
        deliveries.ack(from(topic, "2-0", ""), Completion.IGNORED);
        assertThat(calls).isEmpty();

        assertThat(ids(requireNonNull(deliveries.takeHeld()))).containsExactly("1-0", "2-0");
        deliveries.ack(from(topic, "3-0", ""), Completion.IGNORED);
        assertThat(calls).hasSize(1);
        assertThat(ids(0)).containsExactly("3-0");
        assertThat(deliveries.takeHeld()).isNull();
    }

    @Test
    void anAckOfAnotherSourceThanThoseHeldIsSubmitted() {
        deliveries.holdAcks();
        deliveries.ack(from("topics.one", "1-0"), Completion.IGNORED);
        deliveries.ack(from("topics.two", "2-0"), Completion.IGNORED);

        assertThat(calls).hasSize(1);
        assertThat(ids(0)).containsExactly("2-0");
    }

    @Test
    void acksThatWereHeldForNothingAreSubmitted() {
        deliveries.holdAcks();
        deliveries.ack(from("topics.one", "1-0"), Completion.IGNORED);
        deliveries.submitHeld();

        assertThat(calls).hasSize(1);
        assertThat(ids(0)).containsExactly("1-0");
    }

    private List<String> ids(int call) {
        return ids(calls.get(call));
    }

    private static List<String> ids(RedisCall call) {
        byte[][] all = call.arguments();
        return Stream.of(all)
                .map(Bytes::text)
                .filter(text -> text.endsWith("-0"))
                .toList();
    }

    private BatchedCall.Together together(int call) {
        return ((BatchedCall) calls.get(call)).together();
    }

    private static final class NoOutlet implements Outstanding.Outlet {
        @Override
        public void run(Runnable task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void ended(RedisDelivery delivery) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean putBack(RedisDelivery delivery) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void lost(List<RedisDelivery> deliveries, String why) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isOpen() {
            throw new UnsupportedOperationException();
        }
    }
}

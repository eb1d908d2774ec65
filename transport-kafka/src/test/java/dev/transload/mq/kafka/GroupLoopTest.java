package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.LeaseLostException;
import dev.transload.mq.Message;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownServerException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GroupLoopTest {

    private static final TopicPartition PARTITION = MemberBench.partition(0);

    private final MemberBench bench = new MemberBench(10);
    /** Whether commits get no answer from now on. */
    private volatile boolean silent;
    /** How many got none. */
    private volatile int unanswered;

    private final MockConsumer<byte[], ByteBuffer> consumer = new MockConsumer<>("earliest") {
        @Override
        @SuppressWarnings({"NonAtomicVolatileUpdate", "UnsynchronizedOverridesSynchronized"}) // by the loop alone
        public void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
            if (silent) {
                unanswered++;
            } else {
                super.commitAsync(offsets, callback);
            }
        }
    };

    @BeforeEach
    void start() {
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, 0L));
        consumer.schedulePollTask(() -> consumer.rebalance(List.of(PARTITION)));
        GroupLoop.Settings settings =
                new GroupLoop.Settings(Duration.ofSeconds(30), Duration.ofMinutes(10), 100, MemberBench.CHARS);
        new GroupLoop(
                        bench.member,
                        consumer,
                        new StandingClock(),
                        settings,
                        (receiver, cause) -> {},
                        bench.member::ended)
                .start("group-loop-test");
        bench.receiver.credit(1);
        await("the partition is open").until(() -> {
            Lane lane = bench.lanes.of(PARTITION);
            return lane != null && lane.isOpen();
        });
    }

    @AfterEach
    void end() throws Exception {
        bench.member.leave(bench.receiver, Duration.ofSeconds(5)).get();
    }

    /** A record of this byte comes. */
    private Message receive(byte[] fetch) {
        consumer.schedulePollTask(
                () -> consumer.addRecord(new ConsumerRecord<>("q", 0, 0, null, ByteBuffer.wrap(fetch))));
        await("the message is handed out").until(() -> !bench.delivered.isEmpty());
        return bench.delivered.get(0).message();
    }

    // Whatever is written to the fetch now is not seen by a message that has its own bytes.
    private static boolean isKept(byte[] fetch, Message message) {
        byte before = message.copyBody()[0];
        fetch[0]++;
        return message.copyBody()[0] != before;
    }

    @Test
    void aMessageThatIsNotSettledLetsTheFetchGoBeforeLong() {
        byte[] fetch = {1};
        Message message = receive(fetch);
        assertThat(isKept(fetch, message)).isTrue();

        await("a look after the next").until(() -> !isKept(fetch, message));

        assertThat(message.body()).isEqualTo(message.copyBody());
    }

    @Test
    void aMessageWhoseHandlerIsWaitedForLetsTheFetchGo() {
        byte[] fetch = {1};
        Message message = receive(fetch);
        bench.delivered.get(0).began();

        consumer.schedulePollTask(() -> consumer.rebalance(List.of()));
        await("the partition waits for the handler").until(() -> {
            Lane lane = bench.lanes.of(PARTITION);
            return lane != null && lane.state() == Lane.State.CLOSING;
        });

        await("a look after the next").until(() -> !isKept(fetch, message));
        assertThat(bench.lanes.of(PARTITION)).isNotNull();
    }

    private Told ackWithoutAnAnswer() {
        receive(new byte[] {1});
        silent = true;
        Told told = new Told();
        bench.delivered.get(0).ack(told);
        await("the commit is under way").until(() -> unanswered == 1);
        return told;
    }

    @Test
    void whoeverWaitsForACommitIsToldWhenTheMemberEnds() throws Exception {
        Told told = ackWithoutAnAnswer();

        bench.member.leave(bench.receiver, Duration.ofSeconds(5)).get();

        assertThat(told.failure).isInstanceOf(LeaseLostException.class);
    }

    @Test
    void whoeverWaitsForACommitIsToldWhenAnotherConsumerTakesOver() {
        Told told = ackWithoutAnAnswer();

        consumer.schedulePollTask(() -> consumer.setPollException(new UnknownServerException("its group is gone")));

        await("it is told").until(told::isTold);
        assertThat(told.failure).isInstanceOf(LeaseLostException.class);
    }
}

package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.LeaseLostException;
import dev.transload.mq.spi.Completion;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.junit.jupiter.api.Test;

class CommitterTest {

    private static final Duration ENOUGH = Duration.ofMillis(150);
    private static final TopicPartition FIRST = MemberBench.partition(0);

    private final MemberBench bench = new MemberBench(10);
    private final Lane lane = bench.open(0);
    private final AtomicLong nanos = new AtomicLong();
    private final List<Map<TopicPartition, OffsetAndMetadata>> committed = new ArrayList<>();
    private final List<OffsetCommitCallback> callbacks = new ArrayList<>();
    private final Committer committer = new Committer("g", bench.lanes, consumer(), MemberBench.CHARS, nanos::get);

    @SuppressWarnings("unchecked")
    private Consumer<byte[], byte[]> consumer() {
        return (Consumer<byte[], byte[]>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Consumer.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("commitAsync")) {
                        throw new UnsupportedOperationException(method.toString());
                    }
                    committed.add((Map<TopicPartition, OffsetAndMetadata>) arguments[0]);
                    callbacks.add((OffsetCommitCallback) arguments[1]);
                    return null;
                });
    }

    private void acked(long offset) {
        acked(offset, Completion.IGNORED);
    }

    private void acked(long offset, Completion completion) {
        bench.arrive(lane, offset);
        bench.receiver.credit(1);
        bench.delivery(offset).ack(completion);
    }

    private void later(Duration time) {
        nanos.addAndGet(time.toNanos());
        committer.begin();
    }

    private long offset(int commit) {
        return committed.get(commit).get(FIRST).offset();
    }

    @Test
    void oneCommitIsUnderWayAtATime() {
        acked(0);
        later(ENOUGH);
        acked(1);
        later(ENOUGH);
        assertThat(committed).hasSize(1);

        callbacks.get(0).onComplete(committed.get(0), null);
        later(ENOUGH);

        assertThat(committed).hasSize(2);
        assertThat(offset(1)).isEqualTo(2);
    }

    @Test
    void whatAFailedCommitSaidTheNextOneSays() {
        acked(0);
        later(ENOUGH);
        callbacks.get(0).onComplete(committed.get(0), new RetriableException("busy") {});
        later(ENOUGH);

        assertThat(committed).hasSize(2);
        assertThat(offset(1)).isEqualTo(1);
    }

    @Test
    void aCommitThatIsNeverAnsweredIsMadeAgain() {
        acked(0);
        later(ENOUGH);
        later(Duration.ofSeconds(4));
        assertThat(committed).hasSize(1);

        later(Duration.ofSeconds(2));

        assertThat(committed).hasSize(2);
        assertThat(offset(1)).isEqualTo(1);
    }

    @Test
    void theLateAnswerToACommitThatWasGivenUpChangesNothing() {
        acked(0);
        later(ENOUGH);
        later(Duration.ofSeconds(6));
        acked(1);

        callbacks.get(0).onComplete(committed.get(0), null);
        later(ENOUGH);
        assertThat(committed).as("the second is still under way").hasSize(2);
        callbacks.get(1).onComplete(committed.get(1), null);
        later(ENOUGH);

        assertThat(offset(2)).isEqualTo(2);
    }

    @Test
    void whoWaitsForACommitThatWillNotBeAnsweredIsToldOnce() {
        List<Throwable> failures = new ArrayList<>();
        acked(0, new Completion() {
            @Override
            public void done() {
                throw new AssertionError("nobody knows");
            }

            @Override
            public void failed(Throwable cause) {
                failures.add(cause);
            }
        });
        later(ENOUGH);
        bench.lanes.gone(bench.lanes.closing(List.of(FIRST), true, "closed"), true, "closed");
        assertThat(failures).as("the answer may still come").isEmpty();

        committer.abandon();
        committer.abandon();
        callbacks.get(0).onComplete(committed.get(0), null);

        assertThat(failures).hasSize(1).first().isInstanceOf(LeaseLostException.class);
    }
}

package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.spi.Completion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidRecordStateException;
import org.junit.jupiter.api.Test;

class ShareAnswersTest {

    private static final TopicIdPartition PARTITION = new TopicIdPartition(Uuid.randomUuid(), 3, "work");

    private final ShareAnswers answers = new ShareAnswers();
    private final List<String> ends = new ArrayList<>();

    private static ShareDelivery.Id id(long offset) {
        return new ShareDelivery.Id("work", 3, offset);
    }

    private void told(long offset, long nanos) {
        answers.told(
                new ConsumerRecord<>("work", 3, offset, null, new byte[0]),
                new Completion() {
                    @Override
                    public void done() {
                        ends.add(offset + " done");
                    }

                    @Override
                    public void failed(Throwable cause) {
                        ends.add(offset + " " + cause.getClass().getSimpleName());
                    }
                },
                nanos);
    }

    @Test
    void anAnswerEndsWhatItIsAbout() {
        told(7, 0);
        told(8, 0);
        answers.onComplete(Map.of(PARTITION, Set.of(7L)), null);
        assertThat(ends).containsExactly("7 done");
        assertThat(answers.isEmpty()).isFalse();
        answers.onComplete(Map.of(PARTITION, Set.of(8L)), null);
        assertThat(answers.isEmpty()).isTrue();
    }

    @Test
    void anOutcomeThatCameTooLateIsALostLease() {
        told(7, 0);
        answers.onComplete(Map.of(PARTITION, Set.of(7L)), new InvalidRecordStateException("not yours"));
        assertThat(ends).containsExactly("7 " + LeaseLostException.class.getSimpleName());
    }

    @Test
    void aRefusedRenewalIsToldOnceAndEndsNothing() {
        told(7, 0);
        answers.onComplete(Map.of(PARTITION, Set.of(9L)), new InvalidRecordStateException("not yours"));
        answers.onComplete(Map.of(PARTITION, Set.of(10L)), null);
        assertThat(answers.notRenewed()).containsExactly(id(9));
        assertThat(answers.notRenewed()).isEmpty();
        assertThat(ends).isEmpty();
    }

    @Test
    void whatIsNotAnsweredInTimeHasAnUnknownOutcome() {
        told(7, 0);
        told(8, 5);
        answers.giveUp(ShareAnswers.WAIT_NANOS);
        assertThat(ends).isEmpty();
        answers.giveUp(ShareAnswers.WAIT_NANOS + 1);
        assertThat(ends).containsExactly("7 " + ConnectionLostException.class.getSimpleName());
        answers.close();
        assertThat(ends).hasSize(2);
        assertThat(answers.isEmpty()).isTrue();
    }
}

package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.FencedMemberEpochException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.junit.jupiter.api.Test;

class KafkaErrorsTest {

    @Test
    void aConsumerOfAGroupThatIsForgottenIsOfNoUseAnyMore() {
        assertThat(List.of(new GroupIdNotFoundException("gone"), new UnknownServerException("?")))
                .allMatch(KafkaErrors::isTheEndOfMembership);
    }

    @Test
    void aConsumerThatWasShutOutOrHeardNothingComesBackByItself() {
        List<KafkaException> passing = List.of(
                new UnknownMemberIdException("out"),
                new FencedMemberEpochException("out"),
                new StaleMemberEpochException("old"),
                new IllegalGenerationException("old"),
                new RebalanceInProgressException("wait"),
                new TimeoutException("late"),
                DisconnectException.INSTANCE);

        assertThat(passing).noneMatch(KafkaErrors::isTheEndOfMembership);
    }
}

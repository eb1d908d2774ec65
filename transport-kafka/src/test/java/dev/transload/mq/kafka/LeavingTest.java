package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.Test;

class LeavingTest {

    /** Is a member of its group after some polls. */
    private static final class Joining extends MockConsumer<byte[], byte[]> {
        private final int pollsUntilJoined;
        private int polls;
        private int pollsAtClose = -1;
        private RuntimeException onFirstPoll = new WakeupException();

        Joining(int pollsUntilJoined) {
            super("earliest");
            this.pollsUntilJoined = pollsUntilJoined;
        }

        @Override
        @SuppressWarnings("removal") // tests have no other way to make one
        public synchronized ConsumerGroupMetadata groupMetadata() {
            boolean joined = polls >= pollsUntilJoined;
            return new ConsumerGroupMetadata("group", joined ? 1 : -1, joined ? "me" : "", Optional.empty());
        }

        @Override
        public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            if (polls++ == 0) {
                throw onFirstPoll;
            }
            return ConsumerRecords.empty();
        }

        @Override
        public synchronized void close(org.apache.kafka.clients.consumer.CloseOptions options) {
            pollsAtClose = polls;
        }
    }

    @Test
    void oneThatIsJoiningLeavesOnceItHasJoined() {
        Joining consumer = new Joining(3);

        Leaving.leave(consumer, true, Duration.ofSeconds(30));

        assertThat(consumer.pollsAtClose).isEqualTo(3);
    }

    @Test
    void oneThatDoesNotComeToJoinLeavesWhenItsTimeIsOver() {
        Joining consumer = new Joining(Integer.MAX_VALUE);

        Leaving.leave(consumer, true, Duration.ofMillis(5));

        assertThat(consumer.pollsAtClose).isPositive();
    }

    @Test
    void oneThatCannotJoinLeavesAtOnce() {
        Joining consumer = new Joining(Integer.MAX_VALUE);
        consumer.onFirstPoll = new AuthorizationException("not allowed");

        Leaving.leave(consumer, true, Duration.ofSeconds(30));

        assertThat(consumer.pollsAtClose).isEqualTo(1);
    }

    @Test
    void oneThatWasNotToJoinLeavesWithoutAPoll() {
        Joining consumer = new Joining(Integer.MAX_VALUE);

        Leaving.leave(consumer, false, Duration.ofSeconds(30));

        assertThat(consumer.pollsAtClose).isZero();
    }
}

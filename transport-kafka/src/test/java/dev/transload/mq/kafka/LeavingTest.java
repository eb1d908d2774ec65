package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.Test;

class LeavingTest {

    /** Is a member of its group after some polls. */
    private static final class Joining {
        private final int pollsUntilJoined;
        private int polls;
        private int pollsAtClose = -1;
        private RuntimeException onFirstPoll = new WakeupException();

        Joining(int pollsUntilJoined) {
            this.pollsUntilJoined = pollsUntilJoined;
        }

        @SuppressWarnings("unchecked")
        Consumer<byte[], byte[]> consumer() {
            return (Consumer<byte[], byte[]>) Proxy.newProxyInstance(
                    Consumer.class.getClassLoader(),
                    new Class<?>[] {Consumer.class},
                    (self, method, arguments) -> switch (method.getName()) {
                        case "groupMetadata" -> groupMetadata();
                        case "poll" -> poll();
                        case "close" -> closed();
                        default -> throw new UnsupportedOperationException(method.getName());
                    });
        }

        @SuppressWarnings("removal") // tests have no other way to make one
        private ConsumerGroupMetadata groupMetadata() {
            boolean joined = polls >= pollsUntilJoined;
            return new ConsumerGroupMetadata("group", joined ? 1 : -1, joined ? "me" : "", Optional.empty());
        }

        private Object closed() {
            pollsAtClose = polls;
            return this; // the call has no result
        }

        private ConsumerRecords<byte[], byte[]> poll() {
            if (polls++ == 0) {
                throw onFirstPoll;
            }
            return ConsumerRecords.empty();
        }
    }

    @Test
    void oneThatIsJoiningLeavesOnceItHasJoined() {
        Joining consumer = new Joining(3);

        Leaving.leave(consumer.consumer(), true, Duration.ofSeconds(30));

        assertThat(consumer.pollsAtClose).isEqualTo(3);
    }

    @Test
    void oneThatDoesNotComeToJoinLeavesWhenItsTimeIsOver() {
        Joining consumer = new Joining(Integer.MAX_VALUE);

        Leaving.leave(consumer.consumer(), true, Duration.ofMillis(5));

        assertThat(consumer.pollsAtClose).isPositive();
    }

    @Test
    void oneThatCannotJoinLeavesAtOnce() {
        Joining consumer = new Joining(Integer.MAX_VALUE);
        consumer.onFirstPoll = new AuthorizationException("not allowed");

        Leaving.leave(consumer.consumer(), true, Duration.ofSeconds(30));

        assertThat(consumer.pollsAtClose).isEqualTo(1);
    }

    @Test
    void oneThatWasNotToJoinLeavesWithoutAPoll() {
        Joining consumer = new Joining(Integer.MAX_VALUE);

        Leaving.leave(consumer.consumer(), false, Duration.ofSeconds(30));

        assertThat(consumer.pollsAtClose).isZero();
    }
}

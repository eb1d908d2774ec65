package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.Delivery;
import dev.transload.mq.Message;
import dev.transload.mq.MqListener;
import dev.transload.mq.SendOptions;
import dev.transload.mq.tck.HistoryEvent.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a case writes down, and how it is told. */
class HistoryTest {

    private static final String Q = "q";
    private static final Judge QUEUE = Judge.of(Q, Q, false);

    @TempDir
    private Path folder;

    private final AtomicLong clock = new AtomicLong();
    private final History history = new History(() -> clock.addAndGet(1_000_000));
    private final HistoryLog log = history.log();

    private void sent(String id) {
        log.sending(id, "", Q, "s", "#", 0);
        log.sent(id, Q);
    }

    private long delivered(String id) {
        return log.delivered(id, "", Q, "c", 1, false, "#", "");
    }

    @Test
    void aSoundHistoryIsReturnedInNumbers() {
        sent("a");
        log.ended(Kind.ACKED, "a", Q, delivered("a"), "");

        assertThat(history.assertSound(QUEUE).measures().get(0).deliveries()).isEqualTo(1);
    }

    @Test
    void anUnsoundOneTellsWhatIsRequiredWhatHappenedAndTheEventsThatShowIt() {
        sent("a");

        assertThatThrownBy(() -> history.assertSound(QUEUE))
                .isInstanceOf(Unsound.class)
                .hasMessageContainingAll(
                        "required: I1, a confirmed message is handled",
                        "happened: a was confirmed and was never delivered",
                        "SENDING a to q by s",
                        "SENT a to q");
    }

    @Test
    void oneThatShowsNothingIsInconclusive() {
        sent("a");
        log.ended(Kind.ACKED, "a", Q, delivered("a"), "");

        assertThatThrownBy(() -> history.assertSound(QUEUE.needing(Judge.Need.REDELIVERIES)))
                .isInstanceOf(Inconclusive.class)
                .hasMessageContaining("no message came again");
    }

    @Test
    void aFaultLastsUntilAllIsRecovered() {
        history.breaking("cut");
        history.breaking("kill");
        history.recovered();
        history.recovered();

        assertThat(log.events())
                .extracting(HistoryEvent::kind)
                .containsExactly(Kind.FAULT_ON, Kind.FAULT_ON, Kind.FAULT_OFF, Kind.FAULT_OFF);
    }

    @Test
    void whatTwoListenersAreToldIsWrittenDownOnce() {
        MqListener own = history.of(Q, "consumer-1");
        Message message = message("a");
        for (MqListener listener : List.of(history, own)) {
            listener.leaseLost(Q, message, "gone");
            listener.leaseLost("elsewhere", message, "gone");
        }

        assertThat(log.events().stream().filter(e -> e.place().equals(Q)))
                .extracting(HistoryEvent::who)
                .containsExactly("consumer-1", "consumer-1");
    }

    @Test
    void aSettleByHandIsWrittenDownBeforeItHappensAndOnce() {
        List<String> order = new ArrayList<>();
        RecordedDelivery<String> recorded = new RecordedDelivery<>(new Probe(order, log), log, Q, 7);

        recorded.retry(Duration.ofSeconds(1));

        assertThat(order).containsExactly("retry after FAILED");
        assertThat(recorded.end(Kind.ACKED, "")).isFalse();
        assertThat(log.events()).singleElement().satisfies(e -> {
            assertThat(e.kind()).isEqualTo(Kind.FAILED);
            assertThat(e.call()).isEqualTo(7);
        });
    }

    @Test
    void whatIsSentAndWhatArrivesHaveOneDigestUnlessSomethingDiffers() {
        SendOptions.Settings options =
                SendOptions.id("a").key("k").header("h", "v").type("t").correlationId("c");
        Message arrived = Message.builder("a", "text".getBytes(StandardCharsets.UTF_8))
                .key("k")
                .header("h", "v")
                .type("t")
                .correlationId("c")
                .annotation("mq-attempt", "2")
                .build();
        String digest = Digests.ofSend(options, "text".getBytes(StandardCharsets.UTF_8));

        assertThat(Digests.ofMessage(arrived)).isEqualTo(digest);
        assertThat(List.of(
                        arrived.toBuilder().key("K").build(),
                        arrived.toBuilder().key(null).build(),
                        arrived.toBuilder().header("h", "w").build(),
                        arrived.toBuilder().header("more", "").build(),
                        arrived.toBuilder().type("c").correlationId("t").build(),
                        arrived.toBuilder().body(new byte[0]).build()))
                .allSatisfy(other -> assertThat(Digests.ofMessage(other)).isNotEqualTo(digest));
    }

    @Test
    void aStoredHistoryIsJudgedAgainAsItWas() {
        sent("a");
        assertThatThrownBy(() -> history.assertSound(QUEUE)).isInstanceOf(Unsound.class);
        Path file = folder.resolve("SND-11.jsonl");
        history.file("SND-11", 42).write(file);

        assertThat(JudgeHistory.judge(file))
                .contains("SND-11, seed 42: 2 events, not sound", "a was confirmed and was never delivered");
        assertThatThrownBy(() -> JudgeHistory.main(file.toString()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("not sound");
    }

    @Test
    void aStoredHistoryThatIsSoundSaysSo() {
        sent("a");
        log.ended(Kind.ACKED, "a", Q, delivered("a"), "");
        history.assertSound(QUEUE);
        Path file = folder.resolve("SND-11.jsonl");
        history.file("SND-11", 42).write(file);

        assertThat(JudgeHistory.judge(file)).contains("4 events, sound\n");
        JudgeHistory.main(file.toString());
    }

    private static Message message(String id) {
        return Message.builder(id, new byte[0]).build();
    }

    /** A delivery that says what was written down when it is settled. */
    private record Probe(List<String> order, HistoryLog log) implements Delivery<String> {

        private void settled(String how) {
            order.add(how + " after " + log.last(1).get(0).kind());
        }

        @Override
        public String payload() {
            return "";
        }

        @Override
        public Message message() {
            return HistoryTest.message("a");
        }

        @Override
        public String destination() {
            return Q;
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public boolean redelivered() {
            return false;
        }

        @Override
        public Instant leaseUntil() {
            return Instant.MAX;
        }

        @Override
        public boolean leaseLost() {
            return false;
        }

        @Override
        public long fence() {
            return 0;
        }

        @Override
        public void ack() {
            settled("ack");
        }

        @Override
        public void retry(Duration delay) {
            settled("retry");
        }

        @Override
        public void deadLetter(String reason) {
            settled("deadLetter");
        }

        @Override
        public void discard() {
            settled("discard");
        }
    }
}

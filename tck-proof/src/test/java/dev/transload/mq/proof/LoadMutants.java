package dev.transload.mq.proof;

import dev.transload.mq.client.LoadAdvice;
import dev.transload.mq.inmemory.LaneAdvice;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place.Role;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Products that break rarely, so that it takes a load and its whole history to see it. */
final class LoadMutants {

    private static final String UNSOUND = "the history is not sound";

    private LoadMutants() {}

    static List<Mutant> all() {
        return List.of(
                Mutant.transport("every-1000th-send-is-lost", "every thousandth message is confirmed and lost", () -> {
                            AtomicInteger sends = new AtomicInteger();
                            return new Twist() {
                                @Override
                                void send(Outgoing outgoing) {
                                    if (outgoing.to().role() == Role.QUEUE && sends.incrementAndGet() % 1_000 == 0) {
                                        outgoing.done();
                                    } else {
                                        real().send(outgoing);
                                    }
                                }
                            };
                        })
                        .seen("Redpanda and NATS, acknowledged loss")
                        .killedBy("SOAK-02")
                        .saying(UNSOUND),
                Mutant.transport(
                                "timed-out-is-not-sent",
                                "a send that times out after it was handed over is said not to be sent",
                                SlowConfirms::new)
                        .with(Change.advise("client.SendRetries", "timeout", LoadAdvice.NotSent.class))
                        .killedBy("SND-06")
                        .saying("was said not to be sent, and arrived"),
                Mutant.transport(
                                "a-late-confirm-is-told-too",
                                "a confirm that comes after the timeout is told as one more end of the send",
                                SlowConfirms::new)
                        .with(Change.advise("client.Sends", "confirmed", LoadAdvice.ToldAgain.class))
                        .killedBy("SND-06")
                        .saying("times told as"),
                Mutant.engine(
                                "half-of-the-failures-of-a-batch-are-successes",
                                "every other failure of a batch is told as a success",
                                Change.advise("client.Sending", "sendAll", LoadAdvice.HalfOfTheFailures.class))
                        .seen("Wolverine #3503")
                        .killedBy("BAT-02"),
                Mutant.engine(
                                "sends-are-counted-twice",
                                "the counter of sends goes up by two",
                                Change.advise("client.SendNews", "sent", LoadAdvice.CountedTwice.class))
                        .killedBy("OBS-01")
                        .saying("[SENT]"),
                Mutant.engine(
                                "discarded-counts-as-dead-letter",
                                "what is thrown away is counted as set aside",
                                Change.advise("client.Outcomes", "discard", LoadAdvice.CountedAsDeadLetter.class))
                        .killedBy("OBS-01")
                        .saying("[DEAD_LETTERED]"),
                Mutant.engine(
                                "a-key-is-overlooked",
                                "messages of one key in ten are handled as if they had none",
                                Change.advise("client.EngineDelivery", "orderKey", LoadAdvice.OverlooksAKey.class))
                        .killedBy("ORD-16", "ORD-06")
                        .saying(UNSOUND),
                Mutant.broker(
                                "lanes-change-hands-too-early",
                                "a lane goes to another consumer while messages of it are out",
                                Change.advise("inmemory.LaneMailbox", "change", LaneAdvice.TooEarly.class))
                        .killedBy("ORD-06")
                        .saying(UNSOUND),
                Mutant.broker(
                                "what-comes-back-goes-behind",
                                "what is given back is handed out after all others",
                                Change.advise("inmemory.Backlog", "giveBack", LaneAdvice.Behind.class))
                        .seen("RabbitMQ before 2.7")
                        .killedBy("FLT-16")
                        .saying(UNSOUND),
                Mutant.broker(
                                "a-buffer-for-every-consumer",
                                "a consumer gets a thousand messages more than it has credit for",
                                Change.advise("inmemory.Flow", "takes", LaneAdvice.TakesMore.class))
                        .seen("Kafka clients and many others fetch ahead")
                        .killedBy("FLW-02")
                        .saying("messages that wait at the broker"));
    }

    /** Has the broker store at once and confirm at the moment at which a hasty client gives up, or after it. */
    private static final class SlowConfirms extends Twist {
        private final AtomicInteger sends = new AtomicInteger();

        @Override
        void send(Outgoing outgoing) {
            if (sends.incrementAndGet() % 3 != 0) {
                real().send(outgoing);
                return;
            }
            real().send(TwistedOutgoing.telling(outgoing, new Completion() {
                @Override
                public void done() {
                    time().schedule(Duration.ofMillis(100), outgoing::done);
                }

                @Override
                public void failed(Throwable cause) {
                    outgoing.failed(cause);
                }
            }));
        }
    }
}

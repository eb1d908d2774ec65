package dev.transload.mq.proof;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.time.Duration;
import java.util.List;

/** Transports that lose time or content of what is delayed or set aside. */
final class DelayMutants {

    private DelayMutants() {}

    static List<Mutant> all() {
        return List.of(
                Mutant.transport("delay-is-ignored", "a delay is accepted and not kept", () -> delays(millis -> 0))
                        .killedBy("DLY-01", "DLY-03"),
                Mutant.transport("delay-is-halved", "a message comes after half its delay", () -> delays(m -> m / 2))
                        .killedBy("DLY-01", "DLY-08"),
                Mutant.transport(
                                "delay-in-seconds",
                                "a delay is cut to whole seconds",
                                () -> delays(m -> m / 1000 * 1000))
                        .seen("SQS DelaySeconds")
                        .killedBy("DLY-01"),
                Mutant.transport("delay-is-doubled", "a message comes after twice its delay", () -> delays(m -> m * 2))
                        .killedBy("DLY-01"),
                Mutant.transport(
                                "delayed-in-the-client",
                                "a delayed message waits in the client that sent it",
                                () -> new Twist() {
                                    @Override
                                    long delay(long millis, Message message, Place to) {
                                        return millis;
                                    }

                                    @Override
                                    void send(Outgoing outgoing) {
                                        if (outgoing.delayMillis() == 0) {
                                            real().send(outgoing);
                                            return;
                                        }
                                        outgoing.done();
                                        time().schedule(
                                                        Duration.ofMillis(outgoing.delayMillis()),
                                                        () -> real().send(new TwistedOutgoing(
                                                                outgoing.to(),
                                                                outgoing.message(),
                                                                0,
                                                                Completion.IGNORED)));
                                    }
                                })
                        .killedBy("DLY-05"),
                Mutant.transport(
                                "delays-in-a-line",
                                "a delayed message waits for those delayed before it",
                                () -> new Twist() {
                                    private long latest;

                                    @Override
                                    long delay(long millis, Message message, Place to) {
                                        if (millis == 0) {
                                            return 0;
                                        }
                                        latest = Math.max(latest, time().millis() + millis);
                                        return latest - time().millis();
                                    }
                                })
                        .seen("per-message TTL of RabbitMQ blocks at the head")
                        .killedBy("DLY-03"),
                Mutant.transport(
                                "delay-loses-headers",
                                "a delayed message arrives without its headers",
                                () -> new Twist() {
                                    @Override
                                    void send(Outgoing outgoing) {
                                        real().send(
                                                        outgoing.delayMillis() == 0
                                                                ? outgoing
                                                                : TwistedOutgoing.with(
                                                                        outgoing,
                                                                        Messages.withHeaders(
                                                                                outgoing.message(),
                                                                                java.util.Map.of())));
                                    }
                                })
                        .killedBy("DLY-09"),
                Mutant.transport(
                                "dead-letters-lose-headers",
                                "a dead letter has lost its headers",
                                () -> deadLetters(m -> Messages.withHeaders(m, java.util.Map.of())))
                        .seen("Quarkus #20537")
                        .killedBy("DLQ-02"),
                Mutant.transport(
                                "dead-letters-lose-keys",
                                "a dead letter has lost its key",
                                () -> deadLetters(m -> m.toBuilder().key(null).build()))
                        .killedBy("DLQ-02"),
                Mutant.transport(
                                "dead-letters-get-new-ids",
                                "a dead letter has an id of its own",
                                () -> deadLetters(
                                        m -> m.toBuilder().id("dead-" + m.id()).build()))
                        .killedBy("DLQ-02", "ENV-10"),
                Mutant.transport("dead-letters-are-lost", "a dead letter is confirmed and not kept", () -> new Twist() {
                            @Override
                            void send(Outgoing outgoing) {
                                if (outgoing.to().role() == Role.DEAD_LETTERS) {
                                    outgoing.done();
                                } else {
                                    real().send(outgoing);
                                }
                            }

                            @Override
                            void move(dev.transload.mq.spi.Incoming delivery, Outgoing outgoing) {
                                delivery.ack(outgoing);
                            }
                        })
                        .killedBy("DLQ-01", "DLQ-13"));
    }

    private static Twist delays(java.util.function.LongUnaryOperator change) {
        return new Twist() {
            @Override
            long delay(long millis, Message message, Place to) {
                return change.applyAsLong(millis);
            }
        };
    }

    private static Twist deadLetters(java.util.function.UnaryOperator<Message> change) {
        return new Twist() {
            @Override
            Message outgoing(Message message, Place to) {
                return to.role() == Role.DEAD_LETTERS ? change.apply(message) : message;
            }
        };
    }
}

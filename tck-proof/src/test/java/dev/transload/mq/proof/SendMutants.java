package dev.transload.mq.proof;

import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Message;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Transports that lose, repeat, mix up or misreport what is sent. */
final class SendMutants {

    private SendMutants() {}

    static List<Mutant> all() {
        return List.of(
                Mutant.transport(
                                "every-50th-send-is-lost",
                                "every fiftieth message is confirmed and lost",
                                () -> nth(50, (twist, outgoing) -> outgoing.done()))
                        .seen("Redpanda and NATS, Jepsen reports")
                        .killedBy("SND-11", "WQ-02"),
                Mutant.transport(
                                "every-50th-send-is-doubled",
                                "every fiftieth message is stored twice",
                                () -> nth(50, (twist, outgoing) -> {
                                    twist.real().send(TwistedOutgoing.telling(outgoing, Completion.IGNORED));
                                    twist.real().send(outgoing);
                                }))
                        .killedBy("SND-11", "WQ-02", "SOAK-01"),
                Mutant.transport(
                                "first-send-is-doubled",
                                "the first message of a client is stored twice",
                                () -> nth(1_000_000, 1, (twist, outgoing) -> {
                                    twist.real().send(TwistedOutgoing.telling(outgoing, Completion.IGNORED));
                                    twist.real().send(outgoing);
                                }))
                        .killedBy("WQ-01", "PUB-01", "SND-03"),
                Mutant.transport(
                                "phantoms",
                                "now and then a message arrives that nobody has sent",
                                () -> nth(20, 5, (twist, outgoing) -> {
                                    Message ghost = outgoing.message().toBuilder()
                                            .id("ghost-" + outgoing.message().id())
                                            .build();
                                    twist.real()
                                            .send(new TwistedOutgoing(
                                                    outgoing.to(), ghost, outgoing.delayMillis(), Completion.IGNORED));
                                    twist.real().send(outgoing);
                                }))
                        .killedBy("SND-11", "WQ-02", "SOAK-01"),
                Mutant.transport(
                                "confirmed-before-it-is-sent",
                                "a send is confirmed when it is in a buffer of the client",
                                ConfirmedEarly::new)
                        .killedBy("SND-01"),
                Mutant.transport(
                                "missing-queue-takes-all",
                                "a send to a queue that does not exist is confirmed",
                                MissingIsFine::new)
                        .seen("AMQP publish without mandatory")
                        .killedBy("SND-02", "SND-09", "SND-10"),
                Mutant.transport(
                                "failed-but-stored",
                                "a send is reported as not sent, although the broker has it",
                                FailedButStored::new)
                        .seen("Jepsen: aborted read")
                        .killedBy("BAT-01"),
                Mutant.transport(
                                "unroutable-topic",
                                "a message to a topic without groups is refused",
                                UnroutableTopic::new)
                        .seen("AMQP mandatory on topic exchanges")
                        .killedBy("SND-23"),
                Mutant.transport(
                                "bodies-are-mixed-up",
                                "a buffer is shared: a message gets the body of the one before",
                                () -> new Twist() {
                                    private final AtomicReference<byte[]> buffer = new AtomicReference<>(new byte[0]);
                                    private final AtomicInteger sends = new AtomicInteger();

                                    @Override
                                    Message outgoing(Message message, Place to) {
                                        byte[] before = buffer.getAndSet(message.body());
                                        return sends.incrementAndGet() % 40 == 0
                                                ? Messages.withBody(message, before)
                                                : message;
                                    }
                                })
                        .killedBy("SND-11", "ENV-23"),
                Mutant.transport(
                                "order-of-sends-is-lost",
                                "every fifth message is overtaken by the next",
                                Overtaken::new)
                        .killedBy("ORD-01", "ORD-13"),
                Mutant.transport(
                                "handlers-cannot-send",
                                "a send from a thread of a handler is never confirmed",
                                () -> new Twist() {
                                    @Override
                                    void send(Outgoing outgoing) {
                                        if (!Thread.currentThread().getName().contains("tck-")) {
                                            real().send(outgoing);
                                        }
                                    }
                                })
                        .seen("blocking calls on the delivery thread of amqp-client")
                        .killedBy("SND-15", "RPC-17"),
                Mutant.transport(
                                "a-little-less-than-declared",
                                "the broker takes 64 bytes less than the limit declared",
                                () -> tooLarge(false, 64))
                        .on(dev.transload.mq.inmemory.Profile.SQS_STANDARD)
                        .killedBy("LIM-01", "LIM-03"),
                Mutant.transport(
                                "no-room-for-the-record",
                                "the declared limit leaves no room for the record of a failure",
                                () -> tooLarge(true, 0))
                        .on(dev.transload.mq.inmemory.Profile.SQS_STANDARD)
                        .seen("Wolverine #3474")
                        .killedBy("LIM-01"));
    }

    private interface Misdeed {
        void send(Twist twist, Outgoing outgoing);
    }

    private static Twist nth(int n, Misdeed misdeed) {
        return nth(n, 0, misdeed);
    }

    private static Twist nth(int n, int rest, Misdeed misdeed) {
        return new Twist() {
            private final AtomicInteger sends = new AtomicInteger();

            @Override
            void send(Outgoing outgoing) {
                boolean ofTheApplication =
                        outgoing.to().role() == Role.QUEUE || outgoing.to().role() == Role.TOPIC;
                if (ofTheApplication && sends.incrementAndGet() % n == rest) {
                    misdeed.send(this, outgoing);
                } else {
                    real().send(outgoing);
                }
            }
        };
    }

    private static Twist tooLarge(boolean record, int less) {
        return new Twist() {
            private Throwable tooLarge(Outgoing outgoing) {
                int size = outgoing.message().body().length;
                if (record) {
                    size += outgoing.message().annotations().entrySet().stream()
                            .mapToInt(e -> e.getKey().length() + e.getValue().length())
                            .sum();
                }
                int most = real().capabilities(outgoing.to().shape()).limits().payload() - less;
                return size <= most ? null : TransportException.permanent("broker: frame too large", null);
            }

            @Override
            void send(Outgoing outgoing) {
                Throwable refused = tooLarge(outgoing);
                if (refused == null) {
                    real().send(outgoing);
                } else {
                    outgoing.failed(refused);
                }
            }

            @Override
            void move(dev.transload.mq.spi.Incoming delivery, Outgoing outgoing) {
                Throwable refused = tooLarge(outgoing);
                if (refused == null) {
                    delivery.moveTo(outgoing);
                } else {
                    outgoing.failed(refused);
                }
            }
        };
    }

    private static final class ConfirmedEarly extends Twist {
        private final ConcurrentLinkedQueue<Outgoing> buffer = new ConcurrentLinkedQueue<>();

        @Override
        void send(Outgoing outgoing) {
            buffer.add(TwistedOutgoing.telling(outgoing, Completion.IGNORED));
            outgoing.done();
            time().schedule(Duration.ofMillis(200), this::flush);
        }

        private void flush() {
            for (Outgoing next = buffer.poll(); next != null; next = buffer.poll()) {
                real().send(next);
            }
        }

        @Override
        CompletableFuture<Void> close(Duration timeout) {
            buffer.clear();
            return real().close(timeout);
        }
    }

    private static final class MissingIsFine extends Twist {
        @Override
        CompletableFuture<Void> declare(Place place) {
            return real().declare(place).exceptionally(missing -> null);
        }

        @Override
        void send(Outgoing outgoing) {
            real().send(TwistedOutgoing.telling(outgoing, new Completion() {
                @Override
                public void done() {
                    outgoing.done();
                }

                @Override
                public void failed(Throwable cause) {
                    if (cause instanceof DestinationNotFoundException) {
                        outgoing.done();
                    } else {
                        outgoing.failed(cause);
                    }
                }
            }));
        }
    }

    private static final class FailedButStored extends Twist {
        private final AtomicInteger sends = new AtomicInteger();

        @Override
        void send(Outgoing outgoing) {
            if (sends.incrementAndGet() % 25 != 0) {
                real().send(outgoing);
                return;
            }
            real().send(TwistedOutgoing.telling(outgoing, Completion.IGNORED));
            outgoing.failed(TransportException.permanent("refused by the broker", null));
        }
    }

    private static final class UnroutableTopic extends Twist {
        private final List<String> received = new ArrayList<>();

        @Override
        dev.transload.mq.spi.ReceiveSpec spec(dev.transload.mq.spi.ReceiveSpec asked) {
            received.add(asked.from().name());
            return asked;
        }

        @Override
        void send(Outgoing outgoing) {
            if (outgoing.to().role() == Role.TOPIC && received.isEmpty()) {
                outgoing.failed(new DestinationNotFoundException(
                        "no route for " + outgoing.to().name(), null));
            } else {
                real().send(outgoing);
            }
        }
    }

    private static final class Overtaken extends Twist {
        private final AtomicInteger sends = new AtomicInteger();
        private final AtomicReference<Outgoing> late = new AtomicReference<>();

        @Override
        void send(Outgoing outgoing) {
            Outgoing before = late.getAndSet(null);
            if (before == null
                    && sends.incrementAndGet() % 5 == 0
                    && outgoing.to().role() == Role.QUEUE) {
                late.set(TwistedOutgoing.telling(outgoing, Completion.IGNORED));
                outgoing.done();
                time().schedule(Duration.ofMillis(50), this::flush);
                return;
            }
            real().send(outgoing);
            if (before != null) {
                real().send(before);
            }
        }

        private void flush() {
            Outgoing before = late.getAndSet(null);
            if (before != null) {
                real().send(before);
            }
        }
    }
}

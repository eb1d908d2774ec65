package dev.transload.mq.proof;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Transports that settle, count or hand out wrongly. */
final class SettleMutants {

    private SettleMutants() {}

    static List<Mutant> all() {
        return List.of(
                Mutant.transport("ack-does-nothing", "an ack is confirmed and not sent", () -> new Twist() {
                            @Override
                            void ack(Incoming delivery, Completion completion) {
                                completion.done();
                            }
                        })
                        .seen("omniqueue #14")
                        .killedBy("ACK-01", "ACK-25"),
                Mutant.transport(
                                "every-10th-ack-is-lost",
                                "every tenth ack is confirmed and not sent",
                                () -> new Twist() {
                                    private final AtomicInteger acks = new AtomicInteger();

                                    @Override
                                    void ack(Incoming delivery, Completion completion) {
                                        if (acks.incrementAndGet() % 10 == 0) {
                                            completion.done();
                                        } else {
                                            delivery.ack(completion);
                                        }
                                    }
                                })
                        .killedBy("ACK-25", "WQ-06"),
                Mutant.transport(
                                "ack-takes-all-before",
                                "an ack settles all that was handed out before it",
                                Cumulative::new)
                        .seen("Wolverine #3492, offset commits")
                        .killedBy("ACK-17"),
                Mutant.transport(
                                "acked-when-handed-out",
                                "a delivery is acked before its handler runs",
                                () -> new Twist() {
                                    @Override
                                    void deliver(List<TwistedIncoming> batch, Sink engine) {
                                        batch.forEach(each -> each.real().ack(Completion.IGNORED));
                                        engine.deliver(batch);
                                    }

                                    @Override
                                    void ack(Incoming delivery, Completion completion) {
                                        completion.done();
                                    }

                                    @Override
                                    void release(
                                            Incoming delivery, Duration delay, boolean failed, Completion completion) {
                                        completion.done();
                                    }

                                    @Override
                                    void renew(Incoming delivery, Completion completion) {
                                        completion.done();
                                    }

                                    @Override
                                    void note(Incoming delivery, int failures, Completion completion) {
                                        completion.done();
                                    }
                                })
                        .seen("OpenMessaging Benchmark, RabbitMQ autoAck")
                        .killedBy("ACK-02", "ACK-04", "LIF-13"),
                Mutant.transport(
                                "release-is-ack",
                                "a message that is given back is gone",
                                () -> releases((delivery, delay, failed, completion) -> delivery.ack(completion)))
                        .seen("omniqueue #14")
                        .killedBy("ACK-04", "RTY-01", "LIF-13"),
                Mutant.transport(
                                "release-is-slow",
                                "what is given back comes a minute later",
                                () -> releases((delivery, delay, failed, completion) ->
                                        delivery.release(delay.plusSeconds(60), failed, completion)))
                        .killedBy("ACK-19"),
                Mutant.transport(
                                "release-ignores-its-delay",
                                "what is given back for later comes at once",
                                () -> releases((delivery, delay, failed, completion) ->
                                        delivery.release(Duration.ZERO, failed, completion)))
                        .seen("watermill-nats #26")
                        .killedBy("ACK-19", "RTY-03"),
                Mutant.transport(
                                "release-halves-its-delay",
                                "what is given back comes after half the time",
                                () -> releases((delivery, delay, failed, completion) ->
                                        delivery.release(delay.dividedBy(2), failed, completion)))
                        .killedBy("ACK-19", "RTY-03"),
                Mutant.transport(
                                "buffered-is-acked-at-stop",
                                "what is unsettled is acked when intake stops",
                                () -> new AckedAtStop())
                        .killedBy("LIF-13"),
                Mutant.transport(
                                "renewal-does-nothing",
                                "a lease is not renewed, although it is confirmed",
                                () -> new Twist() {
                                    @Override
                                    void renew(Incoming delivery, Completion completion) {
                                        completion.done();
                                    }
                                })
                        .seen("kombu #337")
                        .killedBy("ACK-08", "ACK-12", "FLW-04"),
                Mutant.transport(
                                "notes-are-forgotten", "noted failures are confirmed and forgotten", () -> new Twist() {
                                    @Override
                                    void note(Incoming delivery, int failures, Completion completion) {
                                        completion.done();
                                    }
                                })
                        .killedBy("ACK-06", "RTY-01", "RTY-07"),
                Mutant.transport("notes-count-twice", "a noted failure counts as two", () -> new Twist() {
                            @Override
                            void note(Incoming delivery, int failures, Completion completion) {
                                delivery.note(failures * 2, completion);
                            }
                        })
                        .killedBy("ACK-06", "RTY-01"),
                Mutant.transport("every-delivery-is-new", "the broker's count always says one", () -> new Twist() {
                            @Override
                            int brokerCount(Incoming delivery) {
                                return 1;
                            }
                        })
                        .killedBy("ACK-02"),
                Mutant.transport(
                                "given-back-counts", "what was only given back counts as delivered", () -> new Twist() {
                                    @Override
                                    void deliver(List<TwistedIncoming> batch, Sink engine) {
                                        batch.forEach(each -> each.real().began());
                                        engine.deliver(batch);
                                    }

                                    @Override
                                    void release(
                                            Incoming delivery, Duration delay, boolean failed, Completion completion) {
                                        delivery.release(delay, true, completion);
                                    }
                                })
                        .killedBy("LIF-13"),
                Mutant.transport(
                                "prefetch-is-ignored",
                                "a hundred more are handed out than there is credit",
                                () -> new Twist() {
                                    @Override
                                    void credit(Receiver receiver, int n) {
                                        receiver.credit(n + 100);
                                    }
                                })
                        .killedBy("ACK-09", "FLW-01"),
                Mutant.transport("credit-leaks", "every fifth credit that comes back is lost", () -> new Twist() {
                            private final AtomicInteger given = new AtomicInteger();

                            @Override
                            void credit(Receiver receiver, int n) {
                                int lost = given.getAndAdd(n) == 0 ? 0 : (n + 4) / 5;
                                receiver.credit(n - lost);
                            }
                        })
                        .killedBy("WQ-02"),
                Mutant.transport(
                                "batches-come-reversed",
                                "deliveries that come together come in reverse",
                                () -> new Twist() {
                                    @Override
                                    void deliver(List<TwistedIncoming> batch, Sink engine) {
                                        List<TwistedIncoming> reversed = new ArrayList<>(batch);
                                        Collections.reverse(reversed);
                                        engine.deliver(reversed);
                                    }
                                })
                        .killedBy("PUB-05"),
                Mutant.transport(
                                "every-20th-delivery-twice",
                                "every twentieth delivery is handed out twice",
                                () -> new Twist() {
                                    private final AtomicInteger deliveries = new AtomicInteger();

                                    @Override
                                    void deliver(List<TwistedIncoming> batch, Sink engine) {
                                        engine.deliver(batch);
                                        for (TwistedIncoming each : batch) {
                                            if (deliveries.incrementAndGet() % 20 == 0) {
                                                engine.deliver(List.of(each));
                                            }
                                        }
                                    }
                                })
                        .killedBy("WQ-02"),
                Mutant.transport(
                                "redelivery-loses-a-header",
                                "what comes again has lost its headers",
                                () -> redelivered(m -> Messages.withHeaders(m, java.util.Map.of())))
                        .killedBy("RTY-10"),
                Mutant.transport(
                                "redelivery-has-a-new-time",
                                "what comes again has the time of its redelivery",
                                () -> redelivered(m -> m.toBuilder()
                                        .timestamp(m.timestamp() + 5)
                                        .build()))
                        .killedBy("RTY-10"),
                Mutant.transport(
                                "redelivery-has-a-new-id",
                                "what comes again has another id",
                                () -> redelivered(
                                        m -> m.toBuilder().id(m.id() + "-again").build()))
                        .killedBy("ACK-04", "RTY-10", "ENV-10"),
                Mutant.transport(
                                "subscribed-too-late",
                                "subscribe returns before the subscription is there",
                                () -> new Twist() {
                                    @Override
                                    CompletableFuture<Receiver> receive(
                                            dev.transload.mq.spi.ReceiveSpec spec, Sink sink) {
                                        return CompletableFuture.completedFuture(new LateReceiver(this, spec, sink));
                                    }
                                })
                        .killedBy("PUB-02"),
                Mutant.transport("replies-come-twice", "a reply is handed out twice", () -> new Twist() {
                            @Override
                            CompletableFuture<Receiver> openReplyInbox(Sink sink) {
                                return real().openReplyInbox(new Sink() {
                                    @Override
                                    public void deliver(Incoming delivery) {
                                        sink.deliver(delivery);
                                        sink.deliver(delivery);
                                    }

                                    @Override
                                    public void lost(List<? extends Incoming> deliveries, String why) {
                                        sink.lost(deliveries, why);
                                    }

                                    @Override
                                    public void failed(Throwable cause) {
                                        sink.failed(cause);
                                    }
                                });
                            }
                        })
                        .killedBy("RPC-06"));
    }

    private interface Releasing {
        void release(Incoming delivery, Duration delay, boolean failed, Completion completion);
    }

    private static Twist releases(Releasing how) {
        return new Twist() {
            @Override
            void release(Incoming delivery, Duration delay, boolean failed, Completion completion) {
                how.release(delivery, delay, failed, completion);
            }
        };
    }

    private static Twist redelivered(java.util.function.UnaryOperator<Message> change) {
        return new Twist() {
            @Override
            Message incoming(Message message, Incoming delivery) {
                return delivery.brokerCount() > 1 ? change.apply(message) : message;
            }
        };
    }

    private static final class Cumulative extends Twist {
        private final ConcurrentLinkedQueue<Incoming> out = new ConcurrentLinkedQueue<>();

        @Override
        void deliver(List<TwistedIncoming> batch, Sink engine) {
            batch.forEach(each -> out.add(each.real()));
            engine.deliver(batch);
        }

        @Override
        void ack(Incoming delivery, Completion completion) {
            while (!out.isEmpty()) {
                Incoming earlier = out.poll();
                if (earlier == delivery) {
                    break;
                }
                earlier.ack(Completion.IGNORED);
            }
            delivery.ack(completion);
        }
    }

    private static final class AckedAtStop extends Twist {
        private final ConcurrentLinkedQueue<Incoming> out = new ConcurrentLinkedQueue<>();

        @Override
        void deliver(List<TwistedIncoming> batch, Sink engine) {
            batch.forEach(each -> out.add(each.real()));
            engine.deliver(batch);
        }

        private void ackAll() {
            for (Incoming next = out.poll(); next != null; next = out.poll()) {
                next.ack(Completion.IGNORED);
            }
        }

        @Override
        CompletableFuture<Void> stop(Receiver receiver) {
            ackAll();
            return receiver.stop();
        }

        @Override
        void release(Incoming delivery, Duration delay, boolean failed, Completion completion) {
            out.remove(delivery);
            completion.done();
        }

        @Override
        CompletableFuture<Void> close(Receiver receiver, Duration timeout) {
            ackAll();
            return receiver.close(timeout);
        }
    }

    /** Receives from a little later on. */
    private static final class LateReceiver implements Receiver {
        private final Twist twist;
        private final CompletableFuture<Receiver> real = new CompletableFuture<>();

        LateReceiver(Twist twist, dev.transload.mq.spi.ReceiveSpec spec, Sink sink) {
            this.twist = twist;
            twist.time().schedule(Duration.ofMillis(5), () -> {
                var unused = twist.real().receive(spec, sink).thenAccept(real::complete);
            });
        }

        @Override
        public void credit(int n) {
            var unused = real.thenAccept(receiver -> receiver.credit(n));
        }

        @Override
        public CompletableFuture<Void> stop() {
            return real.thenCompose(Receiver::stop);
        }

        @Override
        public CompletableFuture<Void> close(Duration timeout) {
            return real.thenCompose(receiver -> receiver.close(timeout));
        }

        @Override
        public long lastContact() {
            return twist.time().nanos();
        }
    }
}

package dev.transload.mq.proof;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Sink;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Transports that are right until a link breaks, a broker stops or a process dies. */
final class FaultMutants {

    private FaultMutants() {}

    static List<Mutant> all() {
        return List.of(
                Mutant.transport(
                                "no-answer-is-a-confirm",
                                "a send that nobody answers for a second is confirmed",
                                () -> new Twist() {
                                    @Override
                                    void send(Outgoing outgoing) {
                                        Once once = new Once(outgoing);
                                        real().send(TwistedOutgoing.telling(outgoing, once));
                                        time().schedule(Duration.ofSeconds(1), once::done);
                                    }
                                })
                        .saying("it succeeded")
                        .killedBy("SND-08"),
                Mutant.transport(
                                "not-sent-and-kept",
                                "a send without a connection is reported as not sent, and goes out later",
                                NotSentAndKept::new)
                        .saying("was told not to be sent, and was seen")
                        .killedBy("SND-12"),
                Mutant.transport("cut-off-is-confirmed", "a send that was cut off counts as sent", () -> new CutOff() {
                            @Override
                            void cutOff(Outgoing outgoing, Throwable cause) {
                                outgoing.done();
                            }
                        })
                        .killedBy("FLT-05"),
                Mutant.transport(
                                "cut-off-is-half-there",
                                "of a send that was cut off the broker keeps what it got",
                                () -> new CutOff() {
                                    @Override
                                    void cutOff(Outgoing outgoing, Throwable cause) {
                                        Message whole = outgoing.message();
                                        Message half = Messages.cut(whole, whole.body().length / 2);
                                        real().send(TwistedOutgoing.telling(
                                                TwistedOutgoing.with(outgoing, half), Completion.IGNORED));
                                        outgoing.failed(cause);
                                    }
                                })
                        .saying("arrived whole")
                        .killedBy("FLT-05"),
                Mutant.transport(
                                "stored-after-the-confirm",
                                "a send is confirmed at once and stored a little later, unless the broker stops before",
                                StoredLater::new)
                        .seen("Redpanda, KIP-966: acknowledged before the flush")
                        .killedBy("FLT-02", "FLT-03"),
                Mutant.transport(
                                "acks-wait-for-others",
                                "acks are confirmed at once, and go out when there are sixty of them",
                                AcksTogether::new)
                        .saying("handled twice: what was out when the link was cut")
                        .killedBy("FLT-06"),
                Mutant.transport(
                                "redelivery-has-no-mark",
                                "what comes again looks as if it came for the first time",
                                () -> new Twist() {
                                    @Override
                                    int brokerCount(Incoming delivery) {
                                        return 1 + delivery.notedFailures();
                                    }
                                })
                        .killedBy("ACK-03", "ACK-15", "FLT-06", "RTY-18"),
                Mutant.transport(
                                "bodies-are-short-after-a-break",
                                "what comes after a break misses what got through before it",
                                () -> new Twist() {
                                    private volatile boolean broken;

                                    @Override
                                    void connection(boolean up, String why) {
                                        broken |= !up;
                                        super.connection(up, why);
                                    }

                                    @Override
                                    Message incoming(Message message, Incoming delivery) {
                                        return broken ? Messages.cut(message, message.body().length / 2) : message;
                                    }
                                })
                        .saying("it arrived whole")
                        .killedBy("FLT-07"),
                Mutant.transport(
                                "a-late-confirm-is-a-lost-send",
                                "a send that is not confirmed within 200 ms is sent once more",
                                SentAgain::new)
                        .saying("to contain exactly in any order")
                        .killedBy("FLT-09"),
                Mutant.transport(
                                "each-outage-leaves-a-thread",
                                "the thread that waits for the broker does not end when it is back",
                                LeftThreads::new)
                        .saying("threads of the client")
                        .killedBy("FLT-12"),
                Mutant.transport(
                                "delays-wait-in-the-client",
                                "a delayed message waits in the memory of its sender",
                                () -> new Twist() {
                                    @Override
                                    void send(Outgoing outgoing) {
                                        long delay = outgoing.delayMillis();
                                        Outgoing now = new TwistedOutgoing(
                                                outgoing.to(), outgoing.message(), 0, Completion.IGNORED);
                                        if (delay == 0) {
                                            real().send(outgoing);
                                        } else {
                                            outgoing.done();
                                            time().schedule(Duration.ofMillis(delay), () -> real().send(now));
                                        }
                                    }
                                })
                        .killedBy("DLY-17"),
                Mutant.transport(
                                "failures-are-noted-in-the-client",
                                "how often a message failed is known to who handled it, and to nobody else",
                                NotedHere::new)
                        .saying("calls after the crash")
                        .killedBy("RTY-06"),
                Mutant.transport(
                                "requests-are-acked-as-they-come",
                                "a request is acked before it is answered",
                                RequestsAckedEarly::new)
                        .killedBy("RPC-08"));
    }

    /** Tells the end of a send once. */
    private static final class Once implements Completion {
        private final Completion told;
        private final AtomicBoolean ended = new AtomicBoolean();

        Once(Completion told) {
            this.told = told;
        }

        boolean isDone() {
            return ended.get();
        }

        @Override
        public void done() {
            if (ended.compareAndSet(false, true)) {
                told.done();
            }
        }

        @Override
        public void failed(Throwable cause) {
            if (ended.compareAndSet(false, true)) {
                told.failed(cause);
            }
        }
    }

    /** Does something else with sends whose link broke under way. */
    private abstract static class CutOff extends Twist {

        abstract void cutOff(Outgoing outgoing, Throwable cause);

        @Override
        void send(Outgoing outgoing) {
            real().send(TwistedOutgoing.telling(outgoing, new Completion() {
                @Override
                public void done() {
                    outgoing.done();
                }

                @Override
                public void failed(Throwable cause) {
                    if (cause instanceof MessagingException known && known.outcome() == Outcome.UNKNOWN) {
                        cutOff(outgoing, cause);
                    } else {
                        outgoing.failed(cause);
                    }
                }
            }));
        }
    }

    private static final class NotSentAndKept extends Twist {
        private final Map<String, Outgoing> kept = new ConcurrentHashMap<>();
        private volatile boolean down;

        @Override
        void connection(boolean up, String why) {
            down = !up;
            super.connection(up, why);
            if (up) {
                kept.values().forEach(real()::send);
                kept.clear();
            }
        }

        @Override
        void send(Outgoing outgoing) {
            if (!down) {
                real().send(outgoing);
                return;
            }
            kept.put(outgoing.message().id(), TwistedOutgoing.telling(outgoing, Completion.IGNORED));
            outgoing.failed(new ConnectionLostException("there is no connection", Outcome.NOT_SENT, null));
        }
    }

    private static final class StoredLater extends Twist {
        private final Queue<Outgoing> unwritten = new ConcurrentLinkedQueue<>();
        private volatile boolean down;

        @Override
        void connection(boolean up, String why) {
            down = !up;
            unwritten.clear();
            super.connection(up, why);
        }

        @Override
        void send(Outgoing outgoing) {
            if (down) {
                real().send(outgoing);
                return;
            }
            outgoing.done();
            unwritten.add(TwistedOutgoing.telling(outgoing, Completion.IGNORED));
            time().schedule(Duration.ofMillis(50), () -> {
                Outgoing next = unwritten.poll();
                if (next != null) {
                    real().send(next);
                }
            });
        }
    }

    private static final class AcksTogether extends Twist {
        private static final int MOST = 60;
        private final Queue<Incoming> acks = new ConcurrentLinkedQueue<>();
        private final AtomicInteger count = new AtomicInteger();

        @Override
        void ack(Incoming delivery, Completion completion) {
            acks.add(delivery);
            completion.done();
            if (count.incrementAndGet() % MOST == 0) {
                for (Incoming next = acks.poll(); next != null; next = acks.poll()) {
                    next.ack(Completion.IGNORED);
                }
            }
        }
    }

    private static final class SentAgain extends Twist {
        @Override
        void send(Outgoing outgoing) {
            Once once = new Once(outgoing);
            real().send(TwistedOutgoing.telling(outgoing, once));
            context().time().schedule(Duration.ofMillis(200), () -> {
                if (!once.isDone()) {
                    real().send(TwistedOutgoing.telling(outgoing, once));
                }
            });
        }
    }

    private static final class LeftThreads extends Twist {
        private final CountDownLatch over = new CountDownLatch(1);

        @Override
        void connection(boolean up, String why) {
            if (!up) {
                Thread waiting =
                        new Thread(this::waits, "mq-mutant-" + context().clientId() + "-waiting");
                waiting.setDaemon(true);
                waiting.start();
            }
            super.connection(up, why);
        }

        private void waits() {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        java.util.concurrent.CompletableFuture<Void> close(Duration timeout) {
            over.countDown();
            return super.close(timeout);
        }
    }

    private static final class NotedHere extends Twist {
        private final Map<String, Integer> noted = new ConcurrentHashMap<>();

        @Override
        void note(Incoming delivery, int failures, Completion completion) {
            noted.put(delivery.message().id(), failures);
            delivery.note(0, completion);
        }

        @Override
        int brokerCount(Incoming delivery) {
            return delivery.brokerCount() + notedFailures(delivery);
        }

        @Override
        int notedFailures(Incoming delivery) {
            return noted.getOrDefault(delivery.message().id(), 0);
        }
    }

    private static final class RequestsAckedEarly extends Twist {

        private static boolean isRequest(Incoming delivery) {
            return delivery.message().replyTo() != null;
        }

        @Override
        void deliver(List<TwistedIncoming> batch, Sink engine) {
            batch.stream()
                    .map(TwistedIncoming::real)
                    .filter(RequestsAckedEarly::isRequest)
                    .forEach(request -> request.ack(Completion.IGNORED));
            engine.deliver(batch);
        }

        @Override
        void ack(Incoming delivery, Completion completion) {
            if (isRequest(delivery)) {
                completion.done();
            } else {
                delivery.ack(completion);
            }
        }

        @Override
        void renew(Incoming delivery, Completion completion) {
            if (isRequest(delivery)) {
                completion.done();
            } else {
                delivery.renew(completion);
            }
        }
    }
}

package dev.transload.mq.proof;

import dev.transload.mq.Message;
import dev.transload.mq.inmemory.Profile;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.PlaceAdmin;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;

/** Transports that mistake one place for another. */
final class PlaceMutants {

    private PlaceMutants() {}

    static List<Mutant> all() {
        return List.of(
                Mutant.transport(
                                "names-lose-their-dots",
                                "names that differ in a dot or dash are one",
                                () -> new Places(place -> new Place(
                                        place.role(),
                                        place.name().replaceAll("[.-]x$", "x"),
                                        place.topic(),
                                        place.group(),
                                        place.shape(),
                                        place.portable())))
                        .seen("SQS queue names have no dots")
                        .killedBy("WQ-10"),
                Mutant.transport(
                                "stored-when-the-sender-says",
                                "a message is stored at the time its sender stamped on it",
                                () -> new Twist() {
                                    @Override
                                    long storedAt(Incoming stored) {
                                        return stored.message().timestamp();
                                    }
                                })
                        .on(Profile.KAFKA)
                        .seen("Kafka topics with CreateTime")
                        .killedBy("DLY-12"),
                Mutant.transport(
                                "ephemeral-groups-are-shared",
                                "all ephemeral groups of a topic are one, which stays",
                                () -> new Twist() {
                                    @Override
                                    ReceiveSpec spec(ReceiveSpec asked) {
                                        if (!asked.ephemeral()) {
                                            return asked;
                                        }
                                        Place own = asked.from();
                                        Place shared = new Place(
                                                Role.GROUP,
                                                own.topic() + "--shared",
                                                own.topic(),
                                                "shared",
                                                own.shape(),
                                                own.portable());
                                        return ReceiveSpec.builder(shared, asked.maxCredit())
                                                .build();
                                    }
                                })
                        .killedBy("PUB-13", "PUB-06"),
                Mutant.transport(
                                "topics-keep-everything", "a new group gets what was sent before it was", KeepsAll::new)
                        .killedBy("SND-23"),
                Mutant.transport(
                                "retries-reach-every-group",
                                "what goes to one group reaches all of its topic",
                                () -> new Twist() {
                                    @Override
                                    void send(Outgoing outgoing) {
                                        Place to = outgoing.to();
                                        if (to.role() == Role.GROUP && to.topic() != null) {
                                            Place topic = new Place(
                                                    Role.TOPIC, to.topic(), null, null, to.shape(), to.portable());
                                            real().send(new TwistedOutgoing(
                                                    topic, outgoing.message(), outgoing.delayMillis(), outgoing));
                                        } else {
                                            real().send(outgoing);
                                        }
                                    }
                                })
                        .on(Profile.RABBITMQ)
                        .killedBy("PUB-11", "PUB-04", "RDV-12"),
                Mutant.transport(
                                "prefetch-of-the-connection",
                                "a client has one delivery unsettled at a time, over all",
                                () -> new OneForAll())
                        .seen("AMQP qos with the global flag")
                        .killedBy("PUB-04", "PUB-15"),
                Mutant.transport(
                                "purge-takes-dead-letters-too",
                                "a purge of a queue purges its dead letters",
                                () -> admin((admin, place) -> admin.purge(place)
                                        .thenCompose(done -> admin.purge(
                                                Place.of(Role.DEAD_LETTERS, place.name() + ".dlq", place.shape())))))
                        .killedBy("ADM-03"),
                Mutant.transport(
                                "priority-is-lost-when-set-aside",
                                "a dead letter has lost its priority",
                                () -> new Twist() {
                                    @Override
                                    Message outgoing(Message message, Place to) {
                                        return to.role() == Role.DEAD_LETTERS
                                                ? message.toBuilder()
                                                        .priority(Message.NO_PRIORITY)
                                                        .build()
                                                : message;
                                    }
                                })
                        .seen("kombu #2026")
                        .killedBy("PRI-05"));
    }

    private interface Purge {
        CompletableFuture<Void> purge(PlaceAdmin admin, Place place);
    }

    private static Twist admin(Purge purge) {
        return new Twist() {
            @Override
            PlaceAdmin admin() {
                PlaceAdmin admin = real().admin();
                return new PlaceAdmin() {
                    @Override
                    public CompletableFuture<OptionalLong> depth(Place place) {
                        return admin.depth(place);
                    }

                    @Override
                    public CompletableFuture<Void> purge(Place place) {
                        return purge.purge(admin, place);
                    }

                    @Override
                    public CompletableFuture<Void> delete(Place place) {
                        return admin.delete(place);
                    }
                };
            }
        };
    }

    /** Takes other places than it was told. */
    private static final class Places extends Twist {
        private final UnaryOperator<Place> other;

        Places(UnaryOperator<Place> other) {
            this.other = other;
        }

        @Override
        CompletableFuture<Void> declare(Place place) {
            return real().declare(other.apply(place));
        }

        @Override
        void send(Outgoing outgoing) {
            real().send(new TwistedOutgoing(
                    other.apply(outgoing.to()), outgoing.message(), outgoing.delayMillis(), outgoing));
        }

        @Override
        ReceiveSpec spec(ReceiveSpec asked) {
            return ReceiveSpec.builder(other.apply(asked.from()), asked.maxCredit())
                    .lease(asked.lease())
                    .maxProcessingTime(asked.maxProcessingTime())
                    .ephemeral(asked.ephemeral())
                    .build();
        }
    }

    private static final class KeepsAll extends Twist {
        private final ConcurrentLinkedQueue<Outgoing> kept = new ConcurrentLinkedQueue<>();

        @Override
        void send(Outgoing outgoing) {
            if (outgoing.to().role() == Role.TOPIC) {
                kept.add(outgoing);
            }
            real().send(outgoing);
        }

        @Override
        CompletableFuture<Receiver> receive(ReceiveSpec spec, Sink sink) {
            return real().receive(spec, sink).thenApply(receiver -> {
                for (Outgoing each : kept) {
                    if (each.to().name().equals(spec.from().topic()) && !spec.ephemeral()) {
                        real().send(new TwistedOutgoing(spec.from(), each.message(), 0, Completion.IGNORED));
                    }
                }
                return receiver;
            });
        }
    }

    private static final class OneForAll extends Twist {
        private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
        private final java.util.concurrent.locks.Lock lock = new java.util.concurrent.locks.ReentrantLock();
        private boolean out;

        @Override
        void deliver(List<TwistedIncoming> batch, Sink engine) {
            for (TwistedIncoming each : batch) {
                lock.lock();
                try {
                    waiting.add(() -> engine.deliver(each));
                } finally {
                    lock.unlock();
                }
            }
            next(false);
        }

        private void next(boolean settled) {
            Runnable next;
            lock.lock();
            try {
                if (settled) {
                    out = false;
                }
                next = out ? null : waiting.poll();
                out |= next != null;
            } finally {
                lock.unlock();
            }
            if (next != null) {
                next.run();
            }
        }

        @Override
        void ack(Incoming delivery, Completion completion) {
            delivery.ack(completion);
            next(true);
        }

        @Override
        void release(Incoming delivery, Duration delay, boolean failed, Completion completion) {
            delivery.release(delay, failed, completion);
            next(true);
        }

        @Override
        void move(Incoming delivery, Outgoing outgoing) {
            delivery.moveTo(outgoing);
            next(true);
        }
    }
}

package dev.transload.mq.redis;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * What is out at one receiver, and what the engine does with it. A settle is made by a script that first looks whether
 * the entry is still this consumer's; one whose answer never came is asked again while the lease lasts.
 *
 * <p>Thread-safe. Settles are told on the commander's thread; what is lost on the receiver's, by way of its tasks.
 */
final class Deliveries {

    private static final long MOST_WAIT_SECONDS = 30;

    private static final BatchedCall.Ending UNHEARD = new BatchedCall.Ending() {
        @Override
        public void ended(long number) {
            // a settle tells, if it is someone else's
        }

        @Override
        public void failed(RuntimeException cause) {
            // a start that is not noted is not counted
        }
    };

    private final Commander commander;
    private final RedisSender sender;
    private final TimeSource time;
    private final byte[] consumer;
    private final String group;
    private final String ownStream;
    private final long leaseNanos;
    private final Outlet outlet;
    private final Map<String, RedisDelivery> out = new ConcurrentHashMap<>();
    private final Queue<Runnable> again = new ConcurrentLinkedQueue<>();

    /** What the receiver does for its deliveries. */
    interface Outlet {

        /** Runs a task on the receiver's thread, soon. */
        void run(Runnable task);

        /** A delivery is no longer out. Returns whether it is handed out again from here, which keeps order. */
        void ended(RedisDelivery delivery);

        /** Hands a delivery of an ordered place out again; false if that is not for this receiver to do any more. */
        boolean putBack(RedisDelivery delivery);

        /** Tells the engine of a loss. */
        void lost(List<RedisDelivery> deliveries, String why);

        /** Whether the receiver still looks after what is out. */
        boolean isOpen();
    }

    Deliveries(
            Commander commander,
            RedisSender sender,
            TimeSource time,
            String consumer,
            String group,
            String ownStream,
            long leaseNanos,
            Outlet outlet) {
        this.commander = commander;
        this.sender = sender;
        this.time = time;
        this.consumer = Bytes.of(consumer);
        this.group = group;
        this.ownStream = ownStream;
        this.leaseNanos = leaseNanos;
        this.outlet = outlet;
    }

    // ---- what is out

    /** The server has just given a delivery. */
    void leased(RedisDelivery delivery, long since) {
        delivery.leaseEnd = since + leaseNanos;
    }

    /**
     * A delivery goes out, and one that was out before under the same id is out no more. False if its lease has ended
     * while it waited.
     */
    boolean add(RedisDelivery delivery) {
        if (delivery.leaseEnd - time.nanos() < 0) {
            return false;
        }
        RedisDelivery before = out.put(key(delivery), delivery);
        if (before != null && before.become(RedisDelivery.State.OUT, RedisDelivery.State.LOST)) {
            outlet.lost(List.of(before), "the lease was over, and the message was claimed again");
        }
        return true;
    }

    private static String key(RedisDelivery delivery) {
        return key(delivery.source(), delivery.id());
    }

    private static String key(Source source, String id) {
        return source.stream() + "/" + source.lane() + "/" + id;
    }

    /** Whether the entry is out. */
    boolean isOut(Source source, String id) {
        return out.containsKey(key(source, id));
    }

    int size() {
        return out.size();
    }

    List<RedisDelivery> all() {
        return new ArrayList<>(out.values());
    }

    /** Those whose lease has ended without a renewal; they are out no more. */
    List<RedisDelivery> takeOverdue() {
        long now = time.nanos();
        List<RedisDelivery> over = new ArrayList<>();
        for (RedisDelivery delivery : out.values()) {
            if (delivery.leaseEnd - now < 0 && lose(delivery)) {
                over.add(delivery);
            }
        }
        return over;
    }

    /** Takes a delivery away; false if it is being settled. */
    boolean lose(RedisDelivery delivery) {
        if (delivery.become(RedisDelivery.State.OUT, RedisDelivery.State.LOST)) {
            out.remove(key(delivery), delivery);
            return true;
        }
        return false;
    }

    private void settled(RedisDelivery delivery) {
        delivery.become(RedisDelivery.State.SETTLING, RedisDelivery.State.SETTLED);
        out.remove(key(delivery), delivery);
        outlet.ended(delivery);
    }

    // ---- settles

    void ack(RedisDelivery delivery, Completion completion) {
        if (taken(delivery, completion)) {
            askAck(delivery, completion);
        }
    }

    private void askAck(RedisDelivery delivery, Completion completion) {
        Source source = delivery.source();
        List<byte[]> keys = List.of(source.key(), RedisKeys.owners(ownStream));
        List<byte[]> arguments = List.of(
                source.group(), consumer, source.deletes(), Bytes.of(source.lane()), Bytes.of(delivery.token()));
        String mark = group + source.own() + source.lane() + delivery.token() + consumerText();
        commander.submit(new BatchedCall(
                new BatchedCall.Together(Script.ACK, keys, arguments, mark),
                delivery.idBytes(),
                new Settle(delivery, completion, () -> askAck(delivery, completion))));
    }

    private String consumerText() {
        return Bytes.text(consumer);
    }

    void release(RedisDelivery delivery, long delayMillis, boolean failed, Completion completion) {
        if (!taken(delivery, completion)) {
            return;
        }
        DeliveryCount count = failed ? delivery.noted.started() : delivery.noted;
        if (delivery.token().isEmpty()) {
            askRelease(delivery, delayMillis, count, completion);
        } else if (failed) {
            askNote(delivery, count, new Settle(delivery, completion, null) {
                @Override
                void done() {
                    putBack(delivery, completion, count);
                }
            });
        } else {
            putBack(delivery, completion, count);
        }
    }

    // The entry stays where it is, and so do those behind it.
    private void putBack(RedisDelivery delivery, Completion completion, DeliveryCount count) {
        delivery.noted = count;
        settled(delivery);
        completion.done();
        outlet.run(() -> {
            boolean unused = outlet.putBack(delivery.again()); // else it is for the lane's next owner
        });
    }

    private void askRelease(RedisDelivery delivery, long delayMillis, DeliveryCount count, Completion completion) {
        Source source = delivery.source();
        List<byte[]> keys = List.of(
                source.key(), RedisKeys.lane(ownStream, 0), RedisKeys.later(ownStream), RedisKeys.due(ownStream));
        List<byte[]> arguments = new ArrayList<>(List.of(
                source.group(),
                consumer,
                source.deletes(),
                delivery.idBytes(),
                Bytes.of(delayMillis),
                Bytes.of(count.written())));
        arguments.addAll(RedisMessages.identity(delivery.message()));
        if (!source.own()) {
            arguments.add(Bytes.of(dev.transload.mq.spi.Annotations.DESTINATION));
            arguments.add(Bytes.of(delivery.destination()));
        }
        Settle settle = new Settle(delivery, completion, () -> askRelease(delivery, delayMillis, count, completion));
        commander.submit(RedisCall.of(Script.RELEASE, settle.answer(), keys, arguments));
    }

    void renew(RedisDelivery delivery, Completion completion) {
        if (delivery.state() != RedisDelivery.State.OUT) {
            tooLate(delivery, completion);
            return;
        }
        if (!delivery.token().isEmpty()) {
            completion.done(); // with its lane
            return;
        }
        long since = time.nanos();
        Source source = delivery.source();
        commander.submit(new BatchedCall(
                new BatchedCall.Together(
                        Script.RENEW,
                        List.of(source.key()),
                        List.of(source.group(), consumer),
                        "renew" + group + source.own() + consumerText()),
                delivery.idBytes(),
                new BatchedCall.Ending() {
                    @Override
                    public void ended(long number) {
                        if (number == 1) {
                            delivery.leaseEnd = since + leaseNanos;
                            completion.done();
                        } else if (lose(delivery)) {
                            outlet.run(() -> {
                                outlet.lost(List.of(delivery), "someone else has the message");
                                completion.failed(late(delivery));
                            });
                        } else {
                            completion.done(); // it was settled meanwhile
                        }
                    }

                    @Override
                    public void failed(RuntimeException cause) {
                        completion.failed(RedisErrors.operation("renew a lease", cause));
                    }
                }));
    }

    // ---- notes

    void note(RedisDelivery delivery, int failures, Completion completion) {
        if (delivery.state() != RedisDelivery.State.OUT) {
            tooLate(delivery, completion);
            return;
        }
        DeliveryCount count = delivery.noted.failed(failures);
        askNote(delivery, count, new BatchedCall.Ending() {
            @Override
            public void ended(long number) {
                if (number == 1) {
                    delivery.noted = count;
                    delivery.doubtful = true;
                    delivery.unseen = false;
                    completion.done();
                } else {
                    notOurs(delivery, completion);
                }
            }

            @Override
            public void failed(RuntimeException cause) {
                if (!retryLater(delivery, cause, () -> note(delivery, failures, completion))) {
                    notOurs(delivery, completion);
                }
            }
        });
    }

    private void askNote(RedisDelivery delivery, DeliveryCount count, BatchedCall.Ending ending) {
        askNote(delivery, count, Bytes.EMPTY, ending);
    }

    private void askNote(RedisDelivery delivery, DeliveryCount count, byte[] onlyIf, BatchedCall.Ending ending) {
        Source source = delivery.source();
        commander.submit(RedisCall.of(
                Script.NOTE,
                RedisCall.Answer.of(reply -> ending.ended(Bytes.number(reply)), ending::failed),
                List.of(source.key(), RedisKeys.owners(ownStream)),
                List.of(
                        source.group(),
                        consumer,
                        Bytes.of(source.lane()),
                        Bytes.of(delivery.token()),
                        delivery.idBytes(),
                        Bytes.of(count.pending()),
                        onlyIf)));
    }

    /** Writes down which handlers run; called every now and then, so that those that end soon cost nothing. */
    void noteRunning() {
        for (RedisDelivery delivery : out.values()) {
            if (delivery.begunUnnoted && delivery.state() == RedisDelivery.State.OUT) {
                delivery.begunUnnoted = false;
                // Unless a failure has been noted meanwhile.
                askNote(delivery, delivery.noted.started(), Bytes.of(delivery.noted.pending()), UNHEARD);
            }
        }
    }

    /** Writes down that a handler begins, and waits until the server has it. */
    void began(RedisDelivery delivery) {
        if (delivery.state() != RedisDelivery.State.OUT) {
            return;
        }
        CountDownLatch noted = new CountDownLatch(1);
        DeliveryCount start = delivery.noted.started();
        askNote(delivery, delivery.unseen ? start.started() : start, new BatchedCall.Ending() {
            @Override
            public void ended(long number) {
                if (number == 1 || !lose(delivery)) {
                    noted.countDown();
                    return;
                }
                outlet.run(() -> {
                    outlet.lost(List.of(delivery), "someone else has the message");
                    noted.countDown();
                });
            }

            @Override
            public void failed(RuntimeException cause) {
                noted.countDown();
            }
        });
        try {
            boolean unused = noted.await(MOST_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- moves

    void move(RedisDelivery delivery, Outgoing outgoing) {
        if (!taken(delivery, outgoing)) {
            return;
        }
        Source source = delivery.source();
        String to = RedisKeys.stream(outgoing.to());
        int lane = sender.lane(outgoing);
        if (outgoing.to().role() == Role.TOPIC) {
            sender.touch(outgoing.to());
        }
        List<byte[]> keys = List.of(
                source.key(),
                RedisKeys.owners(ownStream),
                RedisKeys.lane(to, lane),
                RedisKeys.later(to),
                RedisKeys.due(to));
        List<byte[]> arguments = new ArrayList<>(List.of(
                source.group(),
                consumer,
                source.deletes(),
                Bytes.of(source.lane()),
                Bytes.of(delivery.token()),
                delivery.idBytes(),
                Bytes.of(outgoing.delayMillis()),
                Bytes.of(lane)));
        RedisMessages.write(outgoing.message(), arguments);
        commander.submit(RedisCall.of(
                Script.MOVE,
                RedisCall.Answer.of(
                        reply -> moved(delivery, outgoing, Bytes.number(reply)),
                        cause -> notMoved(delivery, outgoing, cause)),
                keys,
                arguments));
    }

    private void moved(RedisDelivery delivery, Outgoing outgoing, long number) {
        if (number == 1 || (number == 0 && delivery.askedBefore)) {
            settled(delivery);
            outgoing.done();
        } else if (number == -2) {
            delivery.become(RedisDelivery.State.SETTLING, RedisDelivery.State.OUT);
            outgoing.failed(new DestinationNotFoundException(
                    "redis: there is no stream " + outgoing.to().name() + " to send to", null));
        } else {
            lostWhileSettling(delivery, outgoing);
        }
    }

    private void notMoved(RedisDelivery delivery, Outgoing outgoing, RuntimeException cause) {
        if (RedisErrors.isMissing(cause)) {
            lostWhileSettling(delivery, outgoing);
            return;
        }
        MessagingException told =
                RedisErrors.operation("move to " + outgoing.to().name(), cause);
        delivery.askedBefore |= told.outcome() == Outcome.UNKNOWN;
        delivery.become(RedisDelivery.State.SETTLING, RedisDelivery.State.OUT);
        outgoing.failed(told);
    }

    // ---- endings

    /** What becomes of a settle. */
    private class Settle implements BatchedCall.Ending {
        private final RedisDelivery delivery;
        private final Completion completion;
        private final @org.jspecify.annotations.Nullable Runnable repeat;

        Settle(RedisDelivery delivery, Completion completion, @org.jspecify.annotations.Nullable Runnable repeat) {
            this.delivery = delivery;
            this.completion = completion;
            this.repeat = repeat;
        }

        RedisCall.Answer answer() {
            return RedisCall.Answer.of(reply -> ended(Bytes.number(reply)), this::failed);
        }

        void done() {
            settled(delivery);
            completion.done();
        }

        @Override
        public void ended(long number) {
            if (number == 1 || (number == 0 && delivery.askedBefore)) {
                done();
            } else {
                lostWhileSettling(delivery, completion);
            }
        }

        @Override
        public void failed(RuntimeException cause) {
            if (repeat == null || !retryLater(delivery, cause, repeat)) {
                lostWhileSettling(delivery, completion);
            }
        }
    }

    /** Asks again when there is a connection, as long as the lease lasts; false if there is no point. */
    private boolean retryLater(RedisDelivery delivery, RuntimeException cause, Runnable repeat) {
        boolean passing = cause instanceof ConnectionLostException
                || (cause instanceof JedisDataException
                        && RedisErrors.operation("settle", cause).retryable());
        if (!passing || !outlet.isOpen() || delivery.leaseEnd - time.nanos() < 0) {
            return false;
        }
        delivery.askedBefore |= !(cause instanceof ConnectionLostException lost) || lost.outcome() == Outcome.UNKNOWN;
        again.add(repeat);
        return true;
    }

    /** Asks again what was not answered; called by the receiver's thread when there is a connection. */
    void repeat() {
        for (int i = again.size(); i > 0; i--) {
            Runnable next = again.poll();
            if (next != null) {
                next.run();
            }
        }
    }

    private boolean taken(RedisDelivery delivery, Completion completion) {
        if (delivery.become(RedisDelivery.State.OUT, RedisDelivery.State.SETTLING)) {
            return true;
        }
        tooLate(delivery, completion);
        return false;
    }

    // Order could break if the engine met a lost lease here before its sink was told, and went on with its key.
    private void tooLate(RedisDelivery delivery, Completion completion) {
        RedisDelivery.State state = delivery.state();
        outlet.run(() -> completion.failed(
                state == RedisDelivery.State.LOST
                        ? late(delivery)
                        : new IllegalStateException("redis: the delivery is settled already")));
    }

    private void notOurs(RedisDelivery delivery, Completion completion) {
        boolean told = lose(delivery);
        outlet.run(() -> {
            if (told) {
                outlet.lost(List.of(delivery), "someone else has the message");
            }
            completion.failed(late(delivery));
        });
    }

    private void lostWhileSettling(RedisDelivery delivery, Completion completion) {
        delivery.become(RedisDelivery.State.SETTLING, RedisDelivery.State.LOST);
        out.remove(key(delivery), delivery);
        outlet.ended(delivery);
        outlet.run(() -> completion.failed(late(delivery)));
    }

    private static LeaseLostException late(RedisDelivery delivery) {
        return new LeaseLostException(
                "redis: the delivery from " + delivery.source().stream() + " was lost before", null);
    }
}

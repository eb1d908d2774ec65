package dev.transload.mq.redis;

import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.TimeSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the engine does with what is out at one receiver. A settle is made by a script that first looks whether
 * the entry is still this consumer's; one whose answer never came is asked again while the lease lasts.
 *
 * <p>Thread-safe. Settles are told on the commander's thread, acks that went along with a read on the receiver's; what is
 * lost on the receiver's, by way of its tasks.
 */
final class Deliveries {

    private final Commands commander;
    private final RedisSender sender;
    private final TimeSource time;
    private final byte[] consumer;
    private final String group;
    private final String ownStream;
    private final Outstanding out;
    private final Notes notes;
    /** The call of the last ack, which may take the next one, too. Of two threads that make one, both are submitted. */
    private volatile @Nullable Acks lastAcks;

    private final HeldAcks held = new HeldAcks();

    Deliveries(
            Commands commander,
            RedisSender sender,
            TimeSource time,
            String consumer,
            String group,
            String ownStream,
            Outstanding out,
            Notes notes) {
        this.commander = commander;
        this.sender = sender;
        this.time = time;
        this.consumer = Bytes.of(consumer);
        this.group = group;
        this.ownStream = ownStream;
        this.out = out;
        this.notes = notes;
    }

    // ---- settles

    void ack(RedisDelivery delivery, Completion completion) {
        if (out.taken(delivery, completion)) {
            askAck(delivery, completion);
        }
    }

    private void askAck(RedisDelivery delivery, Completion completion) {
        Ack settle = new Ack(delivery, completion);
        Acks last = lastAcks;
        BatchedCall.Together together;
        if (last != null && last.isOf(delivery)) {
            if (last.call().add(settle)) {
                return;
            }
            together = last.call().together();
        } else {
            together = acks(delivery.source(), delivery.token());
        }
        BatchedCall call = new BatchedCall(together, settle);
        lastAcks = new Acks(delivery.source(), delivery.token(), call);
        if (!held.keep(call)) {
            commander.submit(call);
        }
    }

    /** The receiver will read soon: acks are kept until it takes them along, or submits them after all. */
    void holdAcks() {
        held.open();
    }

    /** The acks that were kept, if there are any, for the receiver to ask. */
    @Nullable
    BatchedCall takeHeld() {
        return held.shut();
    }

    /** There is no read that could take acks along. */
    void submitHeld() {
        BatchedCall acks = held.shut();
        if (acks != null) {
            commander.submit(acks);
        }
    }

    private BatchedCall.Together acks(Source source, String token) {
        List<byte[]> keys = List.of(source.key(), RedisKeys.owners(ownStream));
        List<byte[]> arguments =
                List.of(source.group(), consumer, source.deletes(), Bytes.of(source.lane()), Bytes.of(token));
        String mark = source.stream() + " " + group + source.lane() + token + consumerText();
        return new BatchedCall.Together(Script.ACK, keys, arguments, mark);
    }

    /** A call that has been submitted or is held, and takes further acks of one source and token until it is written. */
    private record Acks(Source source, String token, BatchedCall call) {
        boolean isOf(RedisDelivery delivery) {
            return source == delivery.source() && token.equals(delivery.token());
        }
    }

    private String consumerText() {
        return Bytes.text(consumer);
    }

    void release(RedisDelivery delivery, long delayMillis, boolean failed, Completion completion) {
        if (!out.taken(delivery, completion)) {
            return;
        }
        DeliveryCount count = failed ? delivery.noted.started() : delivery.noted;
        if (delivery.token().isEmpty()) {
            askRelease(delivery, delayMillis, count, completion);
        } else if (failed) {
            notes.write(delivery, count, new Settle(delivery, completion) {
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
        out.settled(delivery);
        completion.done();
        out.putBack(delivery.again());
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
        Settle settle = new Settle(delivery, completion) {
            @Override
            public void failed(RuntimeException cause) {
                if (!out.retryLater(delivery, cause, () -> askRelease(delivery, delayMillis, count, completion))) {
                    super.failed(cause);
                }
            }
        };
        commander.submit(RedisCall.of(Script.RELEASE, settle.answer(), keys, arguments));
    }

    void renew(RedisDelivery delivery, Completion completion) {
        if (delivery.state() != RedisDelivery.State.OUT) {
            out.tooLate(delivery, completion);
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
                        source.stream() + " renew " + group + consumerText()),
                new BatchedCall.Part() {
                    @Override
                    byte[] id() {
                        return delivery.idBytes();
                    }

                    @Override
                    void ended(long number) {
                        if (number == 1) {
                            out.leased(delivery, since);
                            completion.done();
                        } else if (out.lose(delivery)) {
                            out.tellLost(delivery, () -> completion.failed(Outstanding.late(delivery)));
                        } else {
                            completion.done(); // it was settled meanwhile
                        }
                    }

                    @Override
                    void failed(RuntimeException cause) {
                        completion.failed(RedisErrors.operation("renew a lease", cause));
                    }
                }));
    }

    void note(RedisDelivery delivery, int failures, Completion completion) {
        notes.note(delivery, failures, completion);
    }

    void began(RedisDelivery delivery) {
        notes.began(delivery);
    }

    // ---- moves

    void move(RedisDelivery delivery, Outgoing outgoing) {
        if (sender.refused(outgoing) || !out.taken(delivery, outgoing)) {
            return;
        }
        Source source = delivery.source();
        String to = sender.stream(outgoing.to());
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
        if (isDone(delivery, number)) {
            settled(delivery, outgoing);
        } else if (number == -2) {
            delivery.become(RedisDelivery.State.SETTLING, RedisDelivery.State.OUT);
            outgoing.failed(new DestinationNotFoundException(
                    "redis: there is no stream " + outgoing.to().name() + " to send to", null));
        } else {
            out.lostWhileSettling(delivery, outgoing);
        }
    }

    private void notMoved(RedisDelivery delivery, Outgoing outgoing, RuntimeException cause) {
        if (RedisErrors.isMissing(cause)) {
            out.lostWhileSettling(delivery, outgoing);
            return;
        }
        MessagingException told =
                RedisErrors.operation("move to " + outgoing.to().name(), cause);
        delivery.askedBefore |= told.outcome() == Outcome.UNKNOWN;
        delivery.become(RedisDelivery.State.SETTLING, RedisDelivery.State.OUT);
        outgoing.failed(told);
    }

    // ---- endings

    private void settled(RedisDelivery delivery, Completion completion) {
        out.settled(delivery);
        completion.done();
    }

    /** One whose first answer was lost is gone when it is asked again. */
    private static boolean isDone(RedisDelivery delivery, long number) {
        return number == 1 || (number == 0 && delivery.askedBefore);
    }

    /** What becomes of an ack, which is asked again if its answer does not come. */
    private final class Ack extends BatchedCall.Part {
        private final RedisDelivery delivery;
        private final Completion completion;

        Ack(RedisDelivery delivery, Completion completion) {
            this.delivery = delivery;
            this.completion = completion;
        }

        @Override
        byte[] id() {
            return delivery.idBytes();
        }

        @Override
        void ended(long number) {
            if (isDone(delivery, number)) {
                settled(delivery, completion);
            } else {
                out.lostWhileSettling(delivery, completion);
            }
        }

        @Override
        void failed(RuntimeException cause) {
            if (!out.retryLater(delivery, cause, () -> askAck(delivery, completion))) {
                out.lostWhileSettling(delivery, completion);
            }
        }
    }

    /** What becomes of a settle. */
    private class Settle implements Notes.Ending {
        final RedisDelivery delivery;
        final Completion completion;

        Settle(RedisDelivery delivery, Completion completion) {
            this.delivery = delivery;
            this.completion = completion;
        }

        RedisCall.Answer answer() {
            return RedisCall.Answer.of(reply -> ended(Bytes.number(reply)), this::failed);
        }

        void done() {
            settled(delivery, completion);
        }

        @Override
        public void ended(long number) {
            if (isDone(delivery, number)) {
                done();
            } else {
                out.lostWhileSettling(delivery, completion);
            }
        }

        @Override
        public void failed(RuntimeException cause) {
            out.lostWhileSettling(delivery, completion);
        }
    }
}

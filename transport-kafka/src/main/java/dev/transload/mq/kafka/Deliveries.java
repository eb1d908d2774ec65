package dev.transload.mq.kafka;

import dev.transload.mq.LeaseLostException;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/**
 * What the engine does with the deliveries of one member: takes them, begins them, settles them.
 *
 * <p>Thread-safe, under the member's lock.
 */
final class Deliveries {

    /** So many settles are committed without waiting for the next round. */
    private static final int HURRY_AFTER = 1_000;

    private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final MemberLock lock;
    private final Lanes lanes;
    private final Runnable nudge;
    /** Guarded. */
    private int acksSinceCommit;
    /** Guarded: how many deliveries were handed out. */
    private long turns;

    /**
     * @param nudge has the loop look at once
     */
    Deliveries(MemberLock lock, Lanes lanes, Runnable nudge) {
        this.lock = lock;
        this.lanes = lanes;
        this.nudge = nudge;
    }

    /**
     * Moves messages that wait for credit to the engine's list: in the order in which they came, and those that came at
     * once in the order of their age, so that what is sent one after the other is mostly handed out so, too.
     */
    void take(KafkaReceiver receiver, List<? super Incoming> into, int most) {
        lock.run(() -> {
            if (!receiver.hasBuffered() || receiver.isStopped()) {
                return;
            }
            PriorityQueue<Lane> having = new PriorityQueue<>(Lane.BY_AGE);
            for (Lane lane : lanes.all()) {
                if (lane.receiver() == receiver && lane.hasNext()) {
                    having.add(lane);
                }
            }
            int taken = 0;
            while (taken < most && !having.isEmpty()) {
                Lane lane = having.remove();
                Lane next = having.peek();
                do {
                    lane.take(into, ++turns);
                    taken++;
                } while (taken < most && lane.hasNext() && (next == null || Lane.BY_AGE.compare(lane, next) <= 0));
                if (lane.hasNext()) {
                    having.add(lane);
                }
            }
            if (receiver.bufferedLess(taken)) {
                nudge.run();
            }
        });
    }

    /**
     * A handler is about to begin. Returns at once, except after a crash, when the start is committed first; and if the
     * delivery is lost, when the engine has been told so.
     */
    void began(KafkaDelivery delivery) {
        Lane lane = delivery.ownLane();
        lock.lock();
        try {
            if (lane.owns(delivery)) {
                lane.noteStart(delivery);
                if (lane.mustNoteStart(delivery)) {
                    awaitNoted(lane, delivery);
                } else {
                    lane.began(delivery);
                }
            }
            while (delivery.stage == KafkaDelivery.Stage.LOST && !delivery.lossTold) {
                long left = lock.await(LOOK_AGAIN_NANOS);
                assert left <= LOOK_AGAIN_NANOS;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    // Lock held.
    private void awaitNoted(Lane lane, KafkaDelivery delivery) {
        delivery.stage = KafkaDelivery.Stage.STARTING;
        lane.hurry();
        long commit = lane.nextCommit();
        nudge.run();
        boolean interrupted = false;
        while (delivery.stage == KafkaDelivery.Stage.STARTING && !lane.isCommitted(commit) && !interrupted) {
            try {
                long left = lock.await(LOOK_AGAIN_NANOS);
                assert left <= LOOK_AGAIN_NANOS;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (delivery.stage == KafkaDelivery.Stage.STARTING) {
            lane.began(delivery);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void ack(KafkaDelivery delivery, Completion completion) {
        Lane lane = delivery.ownLane();
        boolean owned = lock.get(() -> {
            if (!lane.owns(delivery)) {
                return false;
            }
            lane.ack(delivery, completion);
            if (++acksSinceCommit >= HURRY_AFTER) {
                acksSinceCommit = 0;
                lane.hurry();
                nudge.run();
            }
            tellWhoWaitsForQuiet(lane);
            return true;
        });
        if (!owned) {
            tooLate(delivery, completion);
        }
    }

    void note(KafkaDelivery delivery, int failures, Completion completion) {
        Lane lane = delivery.ownLane();
        boolean owned = lock.get(() -> {
            if (!lane.owns(delivery)) {
                return false;
            }
            lane.failed(delivery, failures, completion);
            nudge.run();
            tellWhoWaitsForQuiet(lane);
            return true;
        });
        if (!owned) {
            tooLate(delivery, completion);
        }
    }

    /** What becomes of a delivery that was given back. */
    private enum Release {
        /** It was not this client's to give back. */
        REFUSED,
        /** It stays where it is, for whoever comes next, once that is committed. */
        LATER,
        /** It stays where it is. */
        DONE,
        /** It is next in line here. */
        AGAIN,
        /** It is next in line here, and that it failed is being committed. */
        AGAIN_LATER
    }

    void release(KafkaDelivery delivery, boolean cutShort, Completion completion) {
        Lane lane = delivery.ownLane();
        KafkaReceiver receiver = lane.receiver();
        Release result = lock.get(() -> released(lane, receiver, delivery, cutShort, completion));
        switch (result) {
            case REFUSED -> tooLate(delivery, completion);
            case DONE, AGAIN -> completion.done();
            case LATER, AGAIN_LATER -> {
                // told with the commit
            }
        }
        if (result == Release.AGAIN || result == Release.AGAIN_LATER) {
            receiver.outlet().pass();
        }
    }

    // Lock held.
    private Release released(
            Lane lane, KafkaReceiver receiver, KafkaDelivery delivery, boolean cutShort, Completion completion) {
        if (!lane.owns(delivery)) {
            return Release.REFUSED;
        }
        lane.released(delivery, cutShort, completion);
        delivery.lossTold = true; // who gives it back knows
        boolean again = lane.isOpen() && !receiver.isStopped();
        if (again) {
            lane.putBack(delivery);
            receiver.bufferedMore(1);
        }
        if (cutShort) {
            lane.hurry();
            nudge.run();
        }
        tellWhoWaitsForQuiet(lane);
        if (again) {
            return cutShort ? Release.AGAIN_LATER : Release.AGAIN;
        }
        return cutShort ? Release.LATER : Release.DONE;
    }

    void renew(KafkaDelivery delivery, Completion completion) {
        if (lock.get(() -> delivery.ownLane().owns(delivery))) {
            completion.done();
        } else {
            tooLate(delivery, completion);
        }
    }

    // Lock held.
    private void tellWhoWaitsForQuiet(Lane lane) {
        if (lane.state() == Lane.State.CLOSING && lane.running() == 0) {
            lock.signalAll();
        }
    }

    // Order could break if the engine met a lost lease here before its sink was told, and went on with its key.
    private void tooLate(KafkaDelivery delivery, Completion completion) {
        boolean settled = lock.get(() -> delivery.stage == KafkaDelivery.Stage.SETTLED);
        delivery.ownLane()
                .receiver()
                .outlet()
                .tell(() -> completion.failed(
                        settled
                                ? new IllegalStateException("kafka: the delivery is settled already")
                                : late(delivery.ownLane())));
    }

    static LeaseLostException late(Lane lane) {
        return new LeaseLostException("kafka: partition " + lane.partition() + " was lost before", null);
    }
}

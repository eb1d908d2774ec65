package dev.transload.mq.kafka;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One consumer of a {@link ShareReceiver} and the thread that alone talks to it. It takes turns: it polls while it holds
 * nothing, and then tells the broker of outcomes and renews what is out, until each has one. Outcomes are told when there
 * are no more to come, or a moment after the first.
 *
 * <p>A poll asks for one batch and goes on asking in the background until it has come. If it returns before, and the next
 * poll begins in the moment in which the batch comes, the client fetches another one, which it cannot hand out as long as
 * the first is not done, and which nobody else gets either until the broker's lock on it ends. So a poll has no end but a
 * batch, or being woken because there is something else to do, and outcomes are told by commits, which need no poll.
 *
 * <p>But when a poll has brought all it may and more of the kind is likely to wait, the outcomes travel with the next one's
 * question and are answered with what it brings, which saves a round trip. Should nothing come after all, that poll ends
 * after a second for the answers' sake.
 *
 * <p>State that others see is guarded by the receiver's lock; all else belongs to the thread. The client's own failures are
 * survived by a new consumer.
 */
final class ShareSlot {

    private static final Logger LOG = LoggerFactory.getLogger(ShareSlot.class);

    private static final Duration ENDLESS = Duration.ofHours(12);
    private static final Duration RENEWED = Duration.ofMillis(200);
    private static final Duration ANSWER = Duration.ofNanos(ShareAnswers.WAIT_NANOS);
    private static final Duration LEAST_CLOSE = Duration.ofMillis(500);
    private static final long LOAN_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long TROUBLE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long UNANSWERED_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** Outcomes are gathered for so long. */
    private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    /** A slot that holds messages longer lets those after it poll. */
    private static final long GROW_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /**
     * Outcomes of fewer travel by themselves: the next poll may bring nothing for long. And for fewer none waits, as their
     * handlers would wait, too.
     */
    private static final int MANY = 16;

    private static final Duration RIDE = Duration.ofSeconds(1);

    private final ShareReceiver receiver;
    private final int size;
    private final int needs;
    private final Supplier<ShareConsumer<byte[], ByteBuffer>> connector;
    private final Thread thread;

    /** Guarded by the receiver's lock: outcomes that the broker has not been told. */
    private List<ShareDelivery> outcomes = new ArrayList<>();
    /** Guarded by the receiver's lock: how many messages it holds that have no outcome. */
    private int unsettled;
    /** Guarded by the receiver's lock: whether its thread waits for room, and whether the first outcome wakes it. */
    boolean awaitsRoom;

    boolean awaitsOne;
    /** Guarded by the receiver's lock: when it began to hold what it holds. */
    private long heldSince;
    /** Guarded by the receiver's lock. */
    private boolean polling;
    /** Guarded by the receiver's lock: what wakes the consumer. */
    private Runnable wakeup = () -> {};
    /** Guarded by the receiver's lock: how many polls have begun. */
    private long polls;

    /** Guarded by the receiver's lock: whether it has messages and has not told all of their outcomes. */
    private boolean holding;

    private volatile @Nullable ShareMeter meter;

    // Of the thread alone.
    private final ShareBatch batch = new ShareBatch();
    /** Whether it has waited for outcomes in vain. */
    private boolean patient;
    /** Whether the last poll brought all it may. */
    private boolean full;

    private final ShareAnswers answers = new ShareAnswers();
    private Set<String> subscribed = Set.of();
    /** Whether there is room kept for a poll, which may have asked for a batch though it brought none. */
    private boolean reserved;

    private boolean broken;
    private long loanBegan;
    private long loanNanos = LOAN_NANOS;

    /**
     * @param size most records of a poll
     * @param needs how many of them the engine's credit must cover
     * @param connector makes the consumer; called on the slot's thread
     */
    ShareSlot(
            ShareReceiver receiver,
            int size,
            int needs,
            Supplier<ShareConsumer<byte[], ByteBuffer>> connector,
            String threadName) {
        this.receiver = receiver;
        this.size = size;
        this.needs = needs;
        this.connector = connector;
        this.thread = KafkaAsk.daemon(this::run, threadName);
    }

    void start() {
        thread.start();
    }

    /** Bytes that have come from brokers. */
    double bytes() {
        ShareMeter now = meter;
        return now == null ? 0 : now.bytes();
    }

    // ---- with the receiver's lock held

    /** How much room it needs to poll. */
    int needs() {
        return needs;
    }

    /** So many messages came. */
    void holds(int messages) {
        unsettled += messages;
        holding = true;
        heldSince = System.nanoTime();
    }

    void settled(ShareDelivery delivery) {
        outcomes.add(delivery);
        unsettled--;
        if (unsettled == 0 || awaitsOne) {
            receiver.lock().signalAll();
        }
    }

    /** A message has no outcome and will have none. */
    void lost() {
        unsettled--;
    }

    /** Whether all it holds has an outcome, or at least one that was not told. */
    boolean hasOutcomes(boolean one) {
        return unsettled == 0 || (one && !outcomes.isEmpty());
    }

    boolean isPolling() {
        return polling;
    }

    /** Whether it neither polls nor holds messages, and could poll with so much room. */
    boolean isIdle(int room) {
        return !polling && !holding && needs <= room;
    }

    /** Whether the next messages are for it rather than for another slot after it: it polls, or will in a moment. */
    boolean isNextBefore(ShareSlot other, long now) {
        return polling || (holding && size >= MANY && other.size < SlotSizes.WORTH && now - heldSince < GROW_NANOS);
    }

    /** Has the thread look at once. */
    void wake() {
        receiver.lock().signalAll();
        if (polling) {
            polling = false;
            wakeup.run();
        }
    }

    /**
     * Begins a poll anew that has stopped asking, as the client does when a batch brings nothing to hand out, but marks of
     * transactions. To be called now and then, seconds apart.
     */
    void look() {
        ShareMeter now = meter;
        if (now != null && now.isStalled(polls) && polling) {
            wake();
        }
    }

    // ---- the thread

    private void run() {
        Throwable fatal = null;
        try {
            do {
                fatal = useConsumer();
            } while (fatal == null && broken && !receiver.isClosing());
        } catch (InterruptedException e) {
            LOG.debug("kafka: a consumer of a share group is interrupted");
        } catch (RuntimeException | Error e) {
            LOG.error("kafka: a consumer of a share group broke", e);
            fatal = e;
        }
        if (reserved) {
            receiver.unreserve(this);
        }
        receiver.slotEnded(this, fatal);
    }

    private @Nullable Throwable useConsumer() throws InterruptedException {
        Throwable fatal = null;
        ShareConsumer<byte[], ByteBuffer> consumer = connector.get();
        try {
            broken = false;
            subscribed = Set.of();
            meter = new ShareMeter(consumer);
            receiver.lock().run(() -> wakeup = consumer::wakeup);
            consumer.setAcknowledgementCommitCallback(answers);
            while (fatal == null && !broken && !isOver()) {
                fatal = stepSafely(consumer);
            }
        } finally {
            meter = null;
            end(consumer);
        }
        return fatal;
    }

    private boolean isOver() {
        return receiver.isClosing()
                || (batch.out() == 0 && answers.isEmpty() && (receiver.isStopped() || receiver.isTooMany(this)));
    }

    private @Nullable Throwable stepSafely(ShareConsumer<byte[], ByteBuffer> consumer) throws InterruptedException {
        try {
            step(consumer);
        } catch (WakeupException e) {
            LOG.trace("kafka: woken", e);
        } catch (AuthorizationException | AuthenticationException e) {
            return e;
        } catch (KafkaException e) {
            LOG.warn("kafka: trouble in a share group, goes on: {}", e.toString());
            receiver.awaitClose(TROUBLE_NANOS);
        }
        return null;
    }

    private void step(ShareConsumer<byte[], ByteBuffer> consumer) throws InterruptedException {
        subscribe(consumer);
        if (!answers.isEmpty()) {
            consumer.commitAsync(); // has nothing to tell, and passes answers on
            answers.giveUp(System.nanoTime());
        }
        if (batch.out() > 0) {
            hold(consumer);
        } else if (!answers.isEmpty()) {
            receiver.awaitClose(UNANSWERED_NANOS);
        } else {
            takeMore(consumer);
        }
    }

    private void subscribe(ShareConsumer<byte[], ByteBuffer> consumer) {
        Set<String> topics = receiver.topics(this);
        if (!topics.equals(subscribed)) {
            consumer.subscribe(topics);
            subscribed = topics;
        }
    }

    private void takeMore(ShareConsumer<byte[], ByteBuffer> consumer) throws InterruptedException {
        if (!hasRoom()) {
            receiver.grow(1);
            receiver.awaitRoom(this, IDLE_NANOS);
        } else {
            take(consumer, polled(consumer, ENDLESS));
        }
    }

    // The engine gives credit for what it has settled a moment later.
    private boolean hasRoom() throws InterruptedException {
        if (!reserved) {
            receiver.awaitRoom(this, GATHER_NANOS);
            reserved = receiver.reserve(this);
        }
        return reserved;
    }

    private void take(ShareConsumer<byte[], ByteBuffer> consumer, ConsumerRecords<byte[], ByteBuffer> records) {
        if (!records.isEmpty()) {
            consumer.acquisitionLockTimeoutMs().ifPresent(millis -> loanNanos = TimeUnit.MILLISECONDS.toNanos(millis));
            loanBegan = System.nanoTime();
            take(records);
        }
    }

    private ConsumerRecords<byte[], ByteBuffer> polled(ShareConsumer<byte[], ByteBuffer> consumer, Duration most) {
        boolean may = receiver.lock().get(() -> {
            polling = !receiver.isStopped()
                    && !receiver.isTooMany(this)
                    && receiver.topics(this).equals(subscribed);
            holding = false;
            polls++;
            return polling;
        });
        if (!may) {
            return ConsumerRecords.empty();
        }
        try {
            return consumer.poll(most);
        } finally {
            receiver.lock().run(() -> polling = false);
        }
    }

    private void take(ConsumerRecords<byte[], ByteBuffer> records) {
        for (ConsumerRecord<byte[], ByteBuffer> record : records) {
            batch.add(new ShareDelivery(receiver, this, record));
        }
        full = batch.out() >= size;
        patient = false;
        reserved = false;
        receiver.arrived(this, batch.brought());
        if (full && size >= SlotSizes.WORTH) {
            receiver.grow(SlotSizes.WORTH); // more waits: another asks for it while handlers are at these
        }
    }

    private void hold(ShareConsumer<byte[], ByteBuffer> consumer) throws InterruptedException {
        long renewAt = loanBegan + loanNanos / 2;
        long most = !patient ? GATHER_NANOS : answers.isEmpty() ? GROW_NANOS : UNANSWERED_NANOS;
        receiver.awaitOutcomes(this, patient, Math.min(most, Math.max(1, renewAt - System.nanoTime())));
        if (receiver.isClosing()) {
            return;
        }
        if (System.nanoTime() - renewAt >= 0) {
            renew(consumer);
        } else if (patient && receiver.lock().get(() -> hasOutcomes(true) && !hasOutcomes(false))) {
            patient = false; // the first has come: gathers
        } else {
            tell(consumer);
        }
        if (batch.out() > 0) {
            receiver.grow(1);
        }
    }

    private void tell(ShareConsumer<byte[], ByteBuffer> consumer) throws InterruptedException {
        patient = !acknowledge(consumer);
        if (patient) {
            return;
        }
        if (batch.out() == 0 && full && size >= MANY && hasRoom()) {
            take(consumer, polled(consumer, RIDE));
        } else {
            consumer.commitSync(ANSWER);
            holdsOn();
        }
    }

    // Others may poll if nothing is out.
    private void holdsOn() {
        receiver.lock().run(() -> holding = batch.out() > 0);
    }

    // Puts down what outcomes there are, for the commit that follows.
    private boolean acknowledge(ShareConsumer<byte[], ByteBuffer> consumer) {
        List<ShareDelivery> now = receiver.lock().get(() -> {
            List<ShareDelivery> all = outcomes;
            outcomes = new ArrayList<>(all.size());
            return all;
        });
        long nanos = System.nanoTime();
        for (ShareDelivery delivery : now) {
            boolean told = false;
            if (delivery.out) {
                batch.isIn(delivery);
                try {
                    consumer.acknowledge(delivery.record, delivery.outcome);
                    answers.told(delivery.record, delivery.completion, nanos);
                    told = true;
                } catch (IllegalStateException e) {
                    LOG.debug("kafka: an outcome came too late", e);
                }
            }
            if (!told) {
                delivery.completion.failed(ShareReceiver.late(delivery.id()));
            }
        }
        return !now.isEmpty();
    }

    // Has the broker lend again what is out. Renewed records come back by a poll, which brings no others.
    private void renew(ShareConsumer<byte[], ByteBuffer> consumer) {
        acknowledge(consumer);
        long began = System.nanoTime();
        long left = loanBegan + loanNanos - began;
        for (ShareDelivery delivery : batch.known().values()) {
            consumer.acknowledge(delivery.record, AcknowledgeType.RENEW);
        }
        try {
            consumer.commitSync(Duration.ofNanos(Math.max(1, Math.min(ShareAnswers.WAIT_NANOS, left))));
        } catch (WakeupException e) {
            LOG.trace("kafka: woken while it renews", e);
        }
        Set<ShareDelivery.Id> refused = answers.notRenewed();
        List<ShareDelivery> gone = batch.withdraw(refused::contains);
        if (batch.out() > 0) {
            Set<ShareDelivery.Id> back = renewed(consumer);
            List<ShareDelivery> missing = batch.withdraw(id -> !back.contains(id));
            if (!missing.isEmpty()) {
                broken = true; // the client still waits for an answer, and brings nothing while it does
                gone.addAll(missing);
            }
        }
        loanBegan = began;
        holdsOn();
        receiver.lost(gone, "the share group took it back");
    }

    private Set<ShareDelivery.Id> renewed(ShareConsumer<byte[], ByteBuffer> consumer) {
        Map<ShareDelivery.Id, ShareDelivery> known = batch.known();
        while (true) {
            try {
                Set<ShareDelivery.Id> back = new HashSet<>();
                for (ConsumerRecord<byte[], ByteBuffer> record : consumer.poll(RENEWED)) {
                    ShareDelivery.Id id = ShareDelivery.Id.of(record);
                    ShareDelivery delivery = known.get(id);
                    if (delivery != null) {
                        delivery.record = record;
                        back.add(id);
                    }
                }
                return back;
            } catch (WakeupException e) {
                LOG.trace("kafka: woken while it renews", e);
            }
        }
    }

    // Tells the outcomes there are; what has none goes back with the consumer's close.
    private void end(ShareConsumer<byte[], ByteBuffer> consumer) {
        Duration within =
                receiver.isClosing() && receiver.closeWithin().compareTo(ANSWER) < 0 ? receiver.closeWithin() : ANSWER;
        if (within.compareTo(LEAST_CLOSE) < 0) {
            within = LEAST_CLOSE;
        }
        try {
            if (acknowledge(consumer) || !answers.isEmpty()) {
                consumer.commitSync(within);
            }
        } catch (RuntimeException e) {
            LOG.debug("kafka: the last outcomes of a share group's consumer were not told", e);
        }
        receiver.lost(batch.withdraw(id -> true), "its consumer was closed");
        holdsOn();
        try {
            consumer.close(within);
        } catch (RuntimeException e) {
            LOG.debug("kafka: a consumer of a share group did not close well", e);
        }
        answers.close();
        List<ShareDelivery> rest = receiver.lock().get(() -> {
            wakeup = () -> {};
            List<ShareDelivery> all = outcomes;
            outcomes = new ArrayList<>();
            return all;
        });
        rest.forEach(one -> one.completion.failed(ShareAnswers.unknown("closed before it told of ", one.id())));
    }
}

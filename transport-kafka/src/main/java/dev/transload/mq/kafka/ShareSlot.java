package dev.transload.mq.kafka;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.Outcome;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidRecordStateException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One share consumer of a receiver and the thread that alone talks to it.
 *
 * <p>What it holds, what the broker has yet to answer, and how long the loan lasts is the thread's own; outcomes come in
 * under the receiver's lock. Outcomes are told to the broker as they come, those of one poll together if they come
 * together. Facts this rests on, measured with kafka-clients and a broker 4.4: {@code commitSync} tells outcomes of some
 * records while others have none; what was renewed must be polled once more before it can have another outcome; an answer
 * is passed on only within a call of the consumer.
 */
final class ShareSlot {

    private static final Logger LOG = LoggerFactory.getLogger(ShareSlot.class);

    private static final Duration POLL = Duration.ofMillis(500);
    /** Answers are passed on at the end of a poll. */
    private static final Duration ANSWERED = Duration.ofMillis(20);

    private static final Duration RENEWED = Duration.ofMillis(200);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration LOAN = Duration.ofSeconds(30);
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long TROUBLE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    /** A slot that waits so long for outcomes lets others bring what comes next. */
    private static final long GROW_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final ShareReceiver receiver;
    private final int size;
    private final Supplier<ShareConsumer<byte[], byte[]>> connector;
    private final TimeSource time;
    private final Thread thread;

    /** Guarded by the receiver's lock: outcomes that the broker has not been told. */
    private List<Settle> outcomes = new ArrayList<>();
    /** Guarded by the receiver's lock. */
    private boolean polling;

    private Runnable wakeup = () -> {};
    private volatile boolean holding;

    // Of the thread alone.
    private final Map<ShareDelivery.Id, ShareDelivery> open = new LinkedHashMap<>();
    private final Map<ShareDelivery.Id, Settle> unanswered = new HashMap<>();
    private final Set<ShareDelivery.Id> refused = new HashSet<>();
    private Set<String> subscribed = Set.of();
    /** Whether there is room kept for a poll: what a poll asked for may come after it, and is seen by the next. */
    private boolean reserved;

    private boolean lastPollFull;
    private @Nullable Metric bytes;
    private double seenBytes;
    private long loanBegan;
    private long loanNanos = LOAN.toNanos();

    /**
     * An outcome on its way to the broker.
     *
     * @param delivery of which delivery
     * @param outcome what
     * @param completion told when the broker has it
     * @param since when it was told to the consumer
     */
    private record Settle(ShareDelivery delivery, AcknowledgeType outcome, Completion completion, long since) {}

    /**
     * @param size most records of a poll
     * @param connector makes the consumer; called on the slot's thread
     */
    ShareSlot(
            ShareReceiver receiver,
            int size,
            Supplier<ShareConsumer<byte[], byte[]>> connector,
            TimeSource time,
            String threadName) {
        this.receiver = receiver;
        this.size = size;
        this.connector = connector;
        this.time = time;
        this.thread = KafkaAsk.daemon(this::run, threadName);
    }

    void start() {
        thread.start();
    }

    // ---- with the receiver's lock held

    void settled(ShareDelivery delivery, AcknowledgeType outcome, Completion completion) {
        outcomes.add(new Settle(delivery, outcome, completion, 0));
        receiver.lock().signalAll();
    }

    boolean hasOutcomes() {
        return !outcomes.isEmpty();
    }

    /** Whether it polls, or could with so much room. */
    boolean canBring(int room) {
        return polling || (!holding && size <= room);
    }

    /** Has the thread look at once. */
    void wake() {
        receiver.lock().signalAll();
        if (polling) {
            polling = false;
            wakeup.run();
        }
    }

    // ---- the thread

    private void run() {
        Throwable fatal = null;
        ShareConsumer<byte[], byte[]> consumer = null;
        try {
            consumer = connector.get();
            ShareConsumer<byte[], byte[]> connected = consumer;
            receiver.lock().run(() -> wakeup = connected::wakeup);
            consumer.setAcknowledgementCommitCallback(this::answered);
            while (fatal == null && !receiver.isClosing()) {
                fatal = stepSafely(consumer);
            }
        } catch (InterruptedException e) {
            LOG.debug("kafka: a consumer of a share group is interrupted");
        } catch (RuntimeException | Error e) {
            LOG.error("kafka: a consumer of a share group broke", e);
            fatal = e;
        }
        if (consumer != null) {
            end(consumer);
        }
        receiver.slotEnded(this, fatal);
    }

    private @Nullable Throwable stepSafely(ShareConsumer<byte[], byte[]> consumer) throws InterruptedException {
        try {
            step(consumer);
        } catch (WakeupException e) {
            LOG.trace("kafka: woken", e);
        } catch (AuthorizationException | AuthenticationException e) {
            return e;
        } catch (KafkaException e) {
            LOG.warn("kafka: trouble in a share group, goes on: {}", e.toString());
            receiver.awaitOutcomes(this, TROUBLE_NANOS);
        }
        return null;
    }

    private void step(ShareConsumer<byte[], byte[]> consumer) throws InterruptedException {
        subscribe(consumer);
        giveUpUnanswered();
        if (open.isEmpty()) {
            reserved = reserved || receiver.reserve(size);
            if (reserved) {
                poll(consumer);
            } else {
                if (!unanswered.isEmpty()) {
                    commit(consumer, ANSWER);
                }
                receiver.grow();
                receiver.awaitRoom(size, unanswered.isEmpty() ? IDLE_NANOS : ANSWERED.toNanos());
            }
            return;
        }
        long renewAt = loanBegan + loanNanos / 2;
        receiver.awaitOutcomes(this, Math.min(GROW_NANOS, Math.max(1, renewAt - System.nanoTime())));
        tell(consumer);
        if (!open.isEmpty()) {
            receiver.grow();
            if (System.nanoTime() - renewAt >= 0) {
                renew(consumer);
            }
        }
    }

    private void subscribe(ShareConsumer<byte[], byte[]> consumer) {
        Set<String> topics = receiver.topics();
        if (!topics.equals(subscribed)) {
            consumer.subscribe(topics);
            subscribed = topics;
        }
    }

    private void poll(ShareConsumer<byte[], byte[]> consumer) {
        long before = System.nanoTime();
        ConsumerRecords<byte[], byte[]> records = polled(consumer, unanswered.isEmpty() ? POLL : ANSWERED);
        look(consumer);
        lastPollFull = records.count() >= size;
        if (!records.isEmpty()) {
            consumer.acquisitionLockTimeoutMs().ifPresent(millis -> loanNanos = TimeUnit.MILLISECONDS.toNanos(millis));
            loanBegan = before;
            take(records);
            reserved = false;
            receiver.unreserve(size);
        }
    }

    private ConsumerRecords<byte[], byte[]> polled(ShareConsumer<byte[], byte[]> consumer, Duration most) {
        receiver.lock().run(() -> polling = true);
        try {
            return consumer.poll(receiver.isClosing() ? Duration.ZERO : most);
        } finally {
            receiver.lock().run(() -> polling = false);
        }
    }

    private void take(ConsumerRecords<byte[], byte[]> records) {
        List<ShareDelivery> deliveries = new ArrayList<>(records.count());
        for (ConsumerRecord<byte[], byte[]> record : records) {
            ShareDelivery delivery = new ShareDelivery(receiver, this, record);
            open.put(delivery.id(), delivery);
            deliveries.add(delivery);
        }
        holding = true;
        receiver.arrived(deliveries);
    }

    // Tells the broker what outcomes there are.
    private void tell(ShareConsumer<byte[], byte[]> consumer) {
        if (!acknowledge(consumer)) {
            return;
        }
        if (open.isEmpty() && lastPollFull && receiver.hasRoom(size)) {
            consumer.commitAsync(); // there is more where these came from: the next poll brings the answer, too
        } else {
            commit(consumer, ANSWER);
        }
    }

    private boolean acknowledge(ShareConsumer<byte[], byte[]> consumer) {
        List<Settle> now = receiver.lock().get(() -> {
            List<Settle> all = outcomes;
            outcomes = new ArrayList<>();
            return all;
        });
        long nanos = System.nanoTime();
        for (Settle one : now) {
            ShareDelivery delivery = one.delivery();
            if (open.remove(delivery.id()) == null) {
                one.completion().failed(ShareReceiver.late(delivery.id()));
                continue;
            }
            try {
                consumer.acknowledge(delivery.record, one.outcome());
            } catch (IllegalStateException e) {
                one.completion().failed(ShareReceiver.late(delivery.id())); // not renewed in time
                continue;
            }
            unanswered.put(delivery.id(), new Settle(delivery, one.outcome(), one.completion(), nanos));
        }
        holding = !open.isEmpty();
        return !now.isEmpty();
    }

    private void commit(ShareConsumer<byte[], byte[]> consumer, Duration most) {
        consumer.commitSync(most);
        look(consumer);
    }

    // The client counts the bytes that come from brokers.
    private void look(ShareConsumer<byte[], byte[]> consumer) {
        if (bytes == null) {
            bytes = consumer.metrics().entrySet().stream()
                    .filter(one -> one.getKey().name().equals(Contact.BYTES)
                            && !one.getKey().tags().containsKey("node-id"))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(null);
        }
        double now = bytes != null && bytes.metricValue() instanceof Double number ? number : 0;
        if (now != seenBytes) {
            seenBytes = now;
            receiver.contact(time.nanos());
        }
    }

    // Called by the consumer within a call of this thread.
    private void answered(Map<TopicIdPartition, Set<Long>> offsets, @Nullable Exception failure) {
        offsets.forEach((partition, all) -> {
            for (long offset : all) {
                ShareDelivery.Id id = new ShareDelivery.Id(partition.topic(), partition.partition(), offset);
                Settle told = unanswered.remove(id);
                if (told == null) {
                    if (failure != null) {
                        refused.add(id); // a renewal
                    }
                } else if (failure == null) {
                    told.completion().done();
                } else {
                    told.completion().failed(late(id, failure));
                }
            }
        });
    }

    private static Exception late(ShareDelivery.Id id, Exception failure) {
        if (failure instanceof InvalidRecordStateException) {
            LeaseLostException late = ShareReceiver.late(id);
            late.addSuppressed(failure);
            return late;
        }
        return KafkaErrors.operation("settle offset " + id.offset() + " of " + id.topic(), failure);
    }

    private void giveUpUnanswered() {
        if (unanswered.isEmpty()) {
            return;
        }
        long now = System.nanoTime();
        List<Settle> over = unanswered.values().stream()
                .filter(one -> now - one.since() > ANSWER.toNanos())
                .toList();
        for (Settle one : over) {
            unanswered.remove(one.delivery().id());
            one.completion()
                    .failed(new ConnectionLostException(
                            "kafka: no answer to an outcome of "
                                    + one.delivery().id(),
                            Outcome.UNKNOWN,
                            null));
        }
    }

    // Lends again what is out. What does not come back by the end of the loan is lost.
    private void renew(ShareConsumer<byte[], byte[]> consumer) {
        refused.clear();
        long began = System.nanoTime();
        long ends = loanBegan + loanNanos;
        List<ShareDelivery> asked = new ArrayList<>(open.values());
        asked.forEach(delivery -> consumer.acknowledge(delivery.record, AcknowledgeType.RENEW));
        commit(consumer, Duration.ofNanos(Math.max(1, Math.min(ANSWER.toNanos(), ends - began))));
        List<ShareDelivery> gone = new ArrayList<>();
        refused.forEach(id -> {
            ShareDelivery delivery = open.remove(id);
            if (delivery != null) {
                gone.add(delivery);
            }
        });
        if (!open.isEmpty()) {
            Set<ShareDelivery.Id> back = new HashSet<>();
            do {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(RENEWED)) {
                    ShareDelivery delivery = open.get(ShareDelivery.Id.of(record));
                    if (delivery != null) {
                        delivery.record = record;
                        back.add(delivery.id());
                    }
                }
            } while (back.isEmpty() && System.nanoTime() - ends < 0 && !receiver.isClosing());
            if (!receiver.isClosing()) {
                gone.addAll(withdraw(id -> !back.contains(id)));
            }
        }
        loanBegan = began;
        holding = !open.isEmpty();
        receiver.lost(gone, "the share group took it back");
    }

    private Collection<ShareDelivery> withdraw(Predicate<ShareDelivery.Id> which) {
        List<ShareDelivery> out = new ArrayList<>();
        open.values().removeIf(delivery -> {
            boolean gone = which.test(delivery.id());
            if (gone) {
                out.add(delivery);
            }
            return gone;
        });
        return out;
    }

    // Tells the outcomes there are; what has none goes back with the consumer's close.
    private void end(ShareConsumer<byte[], byte[]> consumer) {
        Duration within = receiver.closeWithin().compareTo(ANSWER) < 0 ? receiver.closeWithin() : ANSWER;
        if (within.isZero()) {
            within = Duration.ofMillis(500);
        }
        try {
            if (acknowledge(consumer) || !unanswered.isEmpty()) {
                commit(consumer, within);
            }
        } catch (RuntimeException e) {
            LOG.debug("kafka: the last outcomes of a share group's consumer were not told", e);
        }
        receiver.lost(withdraw(id -> true), "the receiver was closed");
        try {
            consumer.close(within);
        } catch (RuntimeException e) {
            LOG.debug("kafka: a consumer of a share group did not close well", e);
        }
        List<Settle> rest = new ArrayList<>(unanswered.values());
        rest.addAll(receiver.lock().get(() -> List.copyOf(outcomes)));
        rest.forEach(one -> one.completion()
                .failed(new ConnectionLostException(
                        "kafka: closed before the broker took an outcome of "
                                + one.delivery().id(),
                        Outcome.UNKNOWN,
                        null)));
    }
}

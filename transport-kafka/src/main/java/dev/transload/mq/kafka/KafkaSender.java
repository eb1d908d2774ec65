package dev.transload.mq.kafka;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.ClientClosedException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends through one idempotent producer, which keeps the order of each partition through its own retries.
 *
 * <p>A call never waits: the producer is told to refuse at once what it has no room for or whose topic it has not heard
 * of, and what it refuses waits here, topic by topic, and is handed to it again by a thread that exists while something
 * waits. Confirms arrive on the producer's own thread.
 *
 * <p>Thread-safe.
 */
final class KafkaSender {

    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int SLOTS = 1 << 14;
    /** Less than what is written as the time of a record, see {@link KafkaMessages#record}. */
    private static final long NEW_MILLIS = TimeUnit.SECONDS.toMillis(30);

    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Producer<byte[], byte[]> producer;
    private final TimeSource time;
    private final Function<String, KafkaTopology.@Nullable TopicState> known;
    private final Consumer<String> forget;
    private final int maxRecordBytes;
    private final BooleanSupplier connected;
    private final Consumer<String> unheardOf;
    private final Map<String, Traffic> traffic = new ConcurrentHashMap<>();
    private final OnTheWay<Sent> onTheWay = new OnTheWay<>(SLOTS);
    private final Lock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    /** Guarded: what the producer would not take yet, in order. */
    private final Map<String, ArrayDeque<Sent>> backlog = new LinkedHashMap<>();

    /** Where the last message went: mostly where the next one goes. */
    private volatile @Nullable Way lastWay;

    /** The clock when {@link #lookAtClock} was last called. */
    private volatile long latelyMillis;

    private @Nullable Thread worker;
    private volatile boolean closed;

    /**
     * @param known what was found of a topic
     * @param forget told that a topic is not there any more
     * @param connected whether the cluster answers
     * @param unheardOf told of a topic that nobody declared and that the producer does not know
     */
    KafkaSender(
            Producer<byte[], byte[]> producer,
            TimeSource time,
            Function<String, KafkaTopology.@Nullable TopicState> known,
            Consumer<String> forget,
            int maxRecordBytes,
            BooleanSupplier connected,
            Consumer<String> unheardOf) {
        this.producer = producer;
        this.time = time;
        this.known = known;
        this.forget = forget;
        this.maxRecordBytes = maxRecordBytes;
        this.connected = connected;
        this.unheardOf = unheardOf;
        lookAtClock();
    }

    Producer<byte[], byte[]> producer() {
        return producer;
    }

    /** Sends a message; its end is told by itself. */
    void send(Outgoing outgoing) {
        if (closed) {
            outgoing.failed(closed(outgoing, Outcome.NOT_SENT));
            return;
        }
        if (!connected.getAsBoolean()) {
            outgoing.failed(down(outgoing, Outcome.NOT_SENT));
            return;
        }
        Sent sent = new Sent(outgoing, trafficTo(outgoing.to()));
        if (sent.traffic.waiting.get() > 0 || !sent.offer()) {
            later(sent);
        }
    }

    /** To be called several times a second, so that not every send need read the clock to know that its message is new. */
    void lookAtClock() {
        latelyMillis = time.millis();
    }

    // Now, or some tenths of a second ago for a message that is new.
    private long nowFor(Outgoing outgoing) {
        long lately = latelyMillis;
        return Math.abs(outgoing.message().timestamp() - lately) <= NEW_MILLIS ? lately : time.millis();
    }

    private Traffic trafficTo(Place to) {
        Way last = lastWay;
        if (last != null && last.to.equals(to)) {
            return last.traffic;
        }
        Way way = new Way(to, traffic.computeIfAbsent(KafkaNames.topic(to), Traffic::new));
        lastWay = way;
        return way.traffic;
    }

    // A broker may make a topic because a producer asks for it, so the producer is not asked before it is there.
    private void lookFor(Traffic t) {
        long now = time.nanos();
        long last = t.lookedNanos.get();
        if ((last == 0 || now - last > LOOK_NANOS) && t.lookedNanos.compareAndSet(last, now == 0 ? 1 : now)) {
            unheardOf.accept(t.topic);
        }
    }

    private static MessagingException down(Outgoing outgoing, Outcome outcome) {
        return new ConnectionLostException(
                "kafka: not connected, cannot send to " + outgoing.to().name(), outcome, null);
    }

    private static MessagingException closed(Outgoing outgoing, Outcome outcome) {
        return new ClientClosedException(
                "kafka: closed, cannot send to " + outgoing.to().name(), outcome, null);
    }

    private void later(Sent sent) {
        boolean refused;
        lock.lock();
        try {
            refused = closed;
            if (!refused) {
                sent.traffic.waiting.incrementAndGet();
                backlog.computeIfAbsent(sent.traffic.topic, t -> new ArrayDeque<>())
                        .add(sent);
                if (worker == null) {
                    worker = KafkaAsk.daemon(this::workOff, "mq-kafka-send-1");
                    worker.start();
                }
                work.signal();
            }
        } finally {
            lock.unlock();
        }
        if (refused) {
            sent.fail(closed(sent.outgoing, Outcome.NOT_SENT));
        }
    }

    // The worker's life: offers what waits again and again, and ends after a while without any.
    private void workOff() {
        while (true) {
            List<Sent> heads = new ArrayList<>();
            lock.lock();
            try {
                long left = IDLE_NANOS;
                while (backlog.isEmpty() && !closed && left > 0) {
                    left = work.awaitNanos(left);
                }
                if (backlog.isEmpty() || closed) {
                    worker = null;
                    return;
                }
                backlog.values().forEach(queue -> heads.add(queue.element()));
            } catch (InterruptedException e) {
                worker = null;
                return;
            } finally {
                lock.unlock();
            }
            boolean moved = false;
            for (Sent head : heads) {
                moved |= workOff(head);
            }
            if (!moved) {
                java.util.concurrent.locks.LockSupport.parkNanos(AGAIN_NANOS);
            }
        }
    }

    // One topic as far as it goes.
    private boolean workOff(Sent head) {
        boolean moved = false;
        Sent next = head;
        while (next != null && next.offerAgain()) {
            moved = true;
            lock.lock();
            try {
                ArrayDeque<Sent> queue = backlog.get(next.traffic.topic);
                if (queue == null) {
                    return true; // all have ended meanwhile
                }
                if (queue.peek() == next) { // else it has ended, and others have come
                    queue.remove();
                    next.traffic.waiting.decrementAndGet();
                }
                if (queue.isEmpty()) {
                    backlog.remove(next.traffic.topic);
                }
                next = queue.peek();
            } finally {
                lock.unlock();
            }
        }
        return moved;
    }

    /** The connection is lost: what waits has not been sent, unless it is being handed to the producer. */
    void disconnected() {
        failWaiting(sent -> true, sent -> down(sent.outgoing, sent.soFar()));
    }

    private void failWaiting(Predicate<Sent> which, Function<Sent, ? extends MessagingException> why) {
        List<Sent> gone = new ArrayList<>();
        lock.lock();
        try {
            backlog.values()
                    .forEach(queue -> queue.removeIf(sent -> {
                        boolean hit = which.test(sent);
                        if (hit) {
                            gone.add(sent);
                            sent.traffic.waiting.decrementAndGet();
                        }
                        return hit;
                    }));
            backlog.values().removeIf(ArrayDeque::isEmpty);
        } finally {
            lock.unlock();
        }
        gone.forEach(sent -> sent.fail(why));
    }

    /**
     * Topics of which nothing has come back since the last call although something was on its way then, and is now. Called
     * by one thread at a time.
     */
    Collection<String> stuck() {
        Set<Traffic> busy = new HashSet<>();
        onTheWay.forEach(sent -> busy.add(sent.traffic));
        List<String> stuck = new ArrayList<>();
        traffic.values().forEach(t -> {
            if (t.looksStuck(busy.contains(t))) {
                stuck.add(t.topic);
            }
        });
        return stuck;
    }

    private List<Sent> to(String topic) {
        List<Sent> found = new ArrayList<>();
        onTheWay.forEach(sent -> {
            if (sent.traffic.topic.equals(topic)) {
                found.add(sent);
            }
        });
        return found;
    }

    /** A place behind a topic that is stuck, to make it anew. */
    @Nullable
    Place placeOf(String topic) {
        lock.lock();
        try {
            ArrayDeque<Sent> queue = backlog.get(topic);
            if (queue != null) {
                return queue.element().outgoing.to();
            }
        } finally {
            lock.unlock();
        }
        List<Sent> some = to(topic);
        return some.isEmpty() ? null : some.get(0).outgoing.to();
    }

    /**
     * A broker does not know the topic: what waits for it is not sent. What is on its way stays, since a broker may know
     * of a topic later than others.
     */
    void unknown(String topic) {
        forget.accept(topic);
        failWaiting(sent -> sent.traffic.topic.equals(topic), sent -> noTopic(topic, sent.soFar()));
    }

    /** The topic is not there, and this client does not make it: what is on its way there will not arrive. */
    void missing(String topic) {
        unknown(topic);
        to(topic).forEach(sent -> sent.fail(noTopic(topic, Outcome.NOT_SENT)));
    }

    private static MessagingException noTopic(String topic, Outcome outcome) {
        return new DestinationNotFoundException("kafka: there is no topic " + topic, outcome, null);
    }

    /** This client may not even ask for the topic: what waits for it is refused. */
    void refused(String topic, AuthenticationException why) {
        failWaiting(
                sent -> sent.traffic.topic.equals(topic),
                sent -> new AuthenticationException("kafka: may not send to " + topic, sent.soFar(), why));
    }

    /** Waits for what is on its way, at most so long, and ends. */
    void close(Duration most) {
        closed = true;
        failWaiting(sent -> true, sent -> closed(sent.outgoing, sent.soFar()));
        lock.lock();
        try {
            work.signalAll();
        } finally {
            lock.unlock();
        }
        producer.close(most);
    }

    private record Way(Place to, Traffic traffic) {}

    /** One message on its way. */
    private final class Sent extends OnTheWay.Entry implements Callback {
        private static final AtomicIntegerFieldUpdater<Sent> ENDED =
                AtomicIntegerFieldUpdater.newUpdater(Sent.class, "ended");

        private final Outgoing outgoing;
        private final Traffic traffic;
        private volatile int ended;
        /** Whether the worker is handing it to the producer, which it does not begin once this has ended. */
        private volatile boolean offeredAgain;

        private @Nullable Thread offering;
        private @Nullable Exception refusal;

        Sent(Outgoing outgoing, Traffic traffic) {
            this.outgoing = outgoing;
            this.traffic = traffic;
        }

        /** Hands the message to the producer; false if it has no room for it yet, or does not know the topic. */
        boolean offer() {
            KafkaTopology.TopicState state = topic();
            return state != null && handOver(state);
        }

        /** Hands a message that waited to the producer, unless it has ended; false as with {@link #offer}. */
        boolean offerAgain() {
            KafkaTopology.TopicState state = topic();
            if (state == null) {
                return false;
            }
            offeredAgain = true;
            if (ended == 1 || handOver(state)) {
                return true;
            }
            offeredAgain = false;
            return false;
        }

        /** What is known, once this has ended, of a message that waited. */
        Outcome soFar() {
            return offeredAgain ? Outcome.UNKNOWN : Outcome.NOT_SENT;
        }

        private KafkaTopology.@Nullable TopicState topic() {
            KafkaTopology.TopicState state = known.apply(traffic.topic);
            if (state == null) {
                lookFor(traffic);
            }
            return state;
        }

        @SuppressWarnings("FutureReturnValueIgnored") // told through the callback
        private boolean handOver(KafkaTopology.TopicState state) {
            onTheWay.add(this);
            Integer partition = traffic.takes(state.partitions());
            refusal = null;
            offering = Thread.currentThread();
            try {
                producer.send(KafkaMessages.record(outgoing, nowFor(outgoing), state.appendTime(), partition), this);
            } catch (KafkaException | IllegalStateException | IllegalArgumentException e) {
                refusal = e;
            } finally {
                offering = null;
            }
            Exception why = refusal;
            if (why == null) {
                return true;
            }
            traffic.refuses();
            onTheWay.remove(this);
            if (isBeyond(state)) {
                fail(new DestinationNotFoundException(
                        "kafka: nobody can be at the reply address "
                                + outgoing.to().name(),
                        why));
            } else if (why instanceof TimeoutException && !closed) {
                return false;
            } else {
                fail(KafkaErrors.sending(outgoing, why, maxRecordBytes));
            }
            return true;
        }

        // A reply address may name a partition that is not there, and then never will be.
        private boolean isBeyond(KafkaTopology.TopicState state) {
            Place to = outgoing.to();
            return to.role() == Place.Role.REPLY
                    && KafkaNames.ReplyAddress.of(to.name()).partition() >= state.partitions();
        }

        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
            if (offering == Thread.currentThread()) {
                refusal = failure; // still within the call
                return;
            }
            traffic.returns();
            if (!ENDED.compareAndSet(this, 0, 1)) {
                onTheWay.remove(this); // whoever ended it may have done so before it was put in
                return;
            }
            onTheWay.leave(this);
            if (failure != null) {
                outgoing.failed(KafkaErrors.sending(outgoing, failure, maxRecordBytes));
            } else {
                outgoing.done();
            }
        }

        void fail(MessagingException why) {
            fail(sent -> why);
        }

        void fail(Function<Sent, ? extends MessagingException> why) {
            if (ENDED.compareAndSet(this, 0, 1)) {
                onTheWay.remove(this);
                outgoing.failed(why.apply(this));
            }
        }
    }
}

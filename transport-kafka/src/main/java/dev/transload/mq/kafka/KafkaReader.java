package dev.transload.mq.kafka;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.TimeSource;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deliveries of partitions that this client reads by itself from now on: no group, nothing is committed, nothing is left
 * behind. Ephemeral groups and reply inboxes.
 *
 * <p>Thread-safe; one thread talks to the consumer.
 */
final class KafkaReader implements Receiver, Outlet.Feed {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaReader.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long TROUBLE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private final Consumer<byte[], ByteBuffer> consumer;
    private final TimeSource time;
    private final Outlet outlet;
    private final int high;
    private final @Nullable String replyTo;
    private final Predicate<ConsumerRecord<byte[], ByteBuffer>> wanted;
    private final Function<ConsumerRecord<byte[], ByteBuffer>, Message> messages;
    private final java.util.function.BiConsumer<KafkaReader, @Nullable Throwable> onEnd;
    private final Contact contact;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Guarded. */
    private final ArrayDeque<Incoming> buffer = new ArrayDeque<>();
    /** Guarded: partitions to be read, those not yet assigned included. */
    private final Set<TopicPartition> partitions = new HashSet<>();

    private boolean more;
    private boolean stopped;
    private boolean closed;
    private Duration closeWithin = Duration.ZERO;
    private volatile long lastContact;

    /**
     * @param replyTo address of the inbox, or null if it is none
     * @param wanted which records are for this reader
     * @param messages makes messages of them
     * @param onEnd told when it has ended, with the cause if it was not closed
     */
    KafkaReader(
            Consumer<byte[], ByteBuffer> consumer,
            TimeSource time,
            Sink sink,
            int maxCredit,
            @Nullable String replyTo,
            Predicate<ConsumerRecord<byte[], ByteBuffer>> wanted,
            Function<ConsumerRecord<byte[], ByteBuffer>, Message> messages,
            java.util.function.BiConsumer<KafkaReader, @Nullable Throwable> onEnd) {
        this.consumer = consumer;
        this.time = time;
        this.outlet = new Outlet(sink, this);
        this.high = Math.max(1, maxCredit);
        this.replyTo = replyTo;
        this.wanted = wanted;
        this.messages = messages;
        this.onEnd = onEnd;
        this.contact = new Contact(consumer, Duration.ofDays(1), System.nanoTime());
        this.lastContact = time.nanos();
    }

    /** Begins at the end of these partitions, which is known when this returns. Blocks. */
    void start(Collection<TopicPartition> first, String name) {
        partitions.addAll(first);
        consumer.assign(first);
        consumer.seekToEnd(first);
        first.forEach(partition -> consumer.position(partition, ANSWER));
        KafkaAsk.daemon(this::run, name).start();
    }

    /** Reads these partitions, too, from their beginning, as all of it came after the start. */
    void reads(Collection<TopicPartition> all) {
        lock.lock();
        try {
            if (partitions.addAll(all)) {
                more = true;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        Throwable fatal = null;
        try {
            while (fatal == null && !isClosed()) {
                try {
                    step();
                } catch (WakeupException e) {
                    LOG.trace("kafka: woken", e);
                } catch (AuthorizationException | AuthenticationException e) {
                    fatal = e;
                } catch (KafkaException e) {
                    LOG.warn("kafka: trouble while reading, goes on: {}", e.toString());
                    pause(TROUBLE_NANOS);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("kafka: a reader is interrupted");
        } catch (RuntimeException | Error e) {
            LOG.error("kafka: a reader broke", e);
            fatal = e;
        }
        try {
            consumer.close(CloseOptions.timeout(closeWithin));
        } catch (RuntimeException e) {
            LOG.debug("kafka: a consumer did not close well", e);
        }
        onEnd.accept(this, fatal);
        ended.complete(null);
    }

    private void step() throws InterruptedException {
        Set<TopicPartition> fresh = fresh();
        if (!fresh.isEmpty()) {
            Set<TopicPartition> all = new HashSet<>(consumer.assignment());
            all.addAll(fresh);
            consumer.assign(all);
            consumer.seekToBeginning(fresh);
        }
        if (consumer.assignment().isEmpty() || !hasRoom()) {
            awaitRoom(POLL.toNanos());
            if (consumer.assignment().isEmpty() || !hasRoom()) {
                return; // no group, so nobody minds that it does not poll
            }
        }
        ConsumerRecords<byte[], ByteBuffer> records = consumer.poll(POLL);
        if (contact.look(System.nanoTime())) {
            lastContact = time.nanos();
        }
        lock.lock();
        try {
            for (ConsumerRecord<byte[], ByteBuffer> record : records) {
                if (!stopped && wanted.test(record)) {
                    buffer.addLast(new ReadDelivery(record));
                }
            }
        } finally {
            lock.unlock();
        }
        outlet.pass();
    }

    private Set<TopicPartition> fresh() {
        lock.lock();
        try {
            if (!more) {
                return Set.of();
            }
            more = false;
            Set<TopicPartition> fresh = new HashSet<>(partitions);
            fresh.removeAll(consumer.assignment());
            return fresh;
        } finally {
            lock.unlock();
        }
    }

    private boolean hasRoom() {
        lock.lock();
        try {
            return !stopped && buffer.size() < high;
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    // Until there is something to read and room for it.
    private void awaitRoom(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (left > 0 && !closed && !more && (stopped || partitions.isEmpty() || buffer.size() >= high)) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void pause(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void take(List<? super Incoming> into, int most) {
        lock.lock();
        try {
            int taken = 0;
            while (taken < most && !buffer.isEmpty() && !stopped) {
                into.add(buffer.removeFirst());
                taken++;
            }
            if (buffer.size() < high) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void credit(int n) {
        outlet.credit(n);
    }

    @Override
    public CompletableFuture<Void> stop() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        lock.lock();
        try {
            stopped = true;
            buffer.clear();
        } finally {
            lock.unlock();
        }
        outlet.tell(() -> done.complete(null));
        return done;
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        lock.lock();
        try {
            stopped = true;
            closed = true;
            closeWithin = timeout.compareTo(ANSWER) < 0 ? timeout : ANSWER;
            buffer.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        consumer.wakeup();
        return ended.copy();
    }

    @Override
    public long lastContact() {
        return lastContact;
    }

    @Override
    public Optional<String> replyTo() {
        return Optional.ofNullable(replyTo);
    }

    Outlet outlet() {
        return outlet;
    }

    /** A record that is nobody else's: there is nothing to settle. */
    private final class ReadDelivery implements Incoming {
        private final Message message;
        private final String topic;
        private final int partition;
        private final long storedAt;

        ReadDelivery(ConsumerRecord<byte[], ByteBuffer> record) {
            this.message = messages.apply(record);
            this.topic = record.topic();
            this.partition = record.partition();
            this.storedAt = KafkaMessages.storedAt(record, message);
        }

        @Override
        public Message message() {
            return message;
        }

        @Override
        public String destination() {
            return message.annotations().getOrDefault(Annotations.DESTINATION, topic);
        }

        @Override
        public long storedAt() {
            return storedAt;
        }

        @Override
        public int lane() {
            return partition;
        }

        @Override
        public int brokerCount() {
            return 1;
        }

        @Override
        public void ack(Completion completion) {
            completion.done();
        }

        @Override
        public void release(Duration delay, boolean failed, Completion completion) {
            boolean again;
            lock.lock();
            try {
                again = !stopped;
                if (again) {
                    buffer.addFirst(this);
                }
            } finally {
                lock.unlock();
            }
            completion.done();
            if (again) {
                outlet.pass();
            }
        }

        @Override
        public void renew(Completion completion) {
            completion.done();
        }

        @Override
        public void note(int failures, Completion completion) {
            completion.done();
        }
    }
}

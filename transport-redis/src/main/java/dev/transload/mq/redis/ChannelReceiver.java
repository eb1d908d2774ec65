package dev.transload.mq.redis;

import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.BinaryJedisPubSub;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A flow of what others publish on a Pub/Sub channel, each at most once: the server keeps nothing, so an ack ends nothing
 * there, what is given back waits in this process, and what is published while there is no connection is lost.
 *
 * <p>Thread-safe. One thread listens on a connection and puts what it hears into a buffer; while that is full it does not
 * read, and the server keeps what its {@code client-output-buffer-limit} allows before it ends the connection. The other
 * thread hands out against credit, asks the server for signs of life, and connects again. Only that one calls the sink.
 */
final class ChannelReceiver implements Receiver {

    private static final Logger LOG = LoggerFactory.getLogger(ChannelReceiver.class);

    private static final int MOST_BUFFERED = 1_000;
    private static final int MOST_TOGETHER = 500;
    private static final int LOOK_MILLIS = 200;
    private static final int BACK_MILLIS = 20;
    private static final Duration SIGN = Duration.ofSeconds(1);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);

    private final Surroundings around;
    private final Sink sink;
    private final String name;
    private final byte[] channel;
    private final String threads;
    private final BlockingQueue<Message> buffer = new LinkedBlockingQueue<>(MOST_BUFFERED);
    private final Queue<GivenBack> givenBack = new ConcurrentLinkedQueue<>();
    private final Credit credit = new Credit();
    private final CompletableFuture<Receiver> opened = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private volatile boolean stopping;
    private volatile long lastContact;
    private volatile @Nullable Listening listening;

    /** The thread's own. */
    private long pauseMillis = FIRST_PAUSE.toMillis();

    private long nextTry;
    private long nextSign;

    /** A message that was given back, and when it may go out again. */
    private record GivenBack(Message message, int failures, long dueNanos) {}

    /** @param name of the channel, and of the topic that stands for it */
    ChannelReceiver(Surroundings around, String name, Sink sink) {
        this.around = around;
        this.sink = sink;
        this.name = name;
        this.channel = Bytes.of(name);
        this.threads = "mq-redis-" + around.clientId() + "-" + name + "-"
                + UUID.randomUUID().toString().substring(0, 8);
        this.lastContact = around.time().nanos();
        this.nextTry = lastContact;
    }

    /** Begins; completes when what is published from then on is received. */
    CompletableFuture<Receiver> open() {
        daemon(threads, this::run).start();
        return opened;
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    CompletableFuture<Void> whenEnded() {
        return ended;
    }

    @Override
    public void credit(int n) {
        credit.add(n);
    }

    @Override
    public CompletableFuture<Void> stop() {
        stopping = true;
        Listening now = listening;
        if (now != null) {
            now.end();
        }
        credit.call();
        return ended;
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        return stop();
    }

    @Override
    public long lastContact() {
        return lastContact;
    }

    // ---- the thread that hands out

    private void run() {
        try {
            while (!stopping) {
                tend();
                credit.await(handOut());
            }
        } catch (InterruptedException e) {
            LOG.debug("redis: the subscription to channel {} ends", name);
        } catch (RuntimeException e) {
            LOG.error("redis: the subscription to channel {} ends by a mistake of its own", name, e);
            fail(e);
        } finally {
            stopping = true;
            Listening now = listening;
            if (now != null) {
                now.end();
            }
            opened.completeExceptionally(RedisErrors.closed("receive from " + name));
            ended.complete(null);
        }
    }

    private void fail(RuntimeException cause) {
        stopping = true;
        MessagingException told = RedisErrors.operation("receive from " + name, cause);
        if (!opened.completeExceptionally(told)) {
            sink.failed(told);
        }
    }

    private void tend() {
        long now = around.time().nanos();
        Listening current = listening;
        if (current != null && current.over) {
            listening = null;
            lost(current);
            current = null;
        }
        if (current == null) {
            if (!stopping && nextTry - now <= 0) {
                connect();
            }
        } else if (nextSign - now <= 0) {
            nextSign = now + SIGN.toNanos();
            current.ask(now);
        }
    }

    private void lost(Listening was) {
        was.end();
        RuntimeException cause = was.cause;
        if (stopping) {
            return;
        }
        if (cause != null && (!opened.isDone() || RedisErrors.isRefusal(cause))) {
            fail(cause);
        } else if (was.subscribed) {
            LOG.warn(
                    "redis: the connection to channel {} was lost, and with it what is published until there is another: {}",
                    name,
                    String.valueOf(cause));
            pauseMillis = FIRST_PAUSE.toMillis();
        }
    }

    private void connect() {
        try {
            Listening next = new Listening(around.commander().connect(channel));
            listening = next;
            nextSign = around.time().nanos() + SIGN.toNanos();
            daemon(threads + "-channel", next::listen).start();
        } catch (MessagingException | JedisException e) {
            LOG.debug("redis: no connection to channel {} yet", name, e);
            if (!opened.isDone() || RedisErrors.isRefusal(e.getCause())) {
                fail(e);
            }
        }
        nextTry = around.time().nanos() + TimeUnit.MILLISECONDS.toNanos(pauseMillis);
        pauseMillis =
                Math.min(pauseMillis * 2, around.options().maxReconnectDelay().toMillis());
    }

    /** Hands out what there is credit for; gives for how many milliseconds there is nothing to do. */
    private int handOut() {
        int left = Math.min(credit.left(), MOST_TOGETHER);
        if (stopping || left == 0) {
            return LOOK_MILLIS;
        }
        List<Incoming> batch = new ArrayList<>();
        long now = around.time().nanos();
        for (int i = givenBack.size(); i > 0 && batch.size() < left; i--) {
            GivenBack one = givenBack.remove();
            if (one.dueNanos() - now > 0) {
                givenBack.add(one);
            } else {
                batch.add(new Published(one.message(), one.failures()));
            }
        }
        while (batch.size() < left) {
            Message next = buffer.poll();
            if (next == null) {
                break;
            }
            batch.add(new Published(next, 0));
        }
        if (!batch.isEmpty()) {
            credit.used(batch.size());
            sink.deliver(batch);
        }
        return !buffer.isEmpty() ? 1 : givenBack.isEmpty() ? LOOK_MILLIS : BACK_MILLIS;
    }

    // ---- the thread that listens

    /** One connection, on which the client library reads until it ends. */
    private final class Listening extends BinaryJedisPubSub {

        private final Connection connection;
        private volatile boolean subscribed;
        private volatile boolean waitsForRoom;
        private volatile boolean ending;
        private volatile boolean over;
        private volatile long heardAt = around.time().nanos();
        private volatile @Nullable RuntimeException cause;

        Listening(Connection connection) {
            this.connection = connection;
        }

        void listen() {
            try {
                proceed(connection, channel);
            } catch (RuntimeException e) {
                cause = e;
            } finally {
                over = true;
                Connector.drop(connection);
                credit.call();
            }
        }

        /** Asks for a sign of life, unless the last one is too old. */
        void ask(long now) {
            if (waitsForRoom) {
                return;
            }
            if (now - heardAt > around.options().timeout().toNanos()) {
                end();
                return;
            }
            try {
                if (subscribed) {
                    ping();
                }
            } catch (JedisException e) {
                LOG.debug("redis: channel {} cannot be asked", name, e);
                end();
            }
        }

        // The client library would connect again for what is asked of a connection that was dropped.
        void end() {
            ending = true;
            Connector.drop(connection);
        }

        private void heard() {
            heardAt = around.time().nanos();
            lastContact = heardAt;
        }

        @Override
        public void onSubscribe(byte[] to, int subscribedChannels) {
            if (ending) {
                end();
                return;
            }
            heard();
            subscribed = true;
            if (!opened.complete(ChannelReceiver.this)) {
                LOG.info("redis: channel {} is heard again", name);
            }
        }

        @Override
        public void onPong(byte[] pattern) {
            heard();
        }

        @Override
        public void onMessage(byte[] from, byte[] body) {
            heard();
            Message message = Message.builder(UUID.randomUUID().toString(), body)
                    .idAssigned(true)
                    .build();
            waitsForRoom = true;
            try {
                while (!stopping && !buffer.offer(message, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    credit.call();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                heard();
                waitsForRoom = false;
            }
            credit.call();
        }
    }

    // ---- deliveries

    /** A message that was published; nobody but this client has it. */
    private final class Published implements Incoming {

        private final Message message;
        private volatile int failures;

        Published(Message message, int failures) {
            this.message = message;
            this.failures = failures;
        }

        @Override
        public Message message() {
            return message;
        }

        @Override
        public String destination() {
            return name;
        }

        @Override
        public int lane() {
            return 0;
        }

        @Override
        public int brokerCount() {
            return 1 + failures;
        }

        @Override
        public int notedFailures() {
            return failures;
        }

        @Override
        public void ack(Completion completion) {
            completion.done();
        }

        @Override
        public void release(Duration delay, boolean failed, Completion completion) {
            if (!stopping) {
                givenBack.add(new GivenBack(message, failures, around.time().nanos() + delay.toNanos()));
                credit.call();
            }
            completion.done();
        }

        @Override
        public void renew(Completion completion) {
            completion.done();
        }

        @Override
        public void note(int failed, Completion completion) {
            failures = failed;
            completion.done();
        }

        @Override
        public void moveTo(Outgoing outgoing) {
            around.sender().send(outgoing);
        }
    }
}

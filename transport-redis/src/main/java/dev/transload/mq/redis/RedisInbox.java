package dev.transload.mq.redis;

import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A client's private stream of replies. It expires unless its client says every few seconds that it is there; what was
 * read is deleted, so that it stays small, some at a time or when nothing comes any more: a deletion has to reach the disk,
 * as every change has, and the next reply should not wait for that.
 *
 * <p>Thread-safe. One thread reads, with a connection of its own.
 */
final class RedisInbox implements Receiver {

    private static final Logger LOG = LoggerFactory.getLogger(RedisInbox.class);
    private static final int BLOCK_MILLIS = 200;
    private static final int MOST_TOGETHER = 500;
    private static final Duration EXPIRY = Duration.ofSeconds(15);
    private static final long FIRST_PAUSE = 20;
    private static final byte[] FIRST = Bytes.of("0-0");
    private static final int MOST_KEPT = 100;
    private static final long MOST_BYTES_KEPT = 256 * 1024;

    private final Surroundings around;
    private final Sink sink;
    private final String name;
    private final byte[] key;
    private final Thread thread;
    private final CompletableFuture<Receiver> opened = new CompletableFuture<>();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Credit credit = new Credit();

    private volatile boolean stopping;
    private volatile boolean closing;
    private volatile long lastContact;
    private volatile @Nullable Connection connection;
    private long nextSign;
    /** Id of the last reply that was read. */
    private byte[] last = FIRST;
    /** The ids of what was read and not deleted yet. */
    private final List<byte[]> kept = new ArrayList<>();
    /** Bytes of the bodies of those. */
    private long bytesKept;
    /** Whether nothing came when it was last read. */
    private boolean idle;

    RedisInbox(Surroundings around, Sink sink) {
        this.around = around;
        this.sink = sink;
        this.name = RedisKeys.REPLIES + UUID.randomUUID();
        this.key = Bytes.of(name);
        this.lastContact = around.time().nanos();
        this.nextSign = lastContact;
        this.thread = new Thread(this::run, "mq-redis-" + around.clientId() + "-replies");
        thread.setDaemon(true);
    }

    CompletableFuture<Receiver> open() {
        thread.start();
        return opened;
    }

    @Override
    public void credit(int n) {
        credit.add(n);
    }

    @Override
    public CompletableFuture<Void> stop() {
        stopping = true;
        credit.call();
        return stopped;
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        closing = true;
        stopping = true;
        credit.call();
        return ended;
    }

    void abandon() {
        var unused = close(Duration.ZERO);
        Connection open = connection;
        if (open != null) {
            Connector.drop(open);
        }
    }

    @Override
    public long lastContact() {
        return lastContact;
    }

    @Override
    public Optional<String> replyTo() {
        return Optional.of(name);
    }

    private void run() {
        long pause = FIRST_PAUSE;
        try {
            while (!closing) {
                if (stopping) {
                    stopped.complete(null);
                }
                try {
                    turn();
                    pause = FIRST_PAUSE;
                } catch (JedisException | MessagingException e) {
                    if (opened.completeExceptionally(RedisErrors.operation("open a reply inbox", e))) {
                        return;
                    }
                    LOG.debug("redis: the reply inbox was disturbed", e);
                    if (e instanceof JedisDataException told && RedisErrors.isElsewhere(told)) {
                        around.commander().strayed(told);
                        drop();
                    } else if (!(e instanceof JedisDataException)) {
                        drop();
                    }
                    credit.await(pause);
                    pause = Math.min(
                            pause * 2, around.options().maxReconnectDelay().toMillis());
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("redis: the reply inbox ends");
        } finally {
            drop();
            stopped.complete(null);
            around.commander()
                    .submit(RedisCall.of(
                            Command.DEL,
                            RedisCall.Answer.of(answer -> ended.complete(null), cause -> ended.complete(null)),
                            key));
        }
    }

    private void drop() {
        Connection old = connection;
        connection = null;
        if (old != null) {
            Connector.drop(old);
        }
    }

    private void turn() throws InterruptedException {
        Connection open = connection;
        if (open == null) {
            open = around.commander().connect(key);
            connection = open;
            startAnew();
            nextSign = around.time().nanos();
        }
        if (nextSign - around.time().nanos() <= 0) {
            sign(open);
        }
        opened.complete(this);
        int most = stopping ? 0 : Math.min(credit.left(), MOST_TOGETHER);
        if (most == 0) {
            delete(open);
            credit.await(BLOCK_MILLIS);
            return;
        }
        read(open, most);
    }

    /** Says that the inbox is in use, and makes it if it is not there. */
    private void sign(Connection open) {
        open.sendCommand(Command.PEXPIRE, key, Bytes.of(EXPIRY.toMillis()));
        if (Bytes.number(open.getOne()) == 0) {
            open.sendCommand(
                    Command.XADD,
                    key,
                    Bytes.of("MAXLEN"),
                    Bytes.of(0),
                    Bytes.of("*"),
                    Bytes.of(RedisMessages.BODY),
                    Bytes.EMPTY);
            open.sendCommand(Command.PEXPIRE, key, Bytes.of(EXPIRY.toMillis()));
            startAnew();
            for (Object answer : open.getMany(2)) {
                if (answer instanceof JedisDataException refused) {
                    throw refused;
                }
            }
        }
        nextSign = around.time().nanos() + EXPIRY.toNanos() / 6;
    }

    // Another server, or a stream that was made anew, may count from further back. What was read is deleted before.
    private void startAnew() {
        last = FIRST;
        idle = true;
    }

    private void sendDelete(Connection open) {
        byte[][] arguments = new byte[1 + kept.size()][];
        arguments[0] = key;
        for (int i = 0; i < kept.size(); i++) {
            arguments[i + 1] = kept.get(i);
        }
        open.sendCommand(Command.XDEL, arguments);
    }

    private void deleted() {
        kept.clear();
        bytesKept = 0;
    }

    private void delete(Connection open) {
        if (!kept.isEmpty()) {
            sendDelete(open);
            Object unused = open.getOne();
            deleted();
        }
    }

    private void read(Connection open, int most) {
        boolean deletes = !kept.isEmpty() && (idle || kept.size() >= MOST_KEPT || bytesKept >= MOST_BYTES_KEPT);
        if (deletes) {
            sendDelete(open);
        }
        open.sendCommand(
                Command.XREAD,
                Bytes.of("COUNT"),
                Bytes.of(most),
                Bytes.of("BLOCK"),
                Bytes.of(BLOCK_MILLIS),
                Bytes.of("STREAMS"),
                key,
                last);
        List<Object> answers = open.getMany(deletes ? 2 : 1);
        lastContact = around.time().nanos();
        for (Object answer : answers) {
            if (answer instanceof JedisDataException refused) {
                throw refused;
            }
        }
        if (deletes) {
            deleted();
        }
        idle = true;
        if (!(answers.get(answers.size() - 1) instanceof List<?> streams) || streams.isEmpty()) {
            return;
        }
        idle = false;
        List<Incoming> batch = new ArrayList<>();
        for (Object one : (List<?>) ((List<?>) streams.get(0)).get(1)) {
            List<?> entry = (List<?>) one;
            last = (byte[]) entry.get(0);
            kept.add(last);
            Message message = RedisMessages.read(
                    name,
                    last,
                    EntryFields.of((List<?>) entry.get(1)),
                    around.options().bodyFieldBytes());
            bytesKept += message.body().length;
            batch.add(new Reply(message));
        }
        credit.used(batch.size());
        sink.deliver(batch);
    }

    /** A reply, which was deleted when it was read. */
    private final class Reply implements Incoming {
        private final Message message;

        Reply(Message message) {
            this.message = message;
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
            return 1;
        }

        @Override
        public void ack(Completion completion) {
            completion.done();
        }

        @Override
        public void release(Duration delay, boolean failed, Completion completion) {
            completion.done();
        }

        @Override
        public void renew(Completion completion) {
            completion.done();
        }
    }
}

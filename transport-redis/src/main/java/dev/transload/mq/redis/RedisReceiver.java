package dev.transload.mq.redis;

import static java.util.Objects.requireNonNull;

import dev.transload.mq.MessagingException;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A flow of deliveries from one place: a thread with a connection of its own that waits at the server for entries, moves
 * what is due, claims what others have let go of, and tells the engine.
 *
 * <p>Thread-safe. Everything but credit, tasks and stages is the thread's own.
 */
final class RedisReceiver implements Receiver, Outstanding.Outlet {

    private static final Logger LOG = LoggerFactory.getLogger(RedisReceiver.class);
    private static final int BLOCK_MILLIS = 200;
    private static final int REPAIR_PAUSE_MILLIS = 20;
    private static final int MOST_TOGETHER = 500;
    private static final Duration HAND_OVER = Duration.ofSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final long MOST_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Surroundings around;
    private final ReceiveSpec spec;
    private final Sink sink;
    private final Place place;
    private final String ownStream;
    private final String group;
    private final byte[] consumer;
    private final Outstanding out;
    private final Notes notes;
    private final Deliveries deliveries;
    private final Feed feed;
    private final ReceiverLink link;
    private final PlaceKeeper keeper;
    private final EntryReader reader;
    private final Thread thread;
    private final Credit credit = new Credit();
    private final PlaceLoss loss;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private volatile boolean stopping;
    private volatile boolean closing;
    private boolean fresh = true;
    private boolean dropped;
    private long nextSweep;
    /** How long it may take handlers to be done with what they have, so that one read brings more. */
    private long patienceNanos;

    RedisReceiver(Surroundings around, ReceiveSpec spec, Sink sink, String group) {
        this.around = around;
        this.spec = spec;
        this.sink = sink;
        this.place = spec.from();
        this.ownStream = spec.ephemeral() ? String.valueOf(place.topic()) : around.topology().stream(place);
        this.group = group;
        String unique = UUID.randomUUID().toString().substring(0, 8);
        String name = around.clientId().replaceAll("[^!-~]|~", "_") + "~" + unique + "~"
                + spec.lease().toMillis();
        this.consumer = Bytes.of(name);
        long leaseNanos = spec.lease().toNanos();
        boolean ordered = place.shape().ordered();
        String beside = spec.ephemeral() ? RedisKeys.ofEphemeral(ownStream, group) : ownStream;
        this.out = new Outstanding(around.time(), ordered ? Long.MAX_VALUE / 4 : leaseNanos, this);
        this.notes = new Notes(around.commander(), out, name, beside);
        this.deliveries =
                new Deliveries(around.commander(), around.sender(), around.time(), name, group, beside, out, notes);
        int lanes = around.topology().lanes(place.role() == Role.GROUP ? RedisTopology.topic(place) : place);
        this.link = new ReceiverLink(around, RedisKeys.lane(ownStream, 0));
        this.loss = new PlaceLoss(around, spec, group);
        this.keeper = new PlaceKeeper(around, link, spec, group, lanes, BLOCK_MILLIS);
        this.reader = new EntryReader(around, link, place, consumer, deliveries, out, () -> !stopping, credit);
        this.feed = ordered
                ? new LaneFeed(
                        lanes,
                        lane -> Source.of(place, ownStream, group, lane, keeper.topics()),
                        beside,
                        reader,
                        around.time(),
                        spec.lease().compareTo(PlainFeed.SILENCE) < 0 ? spec.lease() : PlainFeed.SILENCE,
                        HAND_OVER)
                : new PlainFeed(
                        Source.of(place, ownStream, group, 0, keeper.topics()),
                        beside,
                        reader,
                        around.time(),
                        spec.lease().toMillis());
        this.nextSweep = around.time().nanos();
        this.thread = new Thread(this::run, "mq-redis-" + around.clientId() + "-" + place.name() + "-" + unique);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    CompletableFuture<Void> whenEnded() {
        return ended;
    }

    // ---- called by the engine

    @Override
    public void credit(int n) {
        credit.add(n);
    }

    @Override
    public CompletableFuture<Void> stop() {
        stopping = true;
        wake();
        if (!link.isOpen()) {
            stopped.complete(null); // nothing comes without a connection, and with the next one nothing is read
        }
        return stopped;
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        stopping = true;
        closing = true;
        wake();
        return ended;
    }

    /** Ends without a word to the server. */
    void abandon() {
        stopping = true;
        closing = true;
        link.drop();
        wake();
    }

    private void wake() {
        credit.call();
        link.unblock();
    }

    @Override
    public long lastContact() {
        return link.lastContact();
    }

    // ---- the thread

    private void run() {
        try {
            while (!closing) {
                runTasks();
                turn();
            }
        } catch (InterruptedException e) {
            LOG.debug("redis: receiver of {} ends", place.name());
        } catch (RuntimeException e) {
            LOG.error("redis: receiver of {} ends by a mistake of its own", place.name(), e);
            sink.failed(e);
        } finally {
            stopping = true;
            closing = true;
            stopped.complete(null);
            link.drop();
            deliveries.submitHeld();
            out.repeat();
            runTasks();
            leave();
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private void turn() throws InterruptedException {
        expire();
        try {
            if (!link.isOpen()) {
                connect();
            }
            out.repeat();
            feed.tend();
            feed.losses(this::lostTogether);
            if (keeper.tend() && feed instanceof PlainFeed plain) {
                plain.follow(Source.of(place, ownStream, group, 0, keeper.topics()));
            }
            handOut();
            if (stopping) {
                deliveries.submitHeld();
                credit.await(BLOCK_MILLIS);
            } else {
                read();
            }
            fresh = false;
        } catch (JedisDataException e) {
            deliveries.submitHeld();
            serverRefused(e);
        } catch (JedisException | MessagingException e) {
            deliveries.submitHeld();
            disconnected(e);
        }
    }

    /** Leases end and a stop is confirmed whether the server can be reached or not. */
    private void expire() {
        long now = around.time().nanos();
        if (nextSweep - now > 0 && !(stopping && !dropped)) {
            return;
        }
        nextSweep = now + TimeUnit.MILLISECONDS.toNanos(BLOCK_MILLIS / 2);
        notes.noteRunning();
        List<RedisDelivery> over = out.takeOverdue();
        if (!over.isEmpty()) {
            lost(over, "the lease of " + spec.lease().toMillis() + " ms ended without a renewal");
        }
        feed.expire();
        feed.losses(this::lostTogether);
        if (stopping && !dropped) {
            dropped = true;
            giveBack(feed.drop());
            stopped.complete(null);
        }
    }

    private void lostTogether(List<RedisDelivery> all, String why) {
        List<RedisDelivery> lost = new ArrayList<>();
        for (RedisDelivery delivery : all) {
            if (out.lose(delivery)) {
                lost.add(delivery);
            }
        }
        if (!lost.isEmpty()) {
            lost(lost, why);
        }
    }

    // ---- connection

    private void connect() throws InterruptedException {
        long pause = FIRST_PAUSE.toMillis();
        while (!link.isOpen()) {
            try {
                link.connect();
                fresh = true;
                feed.reconnected();
            } catch (MessagingException | JedisException e) {
                LOG.debug("redis: receiver of {} has no connection yet", place.name(), e);
                waitOut(pause);
                pause = Math.min(pause * 2, around.options().maxReconnectDelay().toMillis());
            }
            if (closing) {
                throw new InterruptedException();
            }
        }
    }

    // Leases end although the server cannot be reached, and what waits to be told is told.
    private void waitOut(long millis) throws InterruptedException {
        long end = around.time().nanos() + TimeUnit.MILLISECONDS.toNanos(millis);
        do {
            credit.await(Math.min(BLOCK_MILLIS, millis));
            runTasks();
            if (closing) {
                throw new InterruptedException();
            }
            expire();
        } while (end - around.time().nanos() > 0);
    }

    private void disconnected(RuntimeException cause) {
        LOG.debug("redis: receiver of {} lost its connection", place.name(), cause);
        link.drop();
    }

    private void serverRefused(JedisDataException cause) throws InterruptedException {
        if (PlaceLoss.isOne(cause)) {
            Optional<MessagingException> end = loss.repair(cause, fresh);
            if (end.isPresent()) {
                fail(end.get());
            }
            credit.await(REPAIR_PAUSE_MILLIS);
        } else if (RedisErrors.isElsewhere(cause)) {
            around.commander().strayed(cause);
            disconnected(cause);
            waitOut(REPAIR_PAUSE_MILLIS);
        } else if (RedisErrors.isRefusal(cause)) {
            fail(RedisErrors.operation("receive from " + place.name(), cause));
        } else {
            LOG.debug("redis: receiver of {} was refused", place.name(), cause);
            if (RedisErrors.isNoLongerServing(cause)) {
                disconnected(cause);
            }
            waitOut(BLOCK_MILLIS);
        }
    }

    private void fail(MessagingException cause) throws InterruptedException {
        lostTogether(out.all(), "the place is gone");
        sink.failed(cause);
        throw new InterruptedException();
    }

    // ---- reading

    private void handOut() {
        int left = stopping ? 0 : credit.left();
        List<Incoming> batch = new ArrayList<>();
        long now = around.time().nanos();
        while (batch.size() < left) {
            RedisDelivery next = feed.next();
            if (next == null) {
                break;
            }
            if (out.add(next, now)) {
                batch.add(next);
            }
        }
        if (batch.isEmpty()) {
            return;
        }
        credit.used(batch.size());
        sink.deliver(batch);
    }

    /**
     * The credit there is. Where more waits at the server, a read is put off for half as long as the last one took, in
     * which quick handlers are done with what they have: each read and each settle is a write to the server's disk, however
     * many entries it is for. Their acks go along with the read. Slow handlers have the rest of what was read meanwhile, and
     * acks that come when it has been written are asked by themselves.
     */
    private int gathered() throws InterruptedException {
        return patienceNanos == 0
                ? credit.left()
                : credit.gather(Math.min(spec.maxCredit(), MOST_TOGETHER), patienceNanos);
    }

    private void read() throws InterruptedException {
        int most = Math.min(gathered(), MOST_TOGETHER);
        List<Source> sources = most > 0 ? feed.sources() : List.of();
        long untilDue =
                TimeUnit.NANOSECONDS.toMillis(keeper.nextDue() - around.time().nanos());
        int block = (int) Math.max(1, Math.min(BLOCK_MILLIS, untilDue));
        if (sources.isEmpty()) {
            deliveries.submitHeld();
            credit.await(block);
            return;
        }
        long before = around.time().nanos();
        EntryReader.Came came = reader.read(feed, sources, most, block, () -> tasks.isEmpty() && !stopping);
        long took = around.time().nanos() - before;
        patienceNanos = came == EntryReader.Came.ALL_ASKED_FOR ? Math.min(took / 2, MOST_PATIENCE_NANOS) : 0;
        if (came == EntryReader.Came.NOTHING) {
            return;
        }
        if (stopping) {
            giveBack(feed.drop());
            return;
        }
        if (patienceNanos > 0) {
            deliveries.holdAcks(); // the next read is soon
        }
        handOut();
    }

    private void giveBack(List<RedisDelivery> unused) {
        for (RedisDelivery delivery : unused) {
            deliveries.release(delivery, 0, false, Completion.IGNORED);
        }
    }

    // ---- what deliveries ask for

    @Override
    public void run(Runnable task) {
        tasks.add(requireNonNull(task, "task"));
        if (ended.isDone()) {
            runTasks();
        } else {
            wake();
        }
    }

    @Override
    public void ended(RedisDelivery delivery) {
        feed.ended(delivery);
        if (!delivery.source().own()) {
            around.trimmer().touch(keeper.topicPlace(delivery.source().stream()));
        }
    }

    @Override
    public boolean putBack(RedisDelivery delivery) {
        return feed.putBack(delivery);
    }

    @Override
    public void lost(List<RedisDelivery> all, String why) {
        all.forEach(feed::ended);
        sink.lost(all, why);
    }

    @Override
    public boolean isOpen() {
        return !closing;
    }

    // ---- the end

    private void leave() {
        boolean inOrder = true;
        for (RedisDelivery delivery : out.all()) {
            inOrder &= !delivery.begun;
            deliveries.release(delivery, 0, false, Completion.IGNORED);
        }
        keeper.leave(consumer, inOrder, new Completed());
    }

    private final class Completed implements RedisCall.Answer {
        @Override
        public void answered(@Nullable Object reply) {
            ended.complete(null);
            runTasks();
        }

        @Override
        public void failed(RuntimeException cause) {
            LOG.debug("redis: receiver of {} ended without a word", place.name(), cause);
            ended.complete(null);
            runTasks();
        }
    }
}

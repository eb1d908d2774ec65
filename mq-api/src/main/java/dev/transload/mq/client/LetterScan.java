package dev.transload.mq.client;

import dev.transload.mq.MessagingException;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One walk over the messages of a place, front to end, that takes some of them away and leaves the others in order.
 *
 * <p>What stays is held unsettled until the walk is over, so that it does not come again, and then goes back in order.
 * When {@value #MOST_HELD} messages or {@value #MOST_BYTES} bytes are held, what stays from then on goes to the end of
 * the place instead: copied, then acked. A walk ends when it has seen as many messages as were asked for, or when
 * nothing more comes for {@value #QUIET_MILLIS} ms.
 *
 * <p>Used by one thread; {@link #release} and {@link #take} also by others.
 */
final class LetterScan implements Sink, AutoCloseable {

    static final int MOST_HELD = 1000;
    static final long MOST_BYTES = 32L << 20;
    static final long QUIET_MILLIS = 5000;

    /** AMQP counts unsettled deliveries in 16 bits. */
    private static final int MOST_SHOWN = 60_000;

    private static final Logger LOG = LoggerFactory.getLogger(LetterScan.class);

    /**
     * The first one may have to wait for a group to form, a poll to begin or a large body to come, and is there where
     * depths are exact.
     */
    private static final long FIRST_MILLIS = 15_000;

    /** Where depths are not exact, it may have gone before the walk began. */
    private static final long FIRST_IN_DOUBT_MILLIS = 5000;

    private static final int WINDOW = 256;
    private static final int MOST_LOOKS = 50;
    private static final Duration LEASE = Duration.ofMinutes(5);
    private static final Duration HOLD = Duration.ofMinutes(25);
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final EngineContext engine;
    private final Place place;
    private final long bound;
    private final int mostHeld;
    private final long mostBytes;
    private final Flights moves = new Flights(64);
    private final LinkedBlockingQueue<Incoming> arrived = new LinkedBlockingQueue<>();
    private final ConcurrentSkipListMap<Long, Incoming> held = new ConcurrentSkipListMap<>();
    private final AtomicLong credited = new AtomicLong();
    private volatile @Nullable Receiver receiver;
    private volatile @Nullable Throwable broken;
    private volatile boolean closed;
    private final boolean renews;
    private final long firstMillis;
    private long renewed = System.nanoTime();
    private long heldBytes;
    private long seen;

    private LetterScan(EngineContext engine, Place place, long bound, int mostHeld, long mostBytes) {
        this.engine = engine;
        this.place = place;
        this.bound = bound;
        this.mostHeld = mostHeld;
        this.mostBytes = mostBytes;
        Capabilities capable = engine.transport().capabilities(place.shape());
        this.renews = capable.has(Capability.RENEW);
        this.firstMillis = capable.exactDepth() ? FIRST_MILLIS : FIRST_IN_DOUBT_MILLIS;
    }

    /**
     * Starts to receive. Blocks until the transport does.
     *
     * @param bound most messages that are looked at, at least 1
     */
    static LetterScan open(EngineContext engine, Place place, long bound) {
        return open(new LetterScan(engine, place, bound, MOST_HELD, MOST_BYTES));
    }

    /** The same for a caller who keeps all of them in memory anyway: nothing is moved. */
    static LetterScan openToShow(EngineContext engine, Place place, long bound) {
        return open(new LetterScan(engine, place, bound, MOST_SHOWN, Long.MAX_VALUE));
    }

    private static LetterScan open(LetterScan scan) {
        EngineContext engine = scan.engine;
        Place place = scan.place;
        int most = (int) Math.min(scan.bound, scan.mostHeld + WINDOW);
        Duration longest = engine.transport().capabilities(place.shape()).maxLease();
        ReceiveSpec spec = ReceiveSpec.builder(place, most)
                .lease(shorter(LEASE, longest))
                .maxProcessingTime(shorter(HOLD, longest))
                .build();
        Receiver receiver =
                Waits.join("receive from " + place.name(), engine.transport().receive(spec, scan));
        scan.receiver = receiver;
        scan.credit(Math.min(scan.bound, WINDOW));
        return scan;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private void credit(long n) {
        Receiver open = receiver;
        long room = bound - credited.getAndAdd(n);
        if (open != null && !closed && room > 0) {
            open.credit((int) Math.min(n, room));
        }
    }

    /** The next message, or null when the walk is over. Blocks. */
    @Nullable
    Letter next() {
        if (seen >= bound) {
            return null;
        }
        renewWhenDue();
        try {
            long patience = seen == 0 ? firstMillis : QUIET_MILLIS;
            Incoming next = arrived.poll(patience, TimeUnit.MILLISECONDS);
            requireWhole();
            if (next == null) {
                LOG.warn("{} had {} messages; {} came, and no more within {} ms", place.name(), bound, seen, patience);
            }
            return next == null ? null : new Letter(seen++, next);
        } catch (InterruptedException e) {
            throw Waits.interrupted("receive from " + place.name(), e);
        }
    }

    private void renewWhenDue() {
        if (!renews || System.nanoTime() - renewed < LEASE.toNanos() / 5) {
            return;
        }
        renewed = System.nanoTime();
        held.values().forEach(incoming -> incoming.renew(Completion.IGNORED));
        arrived.forEach(incoming -> incoming.renew(Completion.IGNORED));
    }

    private void requireWhole() {
        Throwable why = broken;
        if (why != null) {
            throw why instanceof MessagingException known
                    ? known
                    : TransportException.unknown("the walk over " + place.name() + " broke off", why);
        }
    }

    /** Leaves a message in the place. */
    void keep(Letter letter) {
        if (held.size() < mostHeld && heldBytes < mostBytes) {
            heldBytes += letter.incoming().message().body().length;
            held.put(letter.number(), letter.incoming());
            credit(1);
            return;
        }
        String what = "move a dead letter within " + place.name();
        moves.begin(what);
        Waits.whenDone(engine.sendInternal(place, letter.incoming().message(), 0), (sent, failure) -> {
            if (failure == null) {
                take(letter, Completion.IGNORED);
            } else {
                release(letter);
            }
            moves.end(failure);
        });
    }

    /** Removes a message from the place. */
    void take(Letter letter, Completion completion) {
        letter.incoming().ack(completion);
        credit(1);
    }

    /** Gives a message back at the end of the walk, which could not be taken away. */
    void release(Letter letter) {
        held.put(letter.number(), letter.incoming());
    }

    /**
     * Closes the receiver with which all that is unsettled goes back, by the broker and in its order: what the
     * transport has fetched beyond this walk too, which a give-back one by one would put before what is held. Blocks
     * for seconds at most.
     */
    @Override
    public void close() {
        Receiver open = receiver;
        if (open == null) {
            return;
        }
        moves.close();
        closed = true;
        int givenBack = held.size() + arrived.size();
        try {
            Waits.join("close the receiver of " + place.name(), open.close(CLOSE), CLOSE.plusSeconds(1));
        } catch (RuntimeException e) {
            LOG.warn("{}", LogText.of(e)); // the connection's end gives back what this did not
        }
        awaitVisible(givenBack);
    }

    /** Where a depth is approximate, what was given back may be counted a moment later: the caller need not see that. */
    private void awaitVisible(int givenBack) {
        if (givenBack == 0 || engine.transport().capabilities(place.shape()).exactDepth()) {
            return;
        }
        Pace looks = new Pace(engine.time(), 50);
        try {
            for (int look = 0; look < MOST_LOOKS; look++) {
                looks.await();
                if (Waits.join(
                                        "count " + place.name(),
                                        engine.transport().admin().depth(place),
                                        CLOSE)
                                .orElse(0)
                        >= givenBack) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.debug("the depth of {} is not known", place.name(), e);
        }
    }

    @Override
    public void deliver(Incoming delivery) {
        arrived.add(delivery);
    }

    @Override
    public void lost(List<? extends Incoming> deliveries, String why) {
        if (!closed && !deliveries.isEmpty()) {
            broken = TransportException.unknown("the walk over " + place.name() + " broke off: " + why, null);
        }
    }

    @Override
    public void failed(Throwable cause) {
        broken = cause;
    }

    /**
     * A message under way.
     *
     * @param number place in the order of arrival
     */
    record Letter(long number, Incoming incoming) {}
}

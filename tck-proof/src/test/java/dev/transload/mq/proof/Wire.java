package dev.transload.mq.proof;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.Message;
import dev.transload.mq.Outcome;
import dev.transload.mq.inmemory.InMemoryBroker;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.tck.Direction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The way from clients to an in-memory broker as if it carried bytes: it can break in the middle of a send, an ack or a
 * delivery, and be slow. Thread-safe.
 */
final class Wire implements AutoCloseable {

    static final String PREFIX = "wire-";

    private static final Map<String, Wire> OPEN = new ConcurrentHashMap<>();
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final int FRAME = 20;

    private final String name = PREFIX + NUMBERS.incrementAndGet();
    private final InMemoryBroker broker;
    private final Map<Direction, Way> ways = Map.of(Direction.TO_BROKER, new Way(), Direction.TO_CLIENT, new Way());
    private final AtomicInteger cuts = new AtomicInteger();
    private final ScheduledThreadPoolExecutor slow = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "proof-wire");
        thread.setDaemon(true);
        return thread;
    });
    private volatile long delayMillis;
    private volatile int jitterMillis;

    /** What is under way in one direction. */
    private static final class Way {
        private final Queue<Runnable> under = new ConcurrentLinkedQueue<>();
        private final AtomicLong untilCut = new AtomicLong(-1);
        private final Random random = new Random(7);

        /** The first arrives, whatever became of its own time. */
        void arrive() {
            Runnable first = under.poll();
            if (first != null) {
                first.run();
            }
        }
    }

    private Wire(InMemoryBroker broker) {
        this.broker = broker;
    }

    static Wire to(InMemoryBroker broker) {
        Wire wire = new Wire(broker);
        OPEN.put(wire.name, wire);
        return wire;
    }

    /** What goes over the wire of that name. */
    static Twist twist(String name) {
        return OPEN.get(name).new OverIt();
    }

    String uri() {
        return MutantTransportProvider.uri(name, broker.uri());
    }

    /** How often it broke. */
    int cuts() {
        return cuts.get();
    }

    void cutAfter(Direction direction, long bytes) {
        ways.get(direction).untilCut.set(bytes);
    }

    void latency(Duration delay, Duration jitter) {
        jitterMillis = (int) jitter.toMillis();
        delayMillis = delay.toMillis();
    }

    void heal() {
        ways.values().forEach(way -> way.untilCut.set(-1));
        delayMillis = 0;
    }

    @Override
    public void close() {
        OPEN.remove(name);
        slow.shutdownNow();
    }

    /** Counts bytes; says whether the wire breaks in the middle of them. */
    private boolean breaksAt(Direction direction, long bytes) {
        AtomicLong left = ways.get(direction).untilCut;
        long before = left.getAndUpdate(now -> now < 0 ? now : Math.max(-1, now - bytes));
        return before >= 0 && before < bytes;
    }

    private void cut() {
        broker.disconnect(Outcome.NOT_SENT);
        cuts.incrementAndGet();
        broker.reconnect();
    }

    /** Does something when it has arrived, in the order of the calls in each direction. */
    private void carry(Direction direction, Runnable arrival) {
        long delay = delayMillis;
        if (delay == 0) {
            arrival.run();
            return;
        }
        Way way = ways.get(direction);
        way.under.add(arrival);
        int jitter = way.random.nextInt(2 * jitterMillis + 1) - jitterMillis;
        var unused = slow.schedule(way::arrive, delay + jitter, TimeUnit.MILLISECONDS);
    }

    private <T> CompletableFuture<T> ask(Supplier<CompletableFuture<T>> question) {
        CompletableFuture<T> told = new CompletableFuture<>();
        carry(Direction.TO_BROKER, () -> {
            var unused = question.get()
                    .whenComplete((answer, failure) -> carry(Direction.TO_CLIENT, () -> tell(told, answer, failure)));
        });
        return told;
    }

    private static <T> void tell(CompletableFuture<T> told, T answer, Throwable failure) {
        if (failure == null) {
            told.complete(answer);
        } else {
            told.completeExceptionally(failure);
        }
    }

    private Completion slowly(Completion told) {
        return new Completion() {
            @Override
            public void done() {
                carry(Direction.TO_CLIENT, told::done);
            }

            @Override
            public void failed(Throwable cause) {
                carry(Direction.TO_CLIENT, () -> told.failed(cause));
            }
        };
    }

    private static long size(Message message) {
        return message.body().length + 5L * FRAME;
    }

    /** One client's. */
    private final class OverIt extends Twist {

        @Override
        void send(Outgoing outgoing) {
            if (!breaksAt(Direction.TO_BROKER, size(outgoing.message()))) {
                carry(Direction.TO_BROKER, () -> real().send(TwistedOutgoing.telling(outgoing, slowly(outgoing))));
                return;
            }
            // The broker drops what it has half of; it may also have had all of it, and not have said so.
            if (cuts.get() % 2 == 1) {
                real().send(TwistedOutgoing.telling(outgoing, Completion.IGNORED));
            }
            cut();
            outgoing.failed(
                    new ConnectionLostException("the wire broke in the middle of a send", Outcome.UNKNOWN, null));
        }

        @Override
        CompletableFuture<Void> declare(Place place) {
            return ask(() -> real().declare(place));
        }

        @Override
        CompletableFuture<Receiver> receive(ReceiveSpec spec, Sink sink) {
            Arrivals arrivals = new Arrivals(sink);
            return ask(() -> real().receive(spec, arrivals)).thenApply(arrivals::of);
        }

        @Override
        CompletableFuture<Receiver> openReplyInbox(Sink sink) {
            Arrivals arrivals = new Arrivals(sink);
            return ask(() -> real().openReplyInbox(arrivals)).thenApply(arrivals::of);
        }

        @Override
        CompletableFuture<List<Message>> browse(Place place, int max) {
            return ask(() -> real().browse(place, max));
        }

        @Override
        void credit(Receiver receiver, int n) {
            carry(Direction.TO_BROKER, () -> receiver.credit(n));
        }

        // What is settled after the break is settled too late.
        private void settle(Runnable settles) {
            if (breaksAt(Direction.TO_BROKER, FRAME)) {
                cut();
            }
            carry(Direction.TO_BROKER, settles);
        }

        @Override
        void ack(Incoming delivery, Completion completion) {
            settle(() -> delivery.ack(slowly(completion)));
        }

        @Override
        void release(Incoming delivery, Duration delay, boolean failed, Completion completion) {
            settle(() -> delivery.release(delay, failed, slowly(completion)));
        }

        @Override
        void renew(Incoming delivery, Completion completion) {
            settle(() -> delivery.renew(slowly(completion)));
        }

        @Override
        void note(Incoming delivery, int failures, Completion completion) {
            settle(() -> delivery.note(failures, slowly(completion)));
        }

        @Override
        void move(Incoming delivery, Outgoing outgoing) {
            settle(() -> delivery.moveTo(TwistedOutgoing.telling(outgoing, slowly(outgoing))));
        }
    }

    /** What comes to one receiver. Calls do not overlap. */
    private final class Arrivals implements Sink {

        private final Sink engine;
        private final Set<Incoming> torn = Collections.newSetFromMap(new IdentityHashMap<>());
        private volatile Receiver receiver;

        Arrivals(Sink engine) {
            this.engine = engine;
        }

        Receiver of(Receiver opened) {
            receiver = opened;
            return opened;
        }

        @Override
        public void deliver(Incoming delivery) {
            deliver(List.of(delivery));
        }

        @Override
        public void deliver(List<? extends Incoming> batch) {
            List<Incoming> whole = new ArrayList<>(batch);
            for (int i = 0; i < batch.size(); i++) {
                if (breaksAt(Direction.TO_CLIENT, size(batch.get(i).message()))) {
                    List<Incoming> rest = whole.subList(i, whole.size());
                    torn.addAll(rest);
                    rest.clear();
                    cut();
                    break;
                }
            }
            if (!whole.isEmpty()) {
                carry(Direction.TO_CLIENT, () -> engine.deliver(whole));
            }
        }

        @Override
        public void lost(List<? extends Incoming> deliveries, String why) {
            List<Incoming> arrived = new ArrayList<>(deliveries);
            arrived.removeIf(torn::remove);
            int never = deliveries.size() - arrived.size();
            if (!arrived.isEmpty()) {
                carry(Direction.TO_CLIENT, () -> engine.lost(arrived, why));
            }
            // Their credit was used, and the engine does not know of them.
            if (never > 0) {
                receiver.credit(never);
            }
        }

        @Override
        public void failed(Throwable cause) {
            carry(Direction.TO_CLIENT, () -> engine.failed(cause));
        }
    }
}

package dev.transload.mq.client;

import dev.transload.mq.Message;
import dev.transload.mq.Shape;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.PlaceAdmin;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.TimeSource;
import dev.transload.mq.spi.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A transport that does what a test tells it and remembers what the engine did.
 *
 * <p>Sends are confirmed at once unless {@link #holdSends} or {@link #failSends} says otherwise. Deliveries come from
 * the test ({@link ScriptedReceiver#deliver}) or, for places that are {@link #stock stocked}, by credit on a thread of
 * this transport, as with a broker: acked ones are gone, released ones go to the end of the returned ones, in front.
 */
final class ScriptedTransport implements Transport, AutoCloseable {

    static final Capabilities.Limits LIMITS = new Capabilities.Limits(1 << 20, 1 << 16, 100, 255);

    final List<Place> declared = new CopyOnWriteArrayList<>();
    final List<Sent> sends = new CopyOnWriteArrayList<>();
    final List<ScriptedReceiver> receivers = new CopyOnWriteArrayList<>();
    final List<Place> purged = new CopyOnWriteArrayList<>();
    final List<Place> deleted = new CopyOnWriteArrayList<>();
    final Map<String, Stock> stocks = new ConcurrentHashMap<>();

    /** Answers to {@link #openReplyInbox}: an address, or an error to fail with. */
    volatile Function<Integer, CompletableFuture<String>> inboxes =
            n -> CompletableFuture.completedFuture("inbox-" + n);

    /** What every new receiver waits for. */
    volatile CompletableFuture<Void> receiving = CompletableFuture.completedFuture(null);

    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(task -> new Thread(task, "scripted-transport"));
    private final AtomicInteger inboxesOpened = new AtomicInteger();
    private volatile Function<Shape, Capabilities> capabilities = shape ->
            Capabilities.builder("Scripted 1.0", LIMITS).exactDepth(true).build();
    private volatile Function<Outgoing, Throwable> failure = outgoing -> null;
    private volatile boolean hold;
    private volatile Optional<TimeSource> time = Optional.empty();

    // what a test sets

    /** The clock that an engine takes for its own when it is made. */
    void time(TimeSource clock) {
        time = Optional.of(clock);
    }

    void capabilities(Capabilities same) {
        capabilities = shape -> same;
    }

    void capabilities(Function<Shape, Capabilities> byShape) {
        capabilities = byShape;
    }

    /** From now on sends stay open until the test confirms or fails them. */
    void holdSends(boolean yes) {
        hold = yes;
    }

    /** From now on sends fail with what the function gives, unless that is null. */
    void failSends(Function<Outgoing, Throwable> why) {
        failure = why;
    }

    /** Makes a place with these messages, received by credit. */
    Stock stock(String place, Message... messages) {
        Stock stock = stocks.computeIfAbsent(place, name -> new Stock(thread, name));
        stock.add(messages);
        return stock;
    }

    // what a test looks at

    /** Messages sent to a place, in order. */
    List<Message> sentTo(String place) {
        return sends.stream()
                .filter(sent -> sent.outgoing.to().name().equals(place))
                .map(sent -> sent.outgoing.message())
                .toList();
    }

    /** The latest receiver on a place. */
    ScriptedReceiver receiver(String place) {
        return receivers.stream()
                .filter(receiver -> receiver.place.equals(place))
                .reduce((first, second) -> second)
                .orElseThrow(() -> new AssertionError("nothing receives from " + place));
    }

    int inboxesOpened() {
        return inboxesOpened.get();
    }

    // the transport

    @Override
    public Optional<TimeSource> time() {
        return time;
    }

    @Override
    public Capabilities capabilities(Shape shape) {
        return capabilities.apply(shape);
    }

    @Override
    public CompletableFuture<Void> declare(Place place) {
        declared.add(place);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void send(Outgoing outgoing) {
        Sent sent = new Sent(outgoing);
        sends.add(sent);
        Throwable why = failure.apply(outgoing);
        if (why != null) {
            outgoing.failed(why);
        } else if (!hold) {
            sent.confirm();
        }
    }

    @Override
    public CompletableFuture<Receiver> receive(ReceiveSpec spec, Sink sink) {
        ScriptedReceiver receiver = new ScriptedReceiver(
                spec.from().name(), spec, sink, null, stocks.get(spec.from().name()));
        receivers.add(receiver);
        return receiving.thenApply(open -> receiver);
    }

    @Override
    public CompletableFuture<Receiver> openReplyInbox(Sink sink) {
        return inboxes.apply(inboxesOpened.incrementAndGet()).thenApply(address -> {
            ScriptedReceiver receiver = new ScriptedReceiver(address, null, sink, address, null);
            receivers.add(receiver);
            return receiver;
        });
    }

    @Override
    public CompletableFuture<List<Message>> browse(Place place, int max) {
        Stock stock = stocks.get(place.name());
        return CompletableFuture.completedFuture(
                stock == null ? List.of() : stock.messages().stream().limit(max).toList());
    }

    @Override
    public PlaceAdmin admin() {
        return new PlaceAdmin() {
            @Override
            public CompletableFuture<OptionalLong> depth(Place place) {
                Stock stock = stocks.get(place.name());
                return CompletableFuture.completedFuture(
                        stock == null ? OptionalLong.empty() : OptionalLong.of(stock.ready()));
            }

            @Override
            public CompletableFuture<Void> purge(Place place) {
                purged.add(place);
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public CompletableFuture<Void> delete(Place place) {
                deleted.add(place);
                stocks.remove(place.name());
                return CompletableFuture.completedFuture(null);
            }
        };
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    /** A send that the engine handed over. */
    static final class Sent {
        final Outgoing outgoing;

        Sent(Outgoing outgoing) {
            this.outgoing = outgoing;
        }

        void confirm() {
            outgoing.done();
        }

        void fail(Throwable cause) {
            outgoing.failed(cause);
        }
    }

    /** A receiver that the engine opened. */
    static final class ScriptedReceiver implements Receiver {
        /** Run when the engine asks for the address of a reply inbox. */
        volatile Runnable askedForAddress = () -> {};

        final String place;
        final ReceiveSpec spec;
        final Sink sink;
        final AtomicInteger credit = new AtomicInteger();
        final AtomicInteger creditEver = new AtomicInteger();
        volatile boolean stopped;
        volatile boolean closed;
        private final String replyTo;
        private final Stock stock;

        ScriptedReceiver(String place, ReceiveSpec spec, Sink sink, String replyTo, Stock stock) {
            this.place = place;
            this.spec = spec;
            this.sink = sink;
            this.replyTo = replyTo;
            this.stock = stock;
        }

        /** Delivers one message against credit; fails the test if there is none. */
        Delivered deliver(Message message) {
            return deliver(new Delivered(message, place));
        }

        Delivered deliver(Delivered delivered) {
            if (credit.decrementAndGet() < 0) {
                throw new AssertionError("no credit at " + place);
            }
            sink.deliver(delivered);
            return delivered;
        }

        @Override
        public void credit(int n) {
            credit.addAndGet(n);
            creditEver.addAndGet(n);
            if (stock != null) {
                stock.pump(this);
            }
        }

        @Override
        public CompletableFuture<Void> stop() {
            if (stock == null) {
                stopped = true;
                return CompletableFuture.completedFuture(null);
            }
            return stock.stop(this);
        }

        @Override
        public CompletableFuture<Void> close(Duration timeout) {
            closed = true;
            return stock == null ? stop() : stock.close(this);
        }

        @Override
        public long lastContact() {
            return 0;
        }

        @Override
        public Optional<String> replyTo() {
            askedForAddress.run();
            return Optional.ofNullable(replyTo);
        }
    }

    /** A delivery, and what the engine did with it. */
    static class Delivered implements Incoming {
        final CompletableFuture<Void> acked = new CompletableFuture<>();
        final CompletableFuture<Release> released = new CompletableFuture<>();
        final List<Integer> notes = new CopyOnWriteArrayList<>();
        final List<Outgoing> moved = new CopyOnWriteArrayList<>();
        final AtomicInteger renewals = new AtomicInteger();
        final AtomicInteger settles = new AtomicInteger();
        volatile boolean began;
        volatile Throwable settleFails;
        volatile Throwable movesFail;
        volatile Throwable renewFails;
        volatile Stock stock;
        private final Message message;
        private final String destination;
        private int brokerCount = 1;
        private int notedFailures;
        private int lane;

        Delivered(Message message, String destination) {
            this.message = message;
            this.destination = destination;
        }

        Delivered brokerCount(int count) {
            brokerCount = count;
            return this;
        }

        Delivered notedFailures(int failures) {
            notedFailures = failures;
            return this;
        }

        Delivered lane(int number) {
            lane = number;
            return this;
        }

        @Override
        public Message message() {
            return message;
        }

        @Override
        public String destination() {
            return destination;
        }

        @Override
        public int lane() {
            return lane;
        }

        @Override
        public int brokerCount() {
            return brokerCount;
        }

        @Override
        public int notedFailures() {
            return notedFailures;
        }

        @Override
        public void began() {
            began = true;
        }

        @Override
        public void ack(Completion completion) {
            settle(completion, () -> {
                if (stock != null) {
                    stock.gone(this);
                }
                acked.complete(null);
            });
        }

        @Override
        public void release(Duration delay, boolean failed, Completion completion) {
            settle(completion, () -> {
                if (stock != null) {
                    stock.back(this);
                }
                released.complete(new Release(delay, failed));
            });
        }

        private void settle(Completion completion, Runnable effect) {
            settles.incrementAndGet();
            Throwable why = settleFails;
            if (why != null) {
                completion.failed(why);
                return;
            }
            effect.run();
            completion.done();
        }

        @Override
        public void renew(Completion completion) {
            renewals.incrementAndGet();
            Throwable why = renewFails;
            if (why != null) {
                completion.failed(why);
            } else {
                completion.done();
            }
        }

        @Override
        public void note(int failures, Completion completion) {
            notes.add(failures);
            completion.done();
        }

        @Override
        public void moveTo(Outgoing outgoing) {
            Throwable why = movesFail;
            if (why != null) {
                settles.incrementAndGet();
                outgoing.failed(why);
                return;
            }
            settle(outgoing, () -> {
                moved.add(outgoing);
                acked.complete(null);
            });
        }
    }

    /** How a delivery was given back. */
    record Release(Duration delay, boolean failed) {}

    /** Messages of a place. Its state is touched on the transport's thread only, save for copies. */
    static final class Stock {
        final String name;
        private final ExecutorService thread;
        private final List<Message> ready = new ArrayList<>();
        private final List<Delivered> out = new ArrayList<>();
        private int returned;

        Stock(ExecutorService thread, String name) {
            this.thread = thread;
            this.name = name;
        }

        private <T> T ask(java.util.concurrent.Callable<T> question) {
            try {
                return thread.submit(question).get();
            } catch (Exception e) {
                throw new AssertionError("the scripted transport failed", e);
            }
        }

        void add(Message... messages) {
            ask(() -> ready.addAll(List.of(messages)));
        }

        /** Adds a message from any thread, this transport's too, behind the rest. */
        void addSoon(Message message) {
            thread.execute(() -> ready.add(message));
        }

        int ready() {
            return ask(ready::size);
        }

        /** What is there, in order, deliveries that are out not included. */
        List<Message> messages() {
            return ask(() -> List.copyOf(ready));
        }

        List<String> ids() {
            return messages().stream().map(Message::id).toList();
        }

        void pump(ScriptedReceiver receiver) {
            thread.execute(() -> {
                while (!receiver.stopped && !ready.isEmpty() && receiver.credit.get() > 0) {
                    receiver.credit.decrementAndGet();
                    returned = Math.max(0, returned - 1);
                    Delivered delivered = new Delivered(ready.remove(0), name);
                    delivered.stock = this;
                    out.add(delivered);
                    receiver.sink.deliver(delivered);
                }
            });
        }

        CompletableFuture<Void> stop(ScriptedReceiver receiver) {
            return CompletableFuture.runAsync(() -> receiver.stopped = true, thread);
        }

        CompletableFuture<Void> close(ScriptedReceiver receiver) {
            return CompletableFuture.runAsync(
                    () -> {
                        receiver.stopped = true;
                        List<Delivered> unsettled = List.copyOf(out);
                        out.clear();
                        unsettled.forEach(this::putBack);
                    },
                    thread);
        }

        /** The connection is lost: all that is out is ready again, in order. */
        void lose(ScriptedReceiver receiver, String why) {
            ask(() -> {
                List<Delivered> lost = List.copyOf(out);
                out.clear();
                lost.forEach(this::putBack);
                lost.forEach(d -> d.settleFails = new dev.transload.mq.LeaseLostException(why, null));
                receiver.sink.lost(lost, why);
                return lost.size();
            });
        }

        void gone(Delivered delivered) {
            thread.execute(() -> out.remove(delivered));
        }

        void back(Delivered delivered) {
            thread.execute(() -> {
                if (out.remove(delivered)) {
                    putBack(delivered);
                }
            });
        }

        private void putBack(Delivered delivered) {
            ready.add(returned++, delivered.message);
        }
    }
}

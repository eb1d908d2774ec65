package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Destination;
import dev.transload.mq.Group;
import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.MessageHandler;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.Topic;
import dev.transload.mq.client.MqClient;
import java.lang.reflect.Method;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/**
 * What a case works with: clients, destinations of its own, waits that know virtual time, and a record of what happened.
 *
 * <p>Everything is closed and removed when the case ends. A case that showed nothing fails: each delivery, and each call
 * of {@link #refused} and {@link #evidence}, counts. Thread-safe.
 */
final class Tck {

    private static final Duration PROMPT = Duration.ofSeconds(1);
    private static final Duration MOST_TO_CLOSE = Duration.ofSeconds(5);

    private final TckRun run;
    private final String caseId;
    private final History history = new History(this::nanos);
    private final AtomicInteger names = new AtomicInteger();
    private final AtomicInteger evidence = new AtomicInteger();
    private final List<Throwable> uncaught = new CopyOnWriteArrayList<>();
    private final AtomicLong firstNanos = new AtomicLong();
    private final List<MqClient> clients = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedDeque<Destination<?>> made = new ConcurrentLinkedDeque<>();
    private final List<Runnable> atEnd = new CopyOnWriteArrayList<>();
    private final List<Mortal> mortals = new CopyOnWriteArrayList<>();
    private volatile boolean over;
    private final Waiting waiting;
    private @Nullable TckBroker broker;
    private @Nullable Faults faults;
    private @Nullable MqClient client;

    Tck(TckRun run, String caseId) {
        this.run = run;
        this.caseId = caseId;
        this.waiting = new Waiting(run, () -> broker().time().orElse(null));
    }

    // ---- the broker and its clients

    /** The broker of this case. */
    TckBroker broker() {
        TckBroker open = broker;
        if (open == null) {
            open = run.openBroker();
            broker = open;
        }
        return open;
    }

    /** Has the case run against a broker that it may break. */
    void breaks(BrokerControl control) {
        broker = control;
        faults = new Faults(control, history, run.slowness());
    }

    /** What the case may do to its broker; only cases with faults may. */
    Faults faults() {
        return java.util.Objects.requireNonNull(faults, "faults");
    }

    /** One more client that may die at any moment. */
    Mortal mortal() {
        return mortal(Mortal.noStore());
    }

    /** One more client that may die at any moment, and asks this store. */
    Mortal mortal(IdempotencyStore store) {
        String id = "mortal-" + run.id() + "-" + names.incrementAndGet();
        Mortal mortal = run.kind() == BrokerKind.IN_PROCESS
                ? Mortal.within(this, id, store, broker().uri(), faults()::crash)
                : Mortal.fork(this, id, store, broker().uri());
        mortals.add(mortal);
        return mortal;
    }

    /** The client of this case, connected with all defaults. */
    MqClient client() {
        MqClient open = client;
        if (open == null) {
            open = newClient();
            client = open;
        }
        return open;
    }

    /** One more client with all defaults. */
    MqClient newClient() {
        return newClient(UnaryOperator.identity());
    }

    /** One more client, configured by the case. */
    MqClient newClient(UnaryOperator<MqClient.Builder> configured) {
        MqClient open = configured
                .apply(MqClient.builder(broker().uri()).listener(history))
                .connect();
        clients.add(open);
        return open;
    }

    /** One more client, whose transport says of itself what the case wants, and counts its calls. */
    MqClient through(Pretence pretence) {
        MqClient open =
                MqClient.builder(pretence.uri(broker().uri())).listener(history).connect();
        clients.add(open);
        return open;
    }

    /** Chance that is the same again with the seed of the run; for cases that say so. */
    Random random() {
        Method method = CaseMethods.methods().get(caseId);
        if (method == null || !CaseMethods.of(method).draws()) {
            throw new IllegalStateException(caseId + " does not say that it draws what it does");
        }
        return new Random(run.settings().seed() * 31 + caseId.hashCode());
    }

    /** Who has the broker: for other ways to it. */
    MqTckProvider provider() {
        return run.provider();
    }

    /** What the broker says of itself. */
    dev.transload.mq.Explanation explanation() {
        return run.explanation();
    }

    // ---- destinations of its own

    /** A portable name that no other case uses. */
    String name() {
        return "tck-" + run.id() + "." + caseId.toLowerCase(Locale.ROOT) + "." + names.incrementAndGet();
    }

    /** A queue of text that no other case uses. */
    Queue<String> queue() {
        return queue(String.class);
    }

    /** A queue that no other case uses. */
    <T> Queue<T> queue(Class<T> type) {
        return remove(Queue.of(name(), type));
    }

    /** An ordered queue of text that no other case uses. */
    Queue<String> orderedQueue() {
        return remove(Queue.of(name(), String.class).ordered());
    }

    /** A topic of text that no other case uses. */
    Topic<String> topic() {
        return remove(Topic.of(name(), String.class));
    }

    /** Has a destination removed when the case ends. */
    <T, D extends Destination<T>> D remove(D destination) {
        made.push(destination);
        return destination;
    }

    // ---- handlers

    /** A handler that succeeds, and remembers. */
    <T> Seen<T> seen() {
        return seen(delivery -> {});
    }

    /** A handler that remembers each call, then does as told. */
    <T> Seen<T> seen(MessageHandler<T> handler) {
        return new Seen<>(this, handler);
    }

    /** An asynchronous handler that keeps what it gets until the case lets it go. */
    <T> Held<T> held() {
        Held<T> handler = new Held<>(this);
        atEnd.add(handler::succeedAll);
        return handler;
    }

    /** A latch that opens at the end of the case at the latest, so that no handler is left behind it. */
    CountDownLatch latch() {
        CountDownLatch latch = new CountDownLatch(1);
        atEnd.add(latch::countDown);
        return latch;
    }

    /** Sends a message and waits until it is handled: what was before it in the same line has been handed out. */
    void fence(Queue<String> queue, Seen<String> seen) {
        String id = client().send(queue, "fence");
        until("the fence is handled", () -> seen.ids().contains(id));
    }

    // ---- load that is judged

    /** Load on a destination, written down so that it can be judged. */
    Traffic traffic(Destination<String> destination) {
        return new Traffic(this, destination, ids() + names.incrementAndGet() + "-");
    }

    /** Does something in many threads at once, each with its number, and waits for them. */
    void together(int threads, IntConsumer what) {
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int number = i;
            CompletableFuture<Void> end = new CompletableFuture<>();
            ends.add(end);
            Thread thread = new Thread(
                    () -> {
                        try {
                            what.accept(number);
                            end.complete(null);
                        } catch (Throwable e) {
                            end.completeExceptionally(e);
                        }
                    },
                    "tck-" + caseId + "-" + number);
            thread.setDaemon(true);
            thread.start();
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(ends.toArray(new CompletableFuture<?>[0]));
        if (broker().time().isPresent()) {
            until("the threads of the case end", all::isDone);
        }
        all.join();
    }

    /** Beginning of the ids of recorded sends. */
    String ids() {
        return Judge.KIT + run.id() + ":" + caseId + ":";
    }

    /** What a queue of this case promises on this broker. */
    Judge judge(Queue<?> queue) {
        return promised(Judge.of(queue));
    }

    /** What a group of this case promises on this broker. */
    Judge judge(Group<?> group) {
        return promised(Judge.of(group));
    }

    private Judge promised(Judge judge) {
        return judge.ids(ids())
                .exact(exact("attempts"))
                .within(Declared.unseenAttempts(this), Declared.supposedAttempts(this))
                .slower(run.timeScale());
    }

    /** Whether the product says that it counts this exactly. */
    boolean exact(String feature) {
        return explanation().feature(feature).how().toLowerCase(Locale.ROOT).startsWith("exact");
    }

    /** Whether the product says that consumers have whole lanes of a queue: what waits behind a message is its holder's. */
    boolean sharedByLanes() {
        return explanation().feature("queues").how().startsWith("BY LANES");
    }

    /** Whether messages of what is not ordered may come in any order, though nothing fails. */
    boolean inAnyOrder() {
        return explanation().feature("queues").how().startsWith("IN ANY ORDER");
    }

    /** Options that keep sends in order where none was declared: on brokers with several lanes they name one. */
    SendOptions.Settings inOneLane() {
        return sharedByLanes() ? SendOptions.key("lane") : SendOptions.none();
    }

    // ---- time

    /** Waits until something is so; virtual time moves on meanwhile. Fails after the longest wait. */
    void until(String what, BooleanSupplier condition) {
        waiting.until(what, condition);
    }

    /** As {@link #until(String, BooleanSupplier)}, for what takes the longer the more there is to do. */
    void until(String what, BooleanSupplier condition, LongSupplier progress) {
        waiting.until(what, condition, progress);
    }

    /** Whether something becomes so in the time that it takes where it works, several times over. */
    boolean soon(BooleanSupplier condition) {
        return waiting.soon(condition);
    }

    /** Keeps a handler busy, as work does; real time passes. */
    void busy(Duration span) {
        long until = System.nanoTime() + span.toNanos();
        while (System.nanoTime() < until) {
            Thread.onSpinWait();
        }
    }

    /** How long a refusal may take. */
    Duration prompt() {
        return PROMPT.multipliedBy(run.slowness());
    }

    /** Waits for a future's value or failure; virtual time moves on meanwhile. */
    <T> CompletableFuture<T> ended(String what, CompletableFuture<T> future) {
        return waiting.ended(what, future);
    }

    /** Lets time pass: for what must not happen, or for what may happen only later. */
    void elapse(Duration span) {
        waiting.elapse(span);
    }

    /** Milliseconds that only grow, virtual or real: for spans. */
    long millis() {
        return broker().time().map(time -> time.clock().millis()).orElseGet(() -> System.nanoTime() / 1_000_000);
    }

    // On the clock of the case, from its first event on.
    private long nanos() {
        TckBroker open = broker;
        Long virtual = open == null
                ? null
                : open.time().map(time -> time.clock().millis() * 1_000_000).orElse(null);
        long now = virtual == null ? System.nanoTime() : virtual;
        firstNanos.compareAndSet(0, now);
        return now - firstNanos.get();
    }

    /** The clock of the broker and its clients. */
    Clock clock() {
        return broker().time().map(TckTime::clock).orElseGet(Clock::systemUTC);
    }

    /** Has the broker and the client make what they make with the first delay, so that it is not measured. */
    void warmUpDelays() {
        if (explanation().feature(Feature.DELAY.explained()).support()
                == dev.transload.mq.Explanation.Support.REFUSED) {
            return;
        }
        Queue<String> queue = queue();
        Seen<String> seen = seen();
        client().subscribe(queue, seen);
        client().send(queue, "warm up", SendOptions.delay(Duration.ofMillis(300)));
        seen.await(1);
    }

    /** How late something may be that is due after the span: 1 s and 1 %; on a real clock, 1 s more for the machine. */
    long lateness(Duration span) {
        long machine = broker().time().isPresent() ? 0 : 1_000;
        return (long) ((1_000 + machine + span.toMillis() / 100) * run.timeScale());
    }

    // ---- what the case showed

    /** Counts something that was shown. */
    void evidence() {
        evidence.incrementAndGet();
    }

    /** Shows that a call is refused at once, with that exception and all of those texts in it. Returns the exception. */
    <E extends Throwable> E refused(Class<E> type, ThrowingCallable call, String... texts) {
        client(); // connecting is not a part of the refusal
        Duration limit = PROMPT.multipliedBy(run.slowness());
        Throwable thrown = new AssertionError("not called");
        Duration best = limit;
        // A machine that was busy elsewhere for a moment gets two more chances; a refusal that waits uses them up.
        for (int i = 0; i < 3 && best.compareTo(limit) >= 0; i++) {
            long before = System.nanoTime();
            thrown = org.assertj.core.api.Assertions.catchThrowable(call);
            Duration took = Duration.ofNanos(System.nanoTime() - before);
            best = i == 0 || took.compareTo(best) < 0 ? took : best;
            assertThat(thrown).as("what is refused").isInstanceOf(type);
        }
        for (String text : texts) {
            assertThat(thrown).hasMessageContaining(text);
        }
        assertThat(best).as("a refusal is immediate").isLessThan(limit);
        evidence();
        return type.cast(thrown);
    }

    /** Something of the case was called elsewhere than by a recorded handler. */
    void called(String line) {
        history.add(line);
        called();
    }

    /** A handler was called: that counts as evidence, and virtual time looks again. */
    void called() {
        evidence();
        waiting.called();
    }

    /** Takes note of what nobody caught on a thread of this case; false if the case is over. */
    boolean uncaught(Thread thread, Throwable thrown) {
        history.add("uncaught on " + thread.getName() + ": " + thrown);
        uncaught.add(thrown);
        return !over;
    }

    /** Ends the case; fails if a thread of it ended by what nobody caught. */
    void requireQuiet() {
        over = true;
        if (!uncaught.isEmpty()) {
            throw new AssertionError("a thread of this case ended by what nobody caught", uncaught.get(0));
        }
    }

    int evidenceCount() {
        return evidence.get();
    }

    History history() {
        return history;
    }

    /** Ends what is still open and removes what was made; then no thread of a client may be left. */
    void close() {
        atEnd.forEach(Runnable::run);
        if (broker == null) {
            return;
        }
        if (faults != null) {
            faults.undo();
        }
        mortals.forEach(Mortal::close);
        List<String> ids = new ArrayList<>();
        mortals.forEach(mortal -> ids.add(mortal.id()));
        for (MqClient open : clients) {
            ids.add(open.clientId());
            open.close(run.longestWait().compareTo(MOST_TO_CLOSE) < 0 ? run.longestWait() : MOST_TO_CLOSE);
        }
        if (!made.isEmpty() && broker().time().isEmpty()) {
            try (MqClient cleaner = MqClient.connect(broker().uri())) {
                made.forEach(cleaner.admin()::delete);
            }
        }
        broker().close();
        await("no thread of a closed client is left")
                .atMost(run.longestWait())
                .pollDelay(Duration.ZERO)
                .untilAsserted(() -> assertThat(Threads.of(ids)).isEmpty());
    }
}

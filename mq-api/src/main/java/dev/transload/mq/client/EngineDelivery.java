package dev.transload.mq.client;

import dev.transload.mq.Delivery;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.Message;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.TimeSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A delivery inside the engine: what the handler sees, what the transport tells of its settle, and its place in the
 * flow's lists, in one object.
 *
 * <p>Three parties race for it: the handler's end, the loss of the lease, and the close. {@code state} decides by
 * compare-and-set; who loses reports and never calls the broker. Fields marked so are guarded by the flow's lock, the
 * others belong to the thread that runs the delivery.
 *
 * @param <T> type of the payload
 */
final class EngineDelivery<T> extends KeyLanes.Item<EngineDelivery<T>> implements Delivery<T>, Answerable, Completion {

    /** In the flow, not started. */
    static final int QUEUED = 0;
    /** Its handler runs, or ran and left it open to be settled by hand. */
    static final int RUNNING = 1;
    /** Unsettled, waiting for a retry or for someone else's claim to end. */
    static final int HELD = 2;
    /** Someone settles it; nobody else may. */
    static final int SETTLING = 3;
    /** The transport has the settle. */
    static final int SETTLED = 4;
    /** Someone else may have the message. */
    static final int LOST = 5;

    /** Stands for the time of what has not begun. */
    static final long NOT_BEGUN = Long.MIN_VALUE;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(EngineDelivery.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final SubscriptionFlow<T> flow;
    private final Incoming incoming;
    private final Message message;
    final long arrivedNanos;

    @SuppressWarnings("unused") // through STATE
    private volatile int state;

    /** Guarded: neighbours in the list of what the flow has. */
    @Nullable
    EngineDelivery<T> previous;

    @Nullable
    EngineDelivery<T> next;
    /** Guarded: the thread in the handler, to be interrupted. */
    @Nullable
    Thread worker;
    /** Guarded: whether the worker was interrupted for this delivery. */
    boolean interrupted;
    /** Guarded: whether the lane of its key still waits for it. */
    boolean inLanes = true;
    /** Guarded: whether the transport has said that it is lost, in whatever state it was then. */
    boolean gone;
    /** Guarded: last renewal of the lease. */
    long renewedNanos;
    /** When the handler of this run began, or {@link #NOT_BEGUN}. */
    long startedNanos = NOT_BEGUN;
    /** Of the worker: whether its flow still waits for the handler to begin, or not to. */
    boolean starting;
    /** Written guarded: number of this run; rises when it runs again in its place. */
    private int run;
    /** Guarded: its wait ended before its last handler did, which comes first. */
    boolean due;
    /** Whether a close interrupted the handler. */
    volatile boolean cutShort;
    /** Whether it was taken from its first handler, which had not settled it. */
    private volatile boolean taken;
    /** What the handler of the present run holds if it is not the first; that of an earlier run settles nothing. */
    private volatile @Nullable Rerun<T> rerun;
    /** Of the worker: whether a handler was called before. */
    private boolean handed;
    /** What is left to do with it after a handler that is not to be called again. */
    @Nullable
    Runnable unfinished;
    /** Failures known to this process beyond those the broker tells. */
    int heldFailures;
    /** When the first failure that this process knows of was, in milliseconds since 1970; 0 for none. */
    long firstFailureMillis;
    /** Whether it runs alone under a mark in the ledger. */
    boolean marked;
    /** Token of the idempotency claim, its key, and what renews it. */
    volatile @Nullable String claimToken;

    TimeSource.@Nullable Timer claimRenewal;

    @Nullable
    String claimKey;

    private int attempt = 1;
    private @Nullable T payload;

    EngineDelivery(SubscriptionFlow<T> flow, Incoming incoming, long nowNanos) {
        this.flow = flow;
        this.incoming = incoming;
        this.message = incoming.message();
        this.arrivedNanos = nowNanos;
        this.renewedNanos = nowNanos;
    }

    /** Not now: waits and is handled again, which counts as nothing. */
    void giveBack(Duration wait) {
        flow.outcomes().giveBack(this, wait);
    }

    boolean isOf(SubscriptionFlow<?> other) {
        return flow == other;
    }

    int state() {
        return (int) STATE.getVolatile(this);
    }

    /** Whether the broker still waits for its settle. */
    boolean isUnsettled() {
        return state() <= SETTLING;
    }

    /** Moves it to a worker for one more run. With the flow's lock held. */
    void run(Thread thread) {
        run++;
        startedNanos = NOT_BEGUN;
        starting = true;
        worker = thread;
        move(QUEUED, RUNNING);
    }

    int run() {
        return run;
    }

    /** Whether it still is in the run of that number. */
    boolean isInRun(int number) {
        return state() >= QUEUED && run == number; // whoever sees the state of a run sees its number
    }

    boolean move(int from, int to) {
        return STATE.compareAndSet(this, from, to);
    }

    /** Takes it from the handler that runs, or that left it open: what that one does from now on is refused. */
    boolean take() {
        if (!move(RUNNING, SETTLING)) {
            return false;
        }
        Rerun<T> later = rerun;
        if (later == null) {
            taken = true;
        } else {
            later.taken();
        }
        return true;
    }

    /** What the handler of this run is given: the first has the delivery itself. */
    Delivery<T> hand() {
        if (!handed) {
            handed = true;
            return this;
        }
        Rerun<T> later = new Rerun<>(this);
        rerun = later;
        return later;
    }

    Incoming incoming() {
        return incoming;
    }

    void decoded(T value) {
        this.payload = value;
    }

    void attempt(int number) {
        this.attempt = number;
    }

    @Override
    @Nullable
    String orderKey() {
        return message.key();
    }

    @Override
    public String id() {
        return message.id();
    }

    @Override
    public T payload() {
        T value = payload;
        if (value == null) {
            throw new IllegalStateException("the payload is not decoded yet");
        }
        return value;
    }

    /** For the application, which may keep it for as long as it likes: it has its own bytes and refers to no others. */
    @Override
    public Message message() {
        byte[] own = message.body();
        assert own != null;
        return message;
    }

    @Override
    public Message stored() {
        return message;
    }

    @Override
    public Optional<String> key() {
        return Optional.ofNullable(message.key());
    }

    @Override
    public Map<String, String> headers() {
        return message.headers();
    }

    @Override
    public String destination() {
        String sentTo = message.annotations().get(Annotations.DESTINATION);
        if (sentTo != null) {
            return sentTo;
        }
        return flow.destination(incoming);
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public boolean redelivered() {
        return attempt > 1 || incoming.brokerCount() > 1 || incoming.mayHaveBegun();
    }

    @Override
    public Instant leaseUntil() {
        return flow.leaseUntil(this);
    }

    @Override
    public boolean leaseLost() {
        return leaseLost(null);
    }

    boolean leaseLost(@Nullable Rerun<T> holder) {
        return (holder == rerun && state() == LOST) || (holder == null ? taken : holder.isTaken());
    }

    @Override
    public long fence() {
        return incoming.fence();
    }

    @Override
    public void ack() {
        ack(null);
    }

    @Override
    public void retry(Duration delay) {
        retry(null, delay);
    }

    @Override
    public void deadLetter(String reason) {
        deadLetter(null, reason);
    }

    @Override
    public void discard() {
        discard(null);
    }

    @Override
    public boolean answer(Place to, Message reply, Runnable nobody) {
        return answer(null, to, reply, nobody);
    }

    boolean answer(@Nullable Rerun<T> holder, Place to, Message reply, Runnable nobody) {
        Outcomes<T> outcomes = flow.outcomes();
        if (!outcomes.answersInOneStep()) {
            return false;
        }
        claimSettle(holder);
        outcomes.answer(new Answer<>(outcomes, this, to, reply, nobody));
        return true;
    }

    void ack(@Nullable Rerun<T> holder) {
        claimSettle(holder);
        flow.outcomes().acknowledge(this, true);
    }

    void retry(@Nullable Rerun<T> holder, Duration delay) {
        Duration wait = delay.isNegative() ? Duration.ZERO : delay;
        flow.outcomes().retries().requireDelay(wait);
        claimSettle(holder);
        flow.outcomes().retryByHand(this, wait);
    }

    void deadLetter(@Nullable Rerun<T> holder, String reason) {
        if (reason.isBlank()) {
            throw new IllegalArgumentException("reason must not be blank");
        }
        claimSettle(holder);
        flow.outcomes().deadLetterByHand(this, reason);
    }

    void discard(@Nullable Rerun<T> holder) {
        claimSettle(holder);
        flow.outcomes().discard(this, "by the handler");
    }

    private void claimSettle(@Nullable Rerun<T> holder) {
        if (holder != rerun || !move(RUNNING, SETTLING)) {
            if (leaseLost(holder)) {
                throw new LeaseLostException(
                        "delivery of " + message.id() + " from " + flow.source() + " was lost before it was settled",
                        null);
            }
            throw new IllegalStateException("delivery of " + message.id() + " is settled already");
        }
    }

    /** The transport has passed the settle on. */
    @Override
    public void done() {
        STATE.setVolatile(this, SETTLED);
        flow.settleEnded();
    }

    /** The settle did not reach the broker: the message may come again. */
    @Override
    public void failed(Throwable cause) {
        STATE.setVolatile(this, LOST);
        flow.settleFailed(this, cause);
    }

    long unsettledNanos(long now) {
        return now - arrivedNanos;
    }

    /** Time the handler has taken so far. */
    Duration handling(long now) {
        return Duration.of(now - startedNanos, TimeUnit.NANOSECONDS.toChronoUnit());
    }

    @Override
    public String toString() {
        return "Delivery[" + LogText.of(message.id()) + " from " + flow.source() + ", attempt " + attempt + "]";
    }
}

package dev.transload.mq.client;

import dev.transload.mq.CloseReport;
import dev.transload.mq.Health;
import dev.transload.mq.Subscription;
import dev.transload.mq.spi.Receiver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an application holds of a flow, and how the flow ends: stop intake, give back what was not started, let
 * handlers finish until the deadline, interrupt them, flush settles, leave the broker.
 *
 * <p>Thread-safe. The first caller of close does it, others wait for its report. A close from inside one of the flow's
 * own handlers leaves that delivery out: it returns when all else is done, and the receiver is closed when that handler
 * has returned and its settle is handed over.
 */
final class ClientSubscription implements Subscription {

    private static final Logger LOG = LoggerFactory.getLogger(ClientSubscription.class);
    private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final SubscriptionFlow<?> flow;
    private final Lock closing = new ReentrantLock();
    private final CompletableFuture<Void> left = new CompletableFuture<>();
    private @Nullable CloseReport report;

    ClientSubscription(SubscriptionFlow<?> flow) {
        this.flow = flow;
    }

    SubscriptionFlow<?> flow() {
        return flow;
    }

    /** Completes when the receiver is closed and no worker is left. */
    CompletableFuture<Void> left() {
        return left;
    }

    /** The flow has ended by itself: there is nothing to drain. */
    void ended() {
        left.complete(null);
    }

    /** Whether it ended by itself, closed since or not. */
    boolean endedByItself() {
        State state = flow.state();
        return state == State.FAILED || (state == State.CLOSED && left.isDone());
    }

    @Override
    public String source() {
        return flow.source();
    }

    @Override
    public State state() {
        return flow.state();
    }

    @Override
    public void pause() {
        flow.pause();
    }

    @Override
    public void resume() {
        flow.resume();
    }

    @Override
    public Health health() {
        return flow.health();
    }

    @Override
    public void close() {
        close(DEFAULT_DEADLINE);
    }

    @Override
    public CloseReport close(Duration deadline) {
        if (deadline.isNegative()) {
            throw new IllegalArgumentException("deadline must not be negative, was " + deadline);
        }
        EngineDelivery<?> own = DeliveryPipeline.current();
        if (own != null && !own.isOf(flow)) {
            own = null;
        }
        closing.lock();
        try {
            if (report == null) {
                report = drain(flow.drain(), own, System.nanoTime() + deadline.toNanos());
            }
            return report;
        } finally {
            closing.unlock();
        }
    }

    private <T> CloseReport drain(FlowDrain<T> drain, @Nullable EngineDelivery<?> own, long deadline) {
        int but = own == null ? 0 : 1;
        Receiver receiver = drain.begin();
        if (receiver == null) {
            drain.end();
            left.complete(null);
            return new CloseReport(true, 0, 0, 0, List.of(), 0);
        }
        int before = drain.running() - but;
        await("stop", receiver.stop(), deadline);
        List<EngineDelivery<T>> unstarted = drain.takeUnstarted();
        unstarted.forEach(drain.outcomes()::giveBackUnstarted);
        int ran = Math.max(before, drain.running() - but); // some may have ended while it stopped
        boolean quiet = drain.awaitQuiet(but, deadline);
        List<EngineDelivery<T>> stuck = List.of();
        if (!quiet) {
            stuck = drain.interruptRunning(own);
            drain.awaitQuiet(but, System.nanoTime() + GRACE.toNanos());
            stuck.forEach(drain.outcomes()::giveBackRunning);
        }
        if (own == null) {
            leave(drain, receiver, 0, deadline + GRACE.toNanos());
        } else {
            drain.whenQuiet(() -> leave(drain, receiver, 1, System.nanoTime() + DEFAULT_DEADLINE.toNanos()));
        }
        List<String> unknown = drain.ackUnknown();
        boolean clean = quiet && unknown.isEmpty();
        return new CloseReport(clean, Math.max(0, ran - stuck.size()), unstarted.size(), stuck.size(), unknown, 0);
    }

    private void leave(FlowDrain<?> drain, Receiver receiver, int ownWorkers, long deadline) {
        Duration rest = Duration.ofNanos(Math.max(GRACE.toNanos(), deadline - System.nanoTime()));
        await("close", receiver.close(rest), System.nanoTime() + rest.toNanos());
        drain.end();
        drain.awaitWorkersGone(ownWorkers, deadline);
        left.complete(null);
    }

    private void await(String step, CompletableFuture<Void> done, long deadline) {
        try {
            done.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("{} of the subscription to {} was not confirmed: {}", step, source(), LogText.of(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

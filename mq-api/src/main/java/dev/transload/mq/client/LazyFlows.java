package dev.transload.mq.client;

import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flows of the engine's own over places that exist only when they are needed: suspects, delay lanes, relays. Nothing is
 * at the broker before someone puts a message there; whether another client has done so is asked when a place is first
 * watched and every half minute after that. Once it exists, this client receives from it until it is forgotten.
 *
 * <p>Thread-safe. Starting a flow blocks for the broker and has a thread of its own. A flow is known here before it
 * receives anything, so that {@link #forget} and {@link #close} find it however far its start has come.
 */
final class LazyFlows {

    private static final Logger LOG = LoggerFactory.getLogger(LazyFlows.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(30);

    private final Engine engine;
    private final Lock lock = new ReentrantLock();
    private final Map<Place, Supplier<Plan>> watched = new HashMap<>();
    private final Map<Place, ClientSubscription> flows = new HashMap<>();
    private final Set<Thread> starters = new HashSet<>();
    private boolean closed;

    LazyFlows(Engine engine) {
        this.engine = engine;
    }

    /**
     * How a flow is made once its place exists.
     *
     * @param spec what it does
     * @param receive where it gets its messages from
     */
    record Plan(FlowSpec<?> spec, ReceiveSpec receive) {}

    /** Receives from the place as soon as it exists. Returns at once; false if it was watched already. */
    boolean watch(Place place, Supplier<Plan> plan) {
        return watch(List.of(place), any -> plan.get());
    }

    /**
     * Receives from places that all exist or none does, as soon as the first of them exists. Returns at once; false if
     * that was watched already.
     */
    boolean watch(List<Place> places, Function<Place, Plan> plan) {
        lock.lock();
        try {
            if (closed || watched.containsKey(places.get(0))) {
                return false;
            }
            places.forEach(place -> watched.putIfAbsent(place, () -> plan.apply(place)));
        } finally {
            lock.unlock();
        }
        lookAndAgain(places);
        return true;
    }

    private void lookAndAgain(List<Place> places) {
        if (places.stream().noneMatch(this::isWanted)) {
            return;
        }
        Waits.whenDone(engine.transport().admin().depth(places.get(0)), (depth, e) -> {
            if (e == null && depth.isPresent()) {
                places.forEach(this::look);
            } else {
                engine.time().schedule(LOOK_EVERY, () -> lookAndAgain(places));
            }
        });
    }

    private boolean isWanted(Place place) {
        lock.lock();
        try {
            return !closed && watched.containsKey(place) && !flows.containsKey(place);
        } finally {
            lock.unlock();
        }
    }

    /** There is something at the place: starts to receive it, unless that has begun. Returns at once. */
    void look(Place place) {
        if (!isWanted(place)) {
            return;
        }
        // A virtual clock must not run away from a start that is on its way.
        engine.time().workBegan();
        Thread starter = HandlerThreads.named(engine.clientId(), place.name() + "-start", false)
                .newThread(() -> start(place));
        if (!remember(starter)) {
            engine.time().workEnded();
            return;
        }
        starter.start();
    }

    private boolean remember(Thread starter) {
        lock.lock();
        try {
            return !closed && starters.add(starter);
        } finally {
            lock.unlock();
        }
    }

    private void start(Place place) {
        ClientSubscription flow = null;
        try {
            answered("declare " + place.name(), engine.declared(place));
            Plan plan = plan(place);
            if (plan != null) {
                flow = register(place, engine.prepare(plan.spec()));
                if (flow != null) {
                    SubscriptionFlow<?> opened = flow.flow();
                    opened.attach(answered("subscribe to " + opened.source(), engine.receiver(plan.receive(), opened)));
                }
            }
        } catch (RuntimeException e) {
            if (unregister(place, flow)) {
                LOG.warn("what is at {} waits: {}", place.name(), LogText.of(e));
                engine.time().schedule(LOOK_EVERY, () -> look(place));
            }
        } finally {
            forgetStarter();
            engine.time().workEnded();
        }
    }

    // A broker that does not answer at once may do so only when time goes on, so to wait for it is no work.
    private <V> V answered(String what, CompletableFuture<V> answer) {
        AtomicBoolean waits = new AtomicBoolean(true);
        CompletableFuture<V> seen = answer.whenComplete((value, failure) -> endWait(waits));
        engine.time().workEnded();
        try {
            return Waits.join(what, seen, engine.settings().sendTimeout());
        } finally {
            endWait(waits);
        }
    }

    private void endWait(AtomicBoolean waits) {
        if (waits.compareAndSet(true, false)) {
            engine.time().workBegan();
        }
    }

    private @Nullable Plan plan(Place place) {
        Supplier<Plan> maker;
        lock.lock();
        try {
            maker = watched.get(place);
        } finally {
            lock.unlock();
        }
        return maker == null ? null : maker.get();
    }

    // Returns null if nobody wants it any more, or another has begun.
    private @Nullable ClientSubscription register(Place place, ClientSubscription flow) {
        lock.lock();
        try {
            boolean wanted = !closed && watched.containsKey(place) && flows.putIfAbsent(place, flow) == null;
            return wanted ? flow : null;
        } finally {
            lock.unlock();
        }
    }

    // Returns whether the place should be looked at again.
    private boolean unregister(Place place, @Nullable ClientSubscription flow) {
        lock.lock();
        try {
            if (flow != null) {
                flows.remove(place, flow);
            }
            return !closed && watched.containsKey(place);
        } finally {
            lock.unlock();
        }
    }

    private void forgetStarter() {
        lock.lock();
        try {
            starters.remove(Thread.currentThread());
        } finally {
            lock.unlock();
        }
    }

    /** Nobody here handles what is at the place any more. */
    void forget(Place place) {
        ClientSubscription flow;
        lock.lock();
        try {
            flow = watched.remove(place) == null ? null : flows.remove(place);
        } finally {
            lock.unlock();
        }
        if (flow != null) {
            flow.close();
        }
    }

    /** Stops looking, and starting; returns what must be closed. */
    List<ClientSubscription> close() {
        lock.lock();
        try {
            closed = true;
            watched.clear();
            starters.forEach(Thread::interrupt);
            return new ArrayList<>(flows.values());
        } finally {
            lock.unlock();
        }
    }
}

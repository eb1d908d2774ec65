package dev.transload.mq.client;

import dev.transload.mq.ClientClosedException;
import dev.transload.mq.CloseReport;
import dev.transload.mq.Message;
import dev.transload.mq.MqListener;
import dev.transload.mq.MqObserver;
import dev.transload.mq.Shape;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.TimeSource;
import dev.transload.mq.spi.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The inside of one client: the open transport and the parts that share it, from the connection to the end.
 *
 * <p>Thread-safe. Owns the timer and completion threads; each flow owns its workers.
 */
final class Engine implements EngineContext {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    private final EngineSettings settings;
    private final Transport transport;
    private final SystemTime system;
    private final TimeSource time;
    private final Events events;
    private final Completions completions;
    private final Declarations declarations;
    private final Sends sends;
    private final DelayRoutes delays;
    private final RequestReplies requests;
    private final Set<ClientSubscription> subscriptions = ConcurrentHashMap.newKeySet();
    private final LazyFlows lazyFlows;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CompletableFuture<CloseReport> closeReport = new CompletableFuture<>();
    private final ConnectionState connection;

    Engine(
            EngineSettings settings,
            Transport transport,
            SystemTime system,
            ConnectionState connection,
            List<MqListener> listeners,
            MqObserver observer) {
        this.settings = settings;
        this.transport = transport;
        this.system = system;
        this.connection = connection;
        this.time = transport.time().orElse(system);
        this.events = new Events(listeners, observer, this::complete);
        this.completions = new Completions(settings.clientId());
        this.declarations = new Declarations(transport, settings.topology());
        this.sends = new Sends(transport, time, events, this::complete, this::completeSoon, declarations, settings);
        this.requests = new RequestReplies(this);
        this.lazyFlows = new LazyFlows(this);
        this.delays = new DelayRoutes(this);
        connection.onChange(this::connectionChanged);
    }

    EngineSettings settings() {
        return settings;
    }

    Sends sends() {
        return sends;
    }

    RequestReplies requests() {
        return requests;
    }

    DelayRoutes delays() {
        return delays;
    }

    LazyFlows lazyFlows() {
        return lazyFlows;
    }

    ConnectionState connection() {
        return connection;
    }

    Set<ClientSubscription> subscriptions() {
        return subscriptions;
    }

    @Override
    public Transport transport() {
        return transport;
    }

    @Override
    public TimeSource time() {
        return time;
    }

    @Override
    public Events events() {
        return events;
    }

    @Override
    public String clientId() {
        return settings.clientId();
    }

    @Override
    public CompletableFuture<Void> declared(Place place) {
        if (needsLanes(place)) {
            return CompletableFuture.allOf(
                    PriorityLanes.of(place).stream().map(declarations::declared).toArray(CompletableFuture<?>[]::new));
        }
        return declarations.declared(place);
    }

    private boolean needsLanes(Place place) {
        return place.shape().priorities() > 1
                && PriorityLanes.needed(place.shape(), transport.capabilities(place.shape()));
    }

    @Override
    public void deleted(Place place) {
        declarations.forget(place);
    }

    boolean isDeclared(Place place) {
        return declarations.isDeclared(place);
    }

    @Override
    public CompletableFuture<Void> sendInternal(Place to, Message message, long delayMillis) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        DelayRoutes.Route route = delays.route(to, message, delayMillis);
        Waits.whenDone(declared(route.to()), (made, e) -> {
            if (e != null) {
                result.completeExceptionally(e);
                return;
            }
            try {
                Waits.whenDone(sends.sendInternal(route.to(), route.message(), route.delayMillis()), (id, failure) -> {
                    if (failure == null) {
                        delays.sent(route.to());
                        result.complete(null);
                    } else {
                        result.completeExceptionally(failure);
                    }
                });
            } catch (ClientClosedException refused) {
                result.completeExceptionally(refused);
            }
        });
        return result;
    }

    @Override
    public void complete(Runnable task) {
        completions.run(timed(task));
    }

    private void completeSoon(Runnable task) {
        completions.runSoon(timed(task));
    }

    // A virtual clock stands still until the task has run.
    private Runnable timed(Runnable task) {
        if (transport.time().isEmpty()) {
            return task;
        }
        time.workBegan();
        return () -> {
            try {
                task.run();
            } finally {
                time.workEnded();
            }
        };
    }

    @Override
    public Duration maxDelay(Capabilities capable) {
        return delays.maxDelay(capable);
    }

    @Override
    public void suspectsAt(Place place) {
        lazyFlows.look(place);
    }

    /** Starts a subscription of the application; blocks until every message sent from now on will be received. */
    <T> ClientSubscription subscribe(FlowSpec<T> spec, ReceiveSpec receive) {
        requireOpen("subscribe to " + spec.source());
        ClientSubscription subscription = start(spec, receive);
        subscriptions.removeIf(old -> old.endedByItself() && old.source().equals(subscription.source()));
        subscriptions.add(subscription);
        if (closed.get()) {
            subscription.close(Duration.ZERO);
            requireOpen("subscribe to " + spec.source());
        }
        return subscription;
    }

    /** Starts a flow of the application's; blocks for the broker. */
    private <T> ClientSubscription start(FlowSpec<T> spec, ReceiveSpec receive) {
        ClientSubscription subscription = prepare(spec);
        SubscriptionFlow<?> flow = subscription.flow();
        flow.attach(Waits.join("subscribe to " + flow.source(), receiver(receive, flow), settings.sendTimeout()));
        return subscription;
    }

    /** A flow that receives nothing yet; it can be closed, before and while it is opened. */
    <T> ClientSubscription prepare(FlowSpec<T> spec) {
        java.util.concurrent.ThreadFactory threads =
                HandlerThreads.named(clientId(), spec.place().name(), settings.virtualThreads());
        ClientSubscription[] self = new ClientSubscription[1];
        SubscriptionFlow<T> flow = new SubscriptionFlow<>(this, spec, threads, () -> self[0].ended());
        ClientSubscription subscription = new ClientSubscription(flow);
        self[0] = subscription;
        return subscription;
    }

    /** Has the broker hand out to a sink what is at a place. */
    CompletableFuture<Receiver> receiver(ReceiveSpec receive, Sink sink) {
        return needsLanes(receive.from())
                ? PriorityLanes.receive(transport, receive, sink)
                : transport.receive(receive, sink);
    }

    void requireOpen(String what) {
        if (closed.get()) {
            throw new ClientClosedException("client is closed: cannot " + what, null);
        }
    }

    private void connectionChanged(boolean up, String why) {
        if (up) {
            events.count(MqObserver.Event.RECONNECTED, settings.uri().scheme());
            events.tellElsewhere(MqListener::reconnected);
        } else {
            LOG.warn("connection lost, reconnecting: {}", why);
            events.tellElsewhere(l -> l.reconnecting(why));
            requests.connectionLost();
        }
    }

    /** Closes everything within the deadline; the first caller does it, others get its report. */
    CloseReport close(Duration deadline) {
        if (!closed.compareAndSet(false, true)) {
            return DeliveryPipeline.current() != null && !closeReport.isDone()
                    ? new CloseReport(true, 0, 0, 0, List.of(), 0)
                    : closeReport.join();
        }
        long end = System.nanoTime() + deadline.toNanos();
        requests.close();
        List<ClientSubscription> all = new ArrayList<>(subscriptions);
        all.addAll(lazyFlows.close());
        sends.refuse();
        List<CloseReport> reports = closeAll(all, end);
        boolean drained = sends.awaitDrained(Math.max(end, System.nanoTime() + 100_000_000L));
        int failed = drained ? 0 : sends.failAll();
        CloseReport report = sum(reports, failed);
        CompletableFuture<Void> left = CompletableFuture.allOf(
                all.stream().map(ClientSubscription::left).toArray(CompletableFuture<?>[]::new));
        if (DeliveryPipeline.current() == null) {
            shutdown(Duration.ofNanos(Math.max(1_000_000_000L, end - System.nanoTime())));
        } else {
            // The last handler of all closes the rest when it returns; its thread may wait, ours would for ever.
            Waits.whenDone(
                    left,
                    (done, e) -> HandlerThreads.named(clientId(), "close", false)
                            .newThread(() -> shutdown(Duration.ofSeconds(5)))
                            .start());
        }
        events.tell(l -> l.drained(report));
        closeReport.complete(report);
        return report;
    }

    private static List<CloseReport> closeAll(List<ClientSubscription> all, long end) {
        List<CloseReport> reports = new ArrayList<>();
        EngineDelivery<?> own = DeliveryPipeline.current();
        List<Thread> helpers = new ArrayList<>();
        List<CloseReport> shared = java.util.Collections.synchronizedList(reports);
        for (ClientSubscription subscription : all) {
            Duration rest = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
            if (all.size() == 1 || (own != null && own.isOf(subscription.flow()))) {
                shared.add(subscription.close(rest));
            } else {
                Thread helper = new Thread(() -> shared.add(subscription.close(rest)), "mq-drain");
                helper.setDaemon(true);
                helper.start();
                helpers.add(helper);
            }
        }
        for (Thread helper : helpers) {
            try {
                helper.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        return new ArrayList<>(shared);
    }

    static CloseReport sum(List<CloseReport> reports, int sendsFailed) {
        boolean clean = sendsFailed == 0;
        long handled = 0;
        long givenBack = 0;
        long interrupted = 0;
        List<String> unknown = new ArrayList<>();
        for (CloseReport report : reports) {
            clean &= report.clean();
            handled += report.handled();
            givenBack += report.givenBack();
            interrupted += report.interrupted();
            unknown.addAll(report.ackUnknown());
        }
        return new CloseReport(clean, handled, givenBack, interrupted, unknown, sendsFailed);
    }

    private void shutdown(Duration rest) {
        try {
            transport.close(rest).get(rest.toNanos() + 1_000_000_000L, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("the transport did not close cleanly: {}", LogText.of(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sends.failAll();
        completions.close();
        system.close();
    }

    /** Whether the client was closed. */
    boolean isClosed() {
        return closed.get();
    }

    /** Capabilities for a shape. */
    Capabilities capabilities(@Nullable Shape shape) {
        return transport.capabilities(shape == null ? Shape.PLAIN : shape);
    }
}

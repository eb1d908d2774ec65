package dev.transload.mq.sqs;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.PlaceAdmin;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.Transport;
import dev.transload.mq.spi.TransportContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sns.SnsAsyncClient;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;

/**
 * One client of SQS and SNS.
 *
 * <p>Thread-safe. What is decided is decided on the worker.
 */
final class SqsTransport implements Transport {

    private static final Logger LOG = LoggerFactory.getLogger(SqsTransport.class);
    private static final int INBOX_CREDIT = 1_000;
    private static final long FLUSH_MILLIS = 10;

    private final SqsOptions options;
    private final TransportContext context;
    private final SqsUsage usage;
    private final Worker worker;
    private final SqsClients clients;
    private final SqsAsk ask;
    private final SqsTopology queues;
    private final SnsTopics topics;
    private final PrivateQueues privates;
    private final SqsSender sender;
    private final SqsAdmin admin;
    private final ServiceWatch watch;
    private final Map<Shape, Capabilities> capabilities = new ConcurrentHashMap<>();
    private final Set<Place> declared = ConcurrentHashMap.newKeySet();
    private final Set<SqsReceiver> receivers = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private SqsTransport(
            SqsOptions options, TransportContext context, SqsUsage usage, Worker worker, SqsClients clients) {
        this.options = options;
        this.context = context;
        this.usage = usage;
        this.worker = worker;
        this.clients = clients;
        this.ask = new SqsAsk(clients, worker, context.time()::nanos, options.requestTimeout());
        this.queues = new SqsTopology(ask, options, new SqsNames(options.prefix()), context.topology());
        this.topics = new SnsTopics(ask, queues);
        this.privates = new PrivateQueues(ask, queues, topics, context.time(), options.privateTimeout());
        this.sender = new SqsSender(ask, queues, topics, options);
        this.admin = new SqsAdmin(ask, options, queues, topics, this::deleted);
        this.watch = new ServiceWatch(ask, context, options.where(), this::restore, this::resume);
    }

    /** Connects: finds credentials and region, and asks the service one question. */
    static CompletableFuture<Transport> open(SqsOptions options, TransportContext context) {
        CompletableFuture<Transport> opened = new CompletableFuture<>();
        daemon(
                        () -> {
                            SqsUsage usage = new SqsUsage();
                            Worker worker = new Worker(context.clientId());
                            SqsClients clients;
                            try {
                                clients = new SqsClients(options, context.clientId(), usage, worker.orHere());
                            } catch (RuntimeException e) {
                                worker.end();
                                opened.completeExceptionally(SqsErrors.connecting(options.where(), e));
                                return;
                            }
                            new SqsTransport(options, context, usage, worker, clients).connect(opened);
                        },
                        "mq-sqs-open-" + context.clientId())
                .start();
        return opened;
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    // Any answer will do that is not a refusal of who we are.
    private void connect(CompletableFuture<Transport> opened) {
        SqsAsk.told(ask.sqs(
                        "connect",
                        sqs -> sqs.getQueueUrl(r -> r.queueName("mq-is-anyone-there")
                                .overrideConfiguration(o -> o.apiCallTimeout(context.connectTimeout()))))
                .handle((answer, failure) -> {
                    Throwable cause = failure == null ? null : SqsErrors.unwrapped(failure);
                    if (cause == null || cause instanceof DestinationNotFoundException || isAllowedLittle(cause)) {
                        ask.tell(watch);
                        opened.complete(this);
                    } else {
                        MessagingException told = SqsErrors.connecting(
                                options.where(), cause.getCause() == null ? cause : cause.getCause());
                        end(() -> opened.completeExceptionally(told));
                    }
                    return null;
                }));
    }

    private static boolean isAllowedLittle(Throwable cause) {
        return cause instanceof AuthenticationException
                && String.valueOf(cause.getMessage()).contains("AccessDenied");
    }

    @Override
    public Capabilities capabilities(Shape shape) {
        return capabilities.computeIfAbsent(shape, key -> SqsCapabilities.of(key, options, clients.region()));
    }

    @Override
    public CompletableFuture<Void> declare(Place place) {
        return onWorker("declare " + place.name(), () -> {
            if (place.shape().ordered() && place.shape().priorities() > 1) {
                throw new IllegalArgumentException("an ordered place has no priorities");
            }
            CompletableFuture<Void> done = switch (place.role()) {
                case TOPIC -> topics.declare(place);
                case GROUP -> topics.declareGroup(place).thenAccept(ref -> {});
                default -> queues.declare(place);
            };
            return done.thenAccept(nothing -> declared.add(place));
        });
    }

    private interface Step<T> {
        CompletableFuture<T> run();
    }

    // Runs on the worker, so that nothing of the SDK is done on the caller's thread.
    private <T> CompletableFuture<T> onWorker(String what, Step<T> step) {
        CompletableFuture<T> result = new CompletableFuture<>();
        boolean handed = worker.run(() -> {
            CompletableFuture<T> made;
            try {
                made = step.run();
            } catch (RuntimeException e) {
                made = CompletableFuture.failedFuture(e);
            }
            SqsAsk.told(made.handle((value, failure) -> failure == null
                    ? result.complete(value)
                    : result.completeExceptionally(SqsErrors.operation(what, failure))));
        });
        if (!handed) {
            result.completeExceptionally(Worker.closed(what));
        }
        return result;
    }

    @Override
    public void send(Outgoing outgoing) {
        sender.send(outgoing);
    }

    @Override
    public void send(List<? extends Outgoing> batch) {
        sender.send(batch);
    }

    @Override
    public CompletableFuture<Receiver> receive(ReceiveSpec spec, Sink sink) {
        return onWorker("receive from " + spec.from().name(), () -> {
            Place from = spec.from();
            if (spec.ephemeral()) {
                return ephemeral(spec, sink);
            }
            CompletableFuture<QueueRef> found =
                    from.role() == Role.GROUP ? topics.declareGroup(from) : queues.find(from);
            return found.thenApply(queue -> {
                if (from.role() == Role.GROUP) {
                    declared.add(from);
                }
                return start(spec, queue, sink, new Durable(from));
            });
        });
    }

    private CompletableFuture<Receiver> ephemeral(ReceiveSpec spec, Sink sink) {
        requirePrivate("ephemeral groups");
        Place group = spec.from();
        String topic = SnsTopics.topicOf(group);
        String name = privates.name(SqsNames.family(topic), group.shape().ordered());
        CompletableFuture<Void> there = spec.pattern()
                ? CompletableFuture.completedFuture(null)
                : topics.declare(new Place(Role.TOPIC, topic, null, null, group.shape(), group.portable()));
        return there.thenCompose(done -> privates.group(group, name))
                .thenApply(queue -> start(spec, queue, sink, new Private(name, group, Optional.empty())));
    }

    @Override
    public CompletableFuture<Receiver> openReplyInbox(Sink sink) {
        return onWorker("open a reply inbox", () -> {
            requirePrivate("request/reply");
            String name = privates.name("reply", false);
            ReceiveSpec spec = ReceiveSpec.builder(PrivateQueues.inboxPlace(name), INBOX_CREDIT)
                    .build();
            return privates.inbox(name)
                    .thenApply(queue -> start(spec, queue, sink, new Private(name, spec.from(), Optional.of(name))));
        });
    }

    private void requirePrivate(String what) {
        if (context.topology() == Topology.NONE) {
            throw new UnsupportedCapabilityException(
                    what,
                    "a queue of the client's own",
                    "SQS",
                    "topology NONE does not allow it",
                    "use CREATE or ASSERT");
        }
    }

    private Receiver start(ReceiveSpec spec, QueueRef queue, Sink sink, Tenant tenant) {
        SqsReceiver receiver = new SqsReceiver(ask, context.time(), options, spec, queue, sink, tenant);
        tenant.receiver = receiver;
        receivers.add(receiver);
        return receiver;
    }

    /** What a receiver needs of its transport. */
    private abstract class Tenant implements SqsReceiver.Host {
        @org.jspecify.annotations.Nullable
        SqsReceiver receiver;

        @Override
        public void left(SqsReceiver gone) {
            receivers.remove(gone);
        }

        @Override
        public Optional<String> replyTo() {
            return Optional.empty();
        }

        @Override
        public CompletableFuture<Void> discard() {
            return CompletableFuture.completedFuture(null);
        }
    }

    private final class Durable extends Tenant {
        private final Place place;

        Durable(Place place) {
            this.place = place;
        }

        @Override
        public CompletableFuture<QueueRef> gone(QueueRef queue) {
            queues.forget(queue);
            declared.remove(place);
            return CompletableFuture.failedFuture(new DestinationNotFoundException(
                    "sqs: queue " + queue.name() + " of " + place.name() + " was deleted", null));
        }
    }

    // Taken away by another client, if this one stood still for too long: it makes its queue again.
    private final class Private extends Tenant {
        private final String name;
        private final Place place;
        private final Optional<String> address;

        Private(String name, Place place, Optional<String> address) {
            this.name = name;
            this.place = place;
            this.address = address;
        }

        @Override
        public CompletableFuture<QueueRef> gone(QueueRef queue) {
            privates.forget(queue);
            return address.isPresent() ? privates.inbox(name) : privates.group(place, name);
        }

        @Override
        public Optional<String> replyTo() {
            return address;
        }

        @Override
        public CompletableFuture<Void> discard() {
            SqsReceiver mine = receiver;
            return mine == null ? super.discard() : privates.discard(mine.queue());
        }
    }

    @Override
    public PlaceAdmin admin() {
        return admin;
    }

    private void deleted(QueueRef queue) {
        receivers.forEach(receiver -> receiver.deleted(queue));
        declared.removeIf(place ->
                place.role() != Role.TOPIC && queues.names().queue(place).equals(queue.name()));
    }

    // ---- the service comes back

    private CompletableFuture<?> restore() {
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (Place place : declared) {
            all = all.thenCompose(done -> switch (place.role()) {
                case TOPIC -> topics.declare(place);
                case GROUP -> topics.declareGroup(place).thenAccept(ref -> {});
                default -> queues.declare(place);
            });
        }
        return all;
    }

    private void resume() {
        receivers.forEach(SqsReceiver::poll);
    }

    // ---- the end

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        if (closing.compareAndSet(false, true)) {
            long deadline = context.time().nanos() + timeout.toNanos();
            watch.close();
            CompletableFuture<?>[] closes =
                    receivers.stream().map(receiver -> receiver.close(timeout)).toArray(CompletableFuture<?>[]::new);
            SqsAsk.told(CompletableFuture.allOf(closes).handle((done, failure) -> {
                sender.close();
                worker.execute(() -> flush(deadline));
                return null;
            }));
        }
        return ended.copy();
    }

    private void flush(long deadline) {
        if (sender.flushed() || deadline - context.time().nanos() <= 0) {
            end(() -> ended.complete(null));
        } else {
            worker.later(FLUSH_MILLIS, () -> flush(deadline));
        }
    }

    private void end(Runnable then) {
        watch.close();
        daemon(
                        () -> {
                            try {
                                ask.giveUp();
                                clients.close();
                            } catch (RuntimeException e) {
                                LOG.debug("sqs: closing", e);
                            } finally {
                                worker.end();
                                then.run();
                            }
                        },
                        "mq-sqs-close-" + context.clientId())
                .start();
    }

    @Override
    public <T> Optional<T> unwrap(Class<T> type) {
        if (type == SqsAsyncClient.class) {
            return Optional.of(type.cast(clients.sqs()));
        }
        if (type == SnsAsyncClient.class && options.topics()) {
            return Optional.of(type.cast(clients.sns()));
        }
        return type == SqsUsage.class ? Optional.of(type.cast(usage)) : Optional.empty();
    }
}

package dev.transload.mq.client;

import dev.transload.mq.AsyncMessageHandler;
import dev.transload.mq.Bridge;
import dev.transload.mq.CloseReport;
import dev.transload.mq.Codec;
import dev.transload.mq.Delivery;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Group;
import dev.transload.mq.Message;
import dev.transload.mq.MessageTooLargeException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.Source;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.ReceiveSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flows of one engine whose handler is a send of another: for the queue or group itself, its suspects, and its dead
 * letters. A delivery is acked when the other broker has the copy; keys keep their order since a flow over an ordered
 * place has one delivery of a key in its handler at a time.
 *
 * <p>Threads: workers of the flows start sends; the threads that complete them end the deliveries. Thread-safe.
 */
final class EngineBridge implements Bridge {

    private static final Logger LOG = LoggerFactory.getLogger(EngineBridge.class);

    /** How long a delivery waits when the other broker cannot take it just now. */
    private static final Duration TROUBLE = Duration.ofSeconds(1);

    private static final Duration DEFAULT_CLOSE = Duration.ofSeconds(30);
    private static final int CONCURRENCY = 256;
    private static final int PREFETCH = 512;
    private static final int ORDERED_PREFETCH = 1_000;

    private final Engine from;
    private final Engine to;
    private final Source<?> source;
    private final Place home;
    private final List<Place> derived = new ArrayList<>();
    private final List<ClientSubscription> flows = new ArrayList<>();
    private final AtomicLong moved = new AtomicLong();
    private final AtomicLong movedLetters = new AtomicLong();
    private volatile @Nullable MessagingException failure;

    private EngineBridge(Engine from, Engine to, Source<?> source) {
        this.from = from;
        this.to = to;
        this.source = source;
        this.home = Places.of(source);
    }

    /** Starts to move; blocks for both brokers. */
    static EngineBridge open(Engine from, Engine to, Source<?> source) {
        if (from == to) {
            throw new IllegalArgumentException("a bridge needs a client of another broker, was the same client");
        }
        if (source instanceof Group<?> group && (group.isEphemeral() || group.isPattern())) {
            throw new IllegalArgumentException("a bridge moves a queue or a durable group of one topic, was " + group);
        }
        Place home = Places.of(source);
        Capabilities capable = new Shapes(from).check(home);
        new Shapes(to).check(home);
        EngineBridge bridge = new EngineBridge(from, to, source);
        bridge.requireBoth();
        try {
            bridge.start(home, capable);
            bridge.startIfThere(Places.suspects(home));
            bridge.startIfThere(Places.deadLetters(home, null));
        } catch (RuntimeException e) {
            bridge.close(Duration.ZERO);
            throw e;
        }
        from.delays().help();
        return bridge;
    }

    // A group is made by its subscription: made by a send it would get nothing of what is sent to its topic.
    private void requireBoth() {
        if (home.role() == Role.GROUP) {
            requireGroup(from, "this broker");
            requireGroup(to, "the other broker: subscribe there first");
        } else {
            Waits.join("declare " + home.name(), from.declared(home));
            Waits.join("declare " + home.name(), to.declared(home));
        }
    }

    private void requireGroup(Engine engine, String where) {
        if (new EngineAdmin(engine).depth(source).isEmpty()) {
            throw new DestinationNotFoundException("there is no group " + home.name() + " at " + where, null);
        }
    }

    private void startIfThere(Place place) {
        if (Waits.join("look for " + place.name(), from.transport().admin().depth(place))
                .isPresent()) {
            start(place, from.transport().capabilities(place.shape()));
            derived.add(place);
        }
    }

    private void start(Place place, Capabilities capable) {
        Place target = target(place);
        int wanted = place.shape().ordered() ? ORDERED_PREFETCH : PREFETCH;
        int prefetch = Math.min(wanted, Math.max(1, capable.maxInFlightSpan()));
        SubscribeOptions options = SubscribeOptions.builder()
                .concurrency(Math.min(CONCURRENCY, prefetch))
                .prefetch(prefetch)
                .retry(RetryPolicy.fixed(RetryPolicy.MAX_ATTEMPTS, TROUBLE))
                .noDeadLetters()
                .build();
        AsyncMessageHandler<byte[]> handler = delivery -> sendOver(delivery, place, target);
        FlowSpec<byte[]> spec = new FlowSpec<>(
                place.name(),
                home.topic() == null ? home.name() : home.topic(),
                home.group(),
                place,
                place,
                null,
                null,
                false,
                false,
                Raw.INSTANCE,
                null,
                handler,
                options,
                prefetch,
                capable,
                Map.of(),
                null,
                true);
        ReceiveSpec receive = ReceiveSpec.builder(place, prefetch)
                .lease(options.lease())
                .maxProcessingTime(options.maxProcessingTime())
                .build();
        flows.add(from.subscribe(spec, receive));
    }

    /** Where what comes from a place goes; a suspect stays one where the other broker keeps suspects apart. */
    private Place target(Place place) {
        boolean apart = !to.transport().capabilities(home.shape()).counting().exact()
                && !home.shape().ordered();
        return place.role() == Role.SUSPECTS && !apart ? home : place;
    }

    private CompletionStage<?> sendOver(Delivery<byte[]> delivery, Place place, Place target) {
        EngineDelivery<byte[]> held = (EngineDelivery<byte[]>) delivery;
        CompletableFuture<Void> done = new CompletableFuture<>();
        Message copy = copy(held, target);
        MessagingException never = refusal(copy, target);
        if (never != null || failure != null) {
            standStill(held, never);
            done.complete(null);
            return done;
        }
        Waits.whenDone(to.sendInternal(target, copy, 0), (sent, e) -> {
            if (e == null) {
                (place.role() == Role.DEAD_LETTERS ? movedLetters : moved).incrementAndGet();
            } else if (e instanceof MessagingException known && !known.retryable()) {
                standStill(held, known);
            } else {
                LOG.warn("message {} waits to go over to {}: {}", LogText.of(held.id()), target.name(), LogText.of(e));
                held.giveBack(TROUBLE);
            }
            done.complete(null);
        });
        return done;
    }

    /** Keeps a delivery unsettled, and all that follow. */
    private void standStill(EngineDelivery<byte[]> held, @Nullable MessagingException why) {
        if (why != null && failure == null) {
            failure = why;
            LOG.error(
                    "the bridge of {} stands still at message {}: {}",
                    home.name(),
                    LogText.of(held.id()),
                    LogText.of(why));
        }
        held.giveBack(TROUBLE);
    }

    /** The message without what is this broker's alone, and with the failures that may be noted here under its lease. */
    private static Message copy(EngineDelivery<byte[]> delivery, Place target) {
        Message message = delivery.message();
        if (target.role() == Role.DEAD_LETTERS || target.role() == Role.SUSPECTS) {
            return message;
        }
        Message.Builder copy = Outcomes.unmarked(message).removeAnnotation(Annotations.TO);
        int failures = Attempts.of(message, delivery.incoming()).failures();
        if (failures > 0) {
            copy.annotation(Annotations.ATTEMPT, Integer.toString(failures + 1));
        }
        if (target.role() == Role.GROUP) {
            copy.annotation(Annotations.DESTINATION, delivery.destination());
        }
        return copy.build();
    }

    private @Nullable MessagingException refusal(Message message, Place target) {
        Capabilities.Limits limits = to.transport().capabilities(target.shape()).limits();
        if (message.body().length > limits.payload()) {
            return new MessageTooLargeException(
                    target.name() + " (message " + message.id() + ")",
                    "payload",
                    message.body().length,
                    limits.payload());
        }
        if (message.headers().size() > limits.headerCount()) {
            return TransportException.permanent(
                    "message " + message.id() + " for " + target.name() + " has "
                            + message.headers().size() + " headers, the other broker takes at most "
                            + limits.headerCount(),
                    null);
        }
        return null;
    }

    @Override
    public String source() {
        return home.name();
    }

    @Override
    public long moved() {
        return moved.get();
    }

    @Override
    public long movedDeadLetters() {
        return movedLetters.get();
    }

    @Override
    public long left() {
        long left = 0;
        for (ClientSubscription flow : flows) {
            left += flow.flow().unsettled();
        }
        left += new EngineAdmin(from).depth(source).orElse(0);
        for (Place place : derived) {
            left += Waits.join("count " + place.name(), from.transport().admin().depth(place))
                    .orElse(0);
        }
        return left;
    }

    @Override
    public Optional<MessagingException> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public void close() {
        close(DEFAULT_CLOSE);
    }

    @Override
    public CloseReport close(Duration deadline) {
        if (deadline.isNegative()) {
            throw new IllegalArgumentException("deadline must not be negative, was " + deadline);
        }
        long end = System.nanoTime() + deadline.toNanos();
        List<CloseReport> reports = new ArrayList<>();
        for (ClientSubscription flow : flows) {
            reports.add(flow.close(Duration.ofNanos(Math.max(0, end - System.nanoTime()))));
            from.subscriptions().remove(flow);
        }
        return Engine.sum(reports, 0);
    }

    @Override
    public String toString() {
        return "Bridge[" + home.name() + ", " + moved + " moved]";
    }

    /** The bytes as they are. */
    private enum Raw implements Codec<byte[]> {
        INSTANCE;

        @Override
        public byte[] encode(byte[] payload) {
            return payload;
        }

        @Override
        public byte[] decode(byte[] body) {
            return body;
        }
    }
}

package dev.transload.mq.client;

import dev.transload.mq.AsyncMessageHandler;
import dev.transload.mq.Codec;
import dev.transload.mq.Delivery;
import dev.transload.mq.Message;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.Shape;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.ReceiveSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the way of a delayed message.
 *
 * <ul>
 *   <li>By the broker, where it can hold the message back for so long.
 *   <li>By the broker and then by whoever receives it, who gives it back for the rest, where the broker can hold back
 *       sends and deliveries of the destination, though not for so long.
 *   <li>Over one relay, for destinations that cannot be delayed on a broker whose plain queues can.
 *   <li>Over delay lanes, where the broker can hold nothing back: {@link DelayLadder} says which, each client that delays
 *       a message or subscribes holds their oldest messages until they are due and then sends them on. The lanes come
 *       into being together.
 * </ul>
 *
 * <p>A wait counts from the time the broker stored the message, so the sender's clock is of no account where the broker
 * tells that time; elsewhere it counts from the stamp of whoever sent the message on its present hop. A relay that dies
 * loses nothing: its messages are unsettled until they have been sent on, and may then be there twice, with one id.
 * Thread-safe.
 */
final class DelayRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(DelayRoutes.class);
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final Duration TROUBLE = Duration.ofSeconds(5);
    private static final int RELAY_CONCURRENCY = 64;
    private static final int LANE_PREFETCH = 1_000;
    private static final Place RELAY = Place.of(Role.DELAY_LANE, "mq--delays", Shape.PLAIN);
    private static final List<Place> LANES = IntStream.range(0, DelayLadder.RUNGS)
            .mapToObj(
                    rung -> Place.of(Role.DELAY_LANE, "mq--delays-" + DelayLadder.waitSeconds(rung) + "s", Shape.PLAIN))
            .toList();

    private final Engine engine;
    private final Capabilities plain;
    private final AtomicBoolean lanesWatched = new AtomicBoolean();
    private final AtomicBoolean lanesExist = new AtomicBoolean();

    DelayRoutes(Engine engine) {
        this.engine = engine;
        this.plain = engine.transport().capabilities(Shape.PLAIN);
    }

    /**
     * Where a message goes now.
     *
     * @param to the place to send to
     * @param message what to send there
     * @param delayMillis delay for the broker
     */
    record Route(Place to, Message message, long delayMillis) {}

    /** Longest delay of a send to places of these capabilities. */
    Duration maxDelay(Capabilities capable) {
        if (capable.maxSendDelay().compareTo(Duration.ofDays(30)) >= 0) {
            return capable.maxSendDelay();
        }
        Duration kept = plain.delayRetention();
        if (kept.isZero() || kept.compareTo(LONGEST) > 0) {
            return LONGEST;
        }
        // A lane has a message anew at each hop; a relay has it all the time.
        boolean hops = plain.maxSendDelay().isZero();
        Duration half = kept.dividedBy(2);
        return hops && half.compareTo(DelayLadder.LONGEST_HOP) >= 0 ? LONGEST : half;
    }

    /** The next step of a message on its way. */
    Route route(Place home, Message message, long delayMillis) {
        boolean leveled = home.shape().priorities() > 1;
        if (delayMillis == 0 && !leveled) {
            return new Route(home, message, 0);
        }
        Capabilities capable = engine.transport().capabilities(home.shape());
        Place to = leveled && PriorityLanes.needed(home.shape(), capable) ? PriorityLanes.laneFor(home, message) : home;
        Duration direct = to.role() == Role.TOPIC ? capable.maxTopicDelay() : capable.maxSendDelay();
        if (delayMillis <= direct.toMillis()) {
            return new Route(to, message, delayMillis);
        }
        Duration most = maxDelay(capable);
        if (delayMillis > most.toMillis()) {
            throw Refused.delay(to.name(), most, Duration.ofMillis(delayMillis), capable);
        }
        if (!direct.isZero() && !capable.maxReleaseDelay().isZero()) {
            return new Route(to, waiting(message.toBuilder(), delayMillis).build(), direct.toMillis());
        }
        Message.Builder hop = message.toBuilder()
                .annotation(Annotations.TO, PlaceText.write(to))
                .annotation(Annotations.DELAY_TOTAL, Long.toString(delayMillis));
        if (!plain.maxSendDelay().isZero()) {
            watch(RELAY);
            return new Route(
                    RELAY,
                    waiting(hop, delayMillis).build(),
                    Math.min(delayMillis, plain.maxSendDelay().toMillis()));
        }
        int rung = DelayLadder.rung(delayMillis);
        Place lane = LANES.get(rung);
        watchLanes();
        return new Route(lane, waiting(hop, DelayLadder.hop(rung, delayMillis)).build(), 0);
    }

    private Message.Builder waiting(Message.Builder hop, long millis) {
        return hop.annotation(Annotations.DELAY, Long.toString(millis))
                .annotation(Annotations.DELAY_SINCE, Long.toString(engine.time().millis()));
    }

    /**
     * When the wait of a message here began, in milliseconds since 1970.
     *
     * @param incoming a delivery of a message that carries {@link Annotations#DELAY}
     */
    static long since(Incoming incoming) {
        long stored = incoming.storedAt();
        if (stored >= 0) {
            return stored;
        }
        Message message = incoming.message();
        String stamp = message.annotations().get(Annotations.DELAY_SINCE);
        return stamp == null ? message.timestamp() : number(stamp);
    }

    /** A subscription starts: this client helps with the relays of others from now on, if the broker needs any. */
    void help() {
        if (plain.maxSendDelay().isZero()) {
            watchLanes();
        } else if (plain.maxTopicDelay().isZero()) {
            watch(RELAY);
        } else if (engine.transport()
                .capabilities(new Shape(true, 0, 1, null))
                .maxSendDelay()
                .isZero()) {
            watch(RELAY);
        }
    }

    /** A message was put on a lane or relay by this client: it exists now. */
    void sent(Place to) {
        if (to.role() != Role.DELAY_LANE) {
            return;
        }
        engine.lazyFlows().look(to);
        if (!to.equals(RELAY) && !lanesExist.getAndSet(true)) {
            LANES.forEach(engine.lazyFlows()::look);
        }
    }

    // All of them or none, so that whoever holds one back for others holds back all.
    private void watchLanes() {
        if (!lanesWatched.getAndSet(true)) {
            engine.lazyFlows().watch(LANES, this::plan);
        }
    }

    private void watch(Place place) {
        engine.lazyFlows().watch(place, () -> plan(place));
    }

    private LazyFlows.Plan plan(Place place) {
        int prefetch = Math.min(LANE_PREFETCH, Math.max(1, plain.maxInFlightSpan()));
        SubscribeOptions options = SubscribeOptions.builder()
                .concurrency(Math.min(RELAY_CONCURRENCY, prefetch))
                .prefetch(prefetch)
                .retry(RetryPolicy.fixed(RetryPolicy.MAX_ATTEMPTS, TROUBLE))
                .build();
        AsyncMessageHandler<byte[]> handler = this::sendOn;
        FlowSpec<byte[]> spec = new FlowSpec<>(
                place.name(),
                place.name(),
                null,
                place,
                place,
                null,
                null,
                false,
                false,
                RAW,
                null,
                handler,
                options,
                prefetch,
                plain,
                Map.of(),
                null,
                place.role() == Role.DELAY_LANE);
        ReceiveSpec receive = ReceiveSpec.builder(place, prefetch)
                .lease(options.lease())
                .maxProcessingTime(options.maxProcessingTime())
                .build();
        return new LazyFlows.Plan(spec, receive);
    }

    // Called when this hop's wait is over.
    private CompletionStage<?> sendOn(Delivery<byte[]> delivery) {
        EngineDelivery<byte[]> held = (EngineDelivery<byte[]>) delivery;
        Message message = delivery.message();
        Place to = PlaceText.read(message.annotations().get(Annotations.TO));
        if (to == null) {
            LOG.error(
                    "message {} at {} does not say where it goes, it is thrown away",
                    LogText.of(delivery.id()),
                    delivery.destination());
            return CompletableFuture.completedFuture(null);
        }
        long total = number(message.annotations().get(Annotations.DELAY_TOTAL));
        long waited = Math.max(0, engine.time().millis() - since(held.incoming()));
        Message next = message.toBuilder()
                .removeAnnotation(Annotations.TO)
                .removeAnnotation(Annotations.DELAY)
                .removeAnnotation(Annotations.DELAY_SINCE)
                .removeAnnotation(Annotations.DELAY_TOTAL)
                .build();
        CompletableFuture<Void> done = new CompletableFuture<>();
        Waits.whenDone(engine.sendInternal(to, next, Math.max(0, total - waited)), (sent, e) -> {
            if (e != null) {
                LOG.warn(
                        "message {} cannot be sent on to {}, it waits: {}",
                        LogText.of(delivery.id()),
                        to.name(),
                        LogText.of(e));
                held.giveBack(TROUBLE);
            }
            done.complete(null);
        });
        return done;
    }

    private static long number(@Nullable String text) {
        try {
            return text == null ? 0 : Math.max(0, Long.parseLong(text));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** The bytes as they are: a relay never changes them. */
    private static final Codec<byte[]> RAW = new Codec<>() {
        @Override
        public byte[] encode(byte[] payload) {
            return payload;
        }

        @Override
        public byte[] decode(byte[] body) {
            return body;
        }
    };
}

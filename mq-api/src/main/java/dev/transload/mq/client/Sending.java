package dev.transload.mq.client;

import static java.util.Objects.requireNonNull;

import dev.transload.mq.BackpressureException;
import dev.transload.mq.ClientClosedException;
import dev.transload.mq.CodecException;
import dev.transload.mq.Destination;
import dev.transload.mq.Message;
import dev.transload.mq.MessageTooLargeException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outbound;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SendResult;
import dev.transload.mq.TransportException;
import dev.transload.mq.client.PendingSend.Told;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Place;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Turns payloads and options into messages, checks them against the broker's limits, and sends them. Thread-safe. */
final class Sending {

    private final Engine engine;
    private final Shapes shapes;
    private final WallClock wallClock;
    private final Map<String, Target> queues = new ConcurrentHashMap<>();
    private final Map<String, Target> topics = new ConcurrentHashMap<>();

    Sending(Engine engine, Shapes shapes) {
        this.engine = engine;
        this.shapes = shapes;
        this.wallClock = new WallClock(engine.time());
    }

    /** What is known of a destination after its first use. */
    private record Target(Place place, Capabilities capable, Duration maxDelay) {}

    <T> String send(Destination<T> destination, T payload, SendOptions options) {
        long now = engine.time().nanos();
        Envelope envelope = prepare(destination, payload, options, wallClock.millis(now));
        Thread caller = Thread.currentThread();
        return await(submit(envelope, Told.HERE, HandlerThreads.isVirtual(caller) ? null : caller, now));
    }

    <T> CompletableFuture<String> sendAsync(Destination<T> destination, T payload, SendOptions options) {
        long now = engine.time().nanos();
        Envelope envelope = prepare(destination, payload, options, wallClock.millis(now));
        try {
            return submit(envelope, Told.ELSEWHERE, null, now);
        } catch (ClientClosedException | BackpressureException e) {
            throw e;
        } catch (MessagingException e) {
            return CompletableFuture.failedFuture(e); // the broker's answer to the declaration
        }
    }

    <T> List<SendResult> sendAll(Destination<T> destination, List<Outbound<T>> messages) {
        requireNonNull(destination, "destination");
        List<Outbound<T>> all = List.copyOf(requireNonNull(messages, "messages"));
        Deque<Envelope> envelopes = new ArrayDeque<>(all.size());
        long now = 0;
        for (Outbound<T> message : all) {
            if (envelopes.size() % SendBatch.PER_READING == 0) {
                now = engine.time().millis();
            }
            envelopes.add(prepare(destination, message.payload(), message.options(), now));
        }
        return new SendBatch(this, engine, envelopes).send();
    }

    /** Waits for a send of this thread's own. */
    String await(PendingSend send) {
        try {
            String id = send.get();
            engine.sends().news().sent(send);
            return id;
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof MessagingException failure)) {
                throw new IllegalStateException(e.getCause());
            }
            engine.sends().news().failed(send.to(), send.message(), failure);
            throw rethrown(failure);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw TransportException.unknown(
                    "interrupted while sending to " + send.to().name(), e);
        }
    }

    // The stack of the thread that failed says nothing to the caller; its own stack does.
    private static MessagingException rethrown(MessagingException failure) {
        failure.addSuppressed(new SendCalledHere());
        return failure;
    }

    /**
     * Hands a send over; what keeps it from going is told to those who watch, too.
     *
     * @param nowNanos from when on its time runs
     */
    PendingSend submit(Envelope envelope, Told told, @Nullable Thread waiter, long nowNanos) {
        try {
            return handOver(envelope, told, waiter, nowNanos);
        } catch (ClientClosedException e) {
            throw e; // a call that came too late, not a send
        } catch (MessagingException e) {
            engine.sends().news().failed(envelope.to(), envelope.message(), e);
            throw e;
        }
    }

    private PendingSend handOver(Envelope envelope, Told told, @Nullable Thread waiter, long nowNanos) {
        long start = nowNanos;
        DelayRoutes.Route route = engine.delays().route(envelope.to(), envelope.message(), envelope.delayMillis());
        if (!engine.isDeclared(route.to())) {
            engine.requireOpen("send to " + envelope.to().name());
            declare(route.to());
            engine.sends().bound().callerWaited();
            start = engine.time().nanos();
        }
        PendingSend send = engine.sends().send(route.to(), route.message(), route.delayMillis(), told, waiter, start);
        if (!route.to().equals(envelope.to())) {
            engine.delays().sent(route.to());
        }
        return send;
    }

    // Blocks the first sender, so that the sends that follow keep their order.
    private void declare(Place place) {
        long deadline = engine.time().nanos() + engine.settings().sendTimeout().toNanos();
        while (true) {
            Duration left =
                    Duration.ofNanos(Math.max(1, deadline - engine.time().nanos()));
            try {
                Waits.join("declare " + place.name(), engine.declared(place), left);
                return;
            } catch (MessagingException e) {
                if (!e.retryable()
                        || !engine.connection()
                                .awaitUp(Duration.ofNanos(
                                        deadline - engine.time().nanos()))) {
                    throw e;
                }
            }
        }
    }

    /** A checked message, ready to go. */
    record Envelope(Place to, Message message, long delayMillis) {}

    <T> Envelope prepare(Destination<T> destination, T payload, SendOptions options) {
        return prepare(destination, payload, options, engine.time().millis());
    }

    private <T> Envelope prepare(Destination<T> destination, T payload, SendOptions options, long now) {
        requireNonNull(destination, "destination");
        requireNonNull(payload, "payload");
        SendOptions.Settings o = requireNonNull(options, "options").settings();
        Target target = target(destination);
        long delay = delay(o, now);
        check(target, o, delay);
        byte[] body = encode(destination, payload);
        checkSize(target, body, o);
        String id = o.id() == null ? Uuids.v7(now) : o.id();
        Message.Builder message = Message.builder(id, body)
                .timestamp(now)
                .key(o.key())
                .contentType(o.contentType() == null ? destination.codec().contentType() : o.contentType());
        if (options != SendOptions.none()) {
            message.headers(o.headers())
                    .type(o.type())
                    .correlationId(o.correlationId())
                    .replyTo(o.replyTo())
                    .priority(o.priority())
                    .ttl(o.ttl() == null ? 0 : o.ttl().toMillis());
        }
        return new Envelope(target.place(), message.build(), delay);
    }

    private <T> Target target(Destination<T> destination) {
        Place.Role role;
        Map<String, Target> targets;
        if (destination instanceof dev.transload.mq.Queue<?>) {
            role = Place.Role.QUEUE;
            targets = queues;
        } else {
            role = Place.Role.TOPIC;
            targets = topics;
        }
        Target target = targets.get(destination.name());
        if (target != null
                && target.place().role() == role
                && target.place().shape().equals(destination.shape())) {
            return target;
        }
        Place place = Places.of(destination);
        Capabilities capable = shapes.check(place);
        Target fresh = new Target(place, capable, engine.maxDelay(capable));
        targets.put(destination.name(), fresh);
        return fresh;
    }

    private static long delay(SendOptions.Settings o, long now) {
        if (o.delay() != null) {
            return Math.max(1, o.delay().toMillis());
        }
        return o.deliverAt() == null ? 0 : Math.max(0, o.deliverAt().toEpochMilli() - now);
    }

    private static void check(Target target, SendOptions.Settings o, long delay) {
        if (delay > 0 && target.maxDelay().compareTo(Duration.ofMillis(delay)) < 0) {
            throw Refused.delay(target.place().name(), target.maxDelay(), Duration.ofMillis(delay), target.capable());
        }
        if (o.ttl() != null && o.ttl().toMillis() <= delay) {
            throw new IllegalArgumentException(
                    "ttl must be longer than the delay of " + Duration.ofMillis(delay) + ", was " + o.ttl());
        }
        int levels = target.place().shape().priorities();
        if (o.priority() > 0 && o.priority() >= levels) {
            throw levels == 1
                    ? Refused.noLevels(target.place().name(), o.priority(), target.capable())
                    : new IllegalArgumentException("priority must be 0 to " + (levels - 1) + ", was " + o.priority());
        }
    }

    private static <T> byte[] encode(Destination<T> destination, T payload) {
        try {
            return destination.codec().encode(payload);
        } catch (CodecException e) {
            throw new CodecException("payload for " + destination.name() + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw new CodecException("cannot encode a payload for " + destination.name(), e);
        }
    }

    private static void checkSize(Target target, byte[] body, SendOptions.Settings o) {
        Capabilities.Limits limits = target.capable().limits();
        String name = target.place().name();
        if (body.length > limits.payload()) {
            throw new MessageTooLargeException(name, "payload", body.length, limits.payload());
        }
        Map<String, String> headers = o.headers();
        if (headers.isEmpty()) {
            return;
        }
        if (headers.size() > limits.headerCount()) {
            throw new IllegalArgumentException("a message to " + name + " can have at most " + limits.headerCount()
                    + " headers, had " + headers.size());
        }
        long bytes = 0;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            bytes += header.getKey().length() + header.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        if (bytes > limits.headers()) {
            throw new MessageTooLargeException(name, "headers", bytes, limits.headers());
        }
    }

    /** Marks, in the suppressed part of a failure, the call that met it. */
    private static final class SendCalledHere extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SendCalledHere() {
            super("send was called here");
        }
    }
}

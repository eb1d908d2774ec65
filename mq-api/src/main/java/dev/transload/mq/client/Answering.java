package dev.transload.mq.client;

import static java.util.Objects.requireNonNull;

import dev.transload.mq.Codec;
import dev.transload.mq.CodecException;
import dev.transload.mq.Delivery;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.Message;
import dev.transload.mq.MessageTooLargeException;
import dev.transload.mq.MqObserver;
import dev.transload.mq.Queue;
import dev.transload.mq.RequestHandler;
import dev.transload.mq.SendOptions;
import dev.transload.mq.Shape;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Place;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Both ends of request and reply over typed payloads. Thread-safe. */
final class Answering {

    private static final Logger LOG = LoggerFactory.getLogger(Answering.class);

    /** Why a reply to an inbox that is gone is dropped. */
    private static final String NOBODY = "nobody can receive it any more";

    private final Engine engine;
    private final Subscribing subscribing;
    private final Sending sending;

    Answering(Engine engine, Subscribing subscribing, Sending sending) {
        this.engine = engine;
        this.subscribing = subscribing;
        this.sending = sending;
    }

    <Q, R> R request(Queue<Q> queue, Q request, Class<R> replyType, Duration timeout, SendOptions options) {
        Codec<R> codec = Codec.of(requireNonNull(replyType, "replyType"));
        CompletableFuture<Message> reply = ask(queue, request, timeout, options, true);
        try {
            return decoded(queue, codec, reply.get());
        } catch (ExecutionException e) {
            throw Waits.failure("request from " + queue.name(), e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw TransportException.unknown("interrupted while waiting for a reply from " + queue.name(), e);
        }
    }

    <Q, R> CompletableFuture<R> requestAsync(
            Queue<Q> queue, Q request, Class<R> replyType, Duration timeout, SendOptions options) {
        Codec<R> codec = Codec.of(requireNonNull(replyType, "replyType"));
        CompletableFuture<Message> reply = ask(queue, request, timeout, options, false);
        CompletableFuture<R> result = new CompletableFuture<>();
        Waits.whenDone(reply, (message, e) -> {
            if (e != null) {
                result.completeExceptionally(Waits.failure("request from " + queue.name(), e));
                return;
            }
            try {
                result.complete(decoded(queue, codec, message));
            } catch (CodecException bad) {
                result.completeExceptionally(bad);
            }
        });
        Waits.whenDone(result, (value, e) -> {
            if (result.isCancelled()) {
                reply.cancel(false);
            }
        });
        return result;
    }

    private <Q> CompletableFuture<Message> ask(
            Queue<Q> queue, Q request, Duration timeout, SendOptions options, boolean inline) {
        requireNonNull(timeout, "timeout");
        if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("timeout must be 1 ms to 1 day, was " + timeout);
        }
        requireNonNull(options, "options");
        if (options.settings().ttl() != null
                || options.settings().replyTo() != null
                || options.settings().delay() != null
                || options.settings().deliverAt() != null) {
            throw new IllegalArgumentException("options of a request must not set ttl, replyTo or a delay");
        }
        engine.requireOpen("request from " + queue.name());
        Sending.Envelope envelope = sending.prepare(queue, request, options);
        return engine.requests().request(envelope.to(), envelope.message(), timeout, inline);
    }

    private static <R> R decoded(Queue<?> queue, Codec<R> codec, Message reply) {
        try {
            return codec.decode(reply);
        } catch (CodecException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new CodecException("cannot decode the reply from " + queue.name(), e);
        }
    }

    <Q, R> Subscription reply(
            Queue<Q> queue, Class<R> replyType, RequestHandler<Q, R> handler, SubscribeOptions options) {
        Codec<R> codec = Codec.of(requireNonNull(replyType, "replyType"));
        SubscribeOptions open =
                requireNonNull(options, "options").toBuilder().manualSettle().build();
        return subscribing.subscribe(queue, delivery -> answer(delivery, codec, handler), null, open);
    }

    private <Q, R> void answer(Delivery<Q> delivery, Codec<R> codec, RequestHandler<Q, R> handler) {
        Message request = requestOf(delivery);
        long now = engine.time().millis();
        Message reply;
        try {
            R value = requireNonNull(handler.handle(delivery.payload()), "a request handler returned null");
            byte[] body = codec.encode(value);
            int limit = engine.capabilities(Shape.PLAIN).limits().payload();
            if (body.length > limit) {
                throw new MessageTooLargeException(delivery.destination(), "reply", body.length, limit);
            }
            reply = RequestReplies.reply(request, body, codec.contentType(), Uuids.v7(now), now);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            delivery.retry();
            return;
        } catch (Exception | StackOverflowError | AssertionError e) {
            LOG.debug("a request to {} failed", delivery.destination(), e);
            reply = RequestReplies.errorReply(request, e, Uuids.v7(now), now);
        }
        if (request.replyTo() == null) {
            dropped(request, "the request has no reply address");
            delivery.ack();
            return;
        }
        respond(delivery, Places.reply(request.replyTo()), reply);
    }

    // Without its bytes, of which the handler has its own.
    private static Message requestOf(Delivery<?> delivery) {
        return delivery instanceof Answerable open ? open.stored() : delivery.message();
    }

    // The delivery stays open until the broker has the reply, so that a crash in between answers again.
    private void respond(Delivery<?> delivery, Place to, Message reply) {
        try {
            Runnable nobody = () -> dropped(requestOf(delivery), NOBODY);
            if (delivery instanceof Answerable open && open.answer(to, reply, nobody)) {
                return;
            }
        } catch (LeaseLostException e) {
            LOG.debug("a request was not answered, its lease was lost: {}", e.getMessage());
            return;
        }
        Waits.whenDone(engine.sendInternal(to, reply, 0), (sent, e) -> engine.complete(() -> settle(delivery, e)));
    }

    private void settle(Delivery<?> delivery, Throwable failure) {
        try {
            if (failure == null) {
                delivery.ack();
            } else if (failure instanceof DestinationNotFoundException) {
                dropped(requestOf(delivery), NOBODY);
                delivery.ack();
            } else {
                delivery.retry(Duration.ofSeconds(1));
            }
        } catch (LeaseLostException e) {
            LOG.debug("a request was answered after its lease was lost: {}", e.getMessage());
        }
    }

    private void dropped(Message request, String why) {
        String correlation = request.correlationId() == null ? request.id() : request.correlationId();
        engine.events().count(MqObserver.Event.REPLY_DROPPED, "reply");
        engine.events().tell(l -> l.replyDropped(correlation, why));
    }
}

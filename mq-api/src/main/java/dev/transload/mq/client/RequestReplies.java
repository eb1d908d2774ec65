package dev.transload.mq.client;

import dev.transload.mq.ClientClosedException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.Message;
import dev.transload.mq.MqObserver;
import dev.transload.mq.Outcome;
import dev.transload.mq.RemoteHandlerException;
import dev.transload.mq.RequestTimeoutException;
import dev.transload.mq.Shape;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one client that wait for their replies, and the inbox the replies come to.
 *
 * <p>The inbox is opened at the first request; requests that come meanwhile share the attempt, and the first one after
 * a failed attempt tries again. Whoever takes a request's entry away, be it the reply, the timer, a cancel or the close,
 * ends the request; all others come too late. Thread-safe, without a lock.
 */
final class RequestReplies {

    /** What replies that reach nobody are counted under. */
    static final String COUNTED_AS = "reply-inbox";

    private static final Logger LOG = LoggerFactory.getLogger(RequestReplies.class);

    private static final int CREDIT = 1000;
    private static final int MAX_TEXT = 1024;
    private static final int MAX_ID = 255;
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final EngineContext engine;
    private final Map<String, Pending> pending = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Inbox> inbox = new AtomicReference<>();
    private volatile boolean closed;

    RequestReplies(EngineContext engine) {
        this.engine = engine;
    }

    /**
     * Sends a request and completes with its reply, on the client's completion thread unless inline. Fails with {@link
     * RequestTimeoutException}, {@link RemoteHandlerException}, {@link ConnectionLostException}, {@link
     * ClientClosedException} or what the send failed with. Cancelling it forgets the request.
     *
     * @param request complete but for reply address and time to live, and perhaps for the correlation id
     * @param timeout from now, the opening of the inbox included; at least 1 ms
     * @param inline whether the caller waits for the future and hangs nothing on it
     */
    CompletableFuture<Message> request(Place to, Message request, Duration timeout, boolean inline) {
        String id = request.correlationId() == null ? Uuids.v7(engine.time().millis()) : request.correlationId();
        Pending entry = new Pending(id, to, timeout, inline);
        if (pending.putIfAbsent(id, entry) != null) {
            entry.result.completeExceptionally(new IllegalArgumentException(
                    "a request to " + to.name() + " with this correlation id already waits for its reply"));
            return entry.result;
        }
        entry.start();
        if (closed) { // looked at after the entry is there, so that close() or this sees it
            entry.failBy(entry::closed);
            return entry.result;
        }
        Message.Builder complete = request.toBuilder()
                .correlationId(id)
                .ttl(Math.max(1, timeout.toMillis()))
                .timestamp(request.timestamp() == 0 ? engine.time().millis() : request.timestamp());
        Waits.whenDone(inbox().opened, (receiver, failure) -> {
            if (failure != null) {
                entry.fail(failure);
            } else {
                send(entry, complete, receiver);
            }
        });
        return entry.result;
    }

    private void send(Pending entry, Message.Builder request, Receiver receiver) {
        entry.sent = true; // who ends it from now on does not tell that it was not sent
        if (!pending.containsKey(entry.id)) {
            return; // over before it was sent
        }
        // asked for each time: the address may be another after a reconnect
        String address = receiver.replyTo().orElse(null);
        if (address == null) {
            entry.fail(TransportException.permanent("the reply inbox has no address", null));
            return;
        }
        Message addressed = request.replyTo(address).build();
        try {
            Waits.whenDone(engine.sendInternal(entry.to, addressed, 0), (nothing, failure) -> {
                if (failure != null) {
                    entry.fail(failure);
                }
            });
        } catch (RuntimeException e) {
            entry.fail(e);
        }
    }

    private Inbox inbox() {
        while (true) {
            Inbox current = inbox.get();
            if (current != null && !current.opened.isCompletedExceptionally()) {
                return current;
            }
            Inbox next = new Inbox();
            if (inbox.compareAndSet(current, next)) {
                next.open();
                return next;
            }
        }
    }

    /** Requests that wait for a reply. */
    int waiting() {
        return pending.size();
    }

    /** The connection is lost: where the inbox went with it, no pending reply can come any more. */
    void connectionLost() {
        if (engine.transport().capabilities(Shape.PLAIN).volatileReplies()) {
            failAll("the connection was lost before the reply came", null);
        }
    }

    private void failAll(String why, @Nullable Throwable cause) {
        for (Pending entry : List.copyOf(pending.values())) {
            entry.failBy(outcome ->
                    new ConnectionLostException("request to " + entry.to.name() + ": " + why, outcome, cause));
        }
    }

    /** Fails all pending requests and every later one, and begins to close the inbox. Idempotent; does not block. */
    void close() {
        closed = true;
        List.copyOf(pending.values()).forEach(entry -> entry.failBy(entry::closed));
        Inbox current = inbox.getAndSet(null);
        if (current != null) {
            Waits.whenDone(current.opened, (open, failure) -> {
                if (open != null) {
                    var unused = open.close(CLOSE);
                }
            });
        }
    }

    private void drop(@Nullable String correlationId, String why) {
        String id = correlationId == null ? "" : BoundedText.cut(correlationId, MAX_ID);
        engine.complete(() -> {
            engine.events().count(MqObserver.Event.REPLY_DROPPED, COUNTED_AS);
            engine.events().tell(listener -> listener.replyDropped(id, why));
        });
    }

    /** The reply to a request: its correlation id, or its id if it has none, as is the custom. */
    static Message reply(Message request, byte[] body, @Nullable String contentType, String id, long now) {
        return Message.builder(id, body)
                .correlationId(request.correlationId() == null ? request.id() : request.correlationId())
                .contentType(contentType)
                .timestamp(now)
                .build();
    }

    /** The reply to a request whose handler failed: the type and the text of the exception, bounded, no more. */
    static Message errorReply(Message request, Throwable failure, String id, long now) {
        Throwable inner = BoundedText.unwrapped(failure);
        Message.Builder reply = reply(request, new byte[0], null, id, now).toBuilder();
        reply.annotation(Annotations.ERROR_TYPE, BoundedText.type(inner));
        String text = BoundedText.message(inner, MAX_TEXT);
        if (text != null) {
            reply.annotation(Annotations.ERROR_MESSAGE, text);
        }
        return reply.build();
    }

    /** A request under way. */
    private final class Pending {
        final String id;
        final Place to;
        final CompletableFuture<Message> result = new CompletableFuture<>();
        volatile boolean sent;
        private final Duration timeout;
        private final boolean inline;
        private volatile TimeSource.@Nullable Timer timer;

        Pending(String id, Place to, Duration timeout, boolean inline) {
            this.id = id;
            this.to = to;
            this.timeout = timeout;
            this.inline = inline;
        }

        void start() {
            TimeSource.Timer running =
                    engine.time().schedule(timeout, () -> fail(new RequestTimeoutException(to.name(), timeout)));
            timer = running;
            if (pending.get(id) != this) {
                running.cancel(); // ended before it had a timer
            }
            // also when the application cancels or completes it
            Waits.whenDone(result, (reply, failure) -> forget());
        }

        /** Whether this caller is the one that ends the request. */
        private boolean forget() {
            boolean mine = pending.remove(id, this);
            TimeSource.Timer running = timer;
            if (mine && running != null) {
                running.cancel();
            }
            return mine;
        }

        // Another thread only where something of the application's may hang on the result.
        private void end(Runnable task) {
            if (inline) {
                task.run();
            } else {
                engine.complete(task);
            }
        }

        void fail(Throwable cause) {
            failBy(outcome -> cause);
        }

        /** Fails it, unless it has ended otherwise, with what is made of the outcome of its send. */
        void failBy(Function<Outcome, ? extends Throwable> why) {
            if (forget()) {
                Throwable cause = why.apply(sent ? Outcome.UNKNOWN : Outcome.NOT_SENT);
                Throwable inner =
                        cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
                end(() -> result.completeExceptionally(inner));
            }
        }

        ClientClosedException closed(Outcome outcome) {
            return new ClientClosedException("client is closed: no reply from " + to.name(), outcome, null);
        }

        /** Whether the reply came in time. */
        boolean answer(Message reply) {
            if (!forget()) {
                return false;
            }
            String type = reply.annotations().get(Annotations.ERROR_TYPE);
            if (type == null) {
                end(() -> result.complete(reply));
            } else {
                String text = reply.annotations().get(Annotations.ERROR_MESSAGE);
                RemoteHandlerException failure = new RemoteHandlerException(
                        to.name(), BoundedText.cut(type, MAX_ID), BoundedText.cutOrNull(text, MAX_TEXT));
                end(() -> result.completeExceptionally(failure));
            }
            return true;
        }
    }

    /** One opening of the inbox, and where its replies arrive. */
    private final class Inbox implements Sink {
        final CompletableFuture<Receiver> opened = new CompletableFuture<>();
        private volatile @Nullable Receiver receiver;

        void open() {
            CompletableFuture<Receiver> attempt;
            try {
                attempt = engine.transport().openReplyInbox(this);
            } catch (RuntimeException e) {
                opened.completeExceptionally(e);
                return;
            }
            Waits.whenDone(attempt, (open, failure) -> {
                if (failure != null) {
                    opened.completeExceptionally(failure);
                    return;
                }
                receiver = open;
                if (inbox.get() != this) { // closed, or failed, while it was opening
                    var unusedClosing = open.close(CLOSE);
                    opened.completeExceptionally(
                            closed
                                    ? new ClientClosedException("client is closed: no reply inbox", null)
                                    : TransportException.unknown("the reply inbox ended at once", null));
                    return;
                }
                open.credit(CREDIT);
                opened.complete(open);
            });
        }

        @Override
        public void deliver(Incoming delivery) {
            delivery.ack(Completion.IGNORED);
            Receiver open = receiver;
            if (open != null) {
                open.credit(1);
            }
            Message reply = delivery.message();
            String id = reply.correlationId();
            Pending entry = id == null ? null : pending.get(id);
            if (entry == null || !entry.answer(reply)) {
                drop(id, id == null ? "no correlation id" : "late, twice, or to no request of this client");
            }
        }

        @Override
        public void lost(List<? extends Incoming> deliveries, String why) {
            // acked as they came: nothing is waiting here
        }

        @Override
        public void failed(Throwable cause) {
            if (inbox.compareAndSet(this, null)) {
                LOG.warn("the reply inbox ended and is opened again with the next request: {}", LogText.of(cause));
                failAll("the reply inbox ended before the reply came", cause);
            }
        }
    }
}

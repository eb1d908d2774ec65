package dev.transload.mq.proof;

import dev.transload.mq.Message;
import dev.transload.mq.Shape;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.PlaceAdmin;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.TimeSource;
import dev.transload.mq.spi.Transport;
import dev.transload.mq.spi.TransportContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What a broken transport does differently: nothing, unless a method is overridden. Each client has one of its own.
 *
 * <p>Methods are called by the engine's and the real transport's threads, as those of the SPI are.
 */
abstract class Twist {

    private Transport real;
    private TransportContext context;

    /** Called before anything else. */
    void opened(Transport transport, TransportContext lent) {
        real = transport;
        context = lent;
    }

    /** The transport that does it right. */
    final Transport real() {
        return real;
    }

    final TransportContext context() {
        return context;
    }

    /** The time that the engine goes by. */
    final TimeSource time() {
        return real.time().orElse(context.time());
    }

    Capabilities capabilities(Shape shape, Capabilities truth) {
        return truth;
    }

    CompletableFuture<Void> declare(Place place) {
        return real.declare(place);
    }

    // ---- sending

    /** The message as it goes out, by a send or by a move. */
    Message outgoing(Message message, Place to) {
        return message;
    }

    /** The delay it goes out with. */
    long delay(long millis, Message message, Place to) {
        return millis;
    }

    void send(Outgoing outgoing) {
        real.send(outgoing);
    }

    void send(List<Outgoing> batch) {
        batch.forEach(this::send);
    }

    // ---- receiving

    ReceiveSpec spec(ReceiveSpec asked) {
        return asked;
    }

    CompletableFuture<Receiver> receive(ReceiveSpec spec, Sink sink) {
        return real.receive(spec, sink);
    }

    CompletableFuture<Receiver> openReplyInbox(Sink sink) {
        return real.openReplyInbox(sink);
    }

    /** The message as the engine gets it. */
    Message incoming(Message message, Incoming delivery) {
        return message;
    }

    /** Hands deliveries that came together to the engine. */
    void deliver(List<TwistedIncoming> batch, Sink engine) {
        engine.deliver(batch);
    }

    void lost(List<TwistedIncoming> deliveries, String why, Sink engine) {
        engine.lost(deliveries, why);
    }

    void credit(Receiver receiver, int n) {
        receiver.credit(n);
    }

    CompletableFuture<Void> stop(Receiver receiver) {
        return receiver.stop();
    }

    CompletableFuture<Void> close(Receiver receiver, Duration timeout) {
        return receiver.close(timeout);
    }

    // ---- settling

    void began(Incoming delivery) {
        delivery.began();
    }

    void ack(Incoming delivery, Completion completion) {
        delivery.ack(completion);
    }

    void release(Incoming delivery, Duration delay, boolean failed, Completion completion) {
        delivery.release(delay, failed, completion);
    }

    void renew(Incoming delivery, Completion completion) {
        delivery.renew(completion);
    }

    void note(Incoming delivery, int failures, Completion completion) {
        delivery.note(failures, completion);
    }

    void move(Incoming delivery, Outgoing outgoing) {
        delivery.moveTo(outgoing);
    }

    long storedAt(Incoming real) {
        return real.storedAt();
    }

    int brokerCount(Incoming delivery) {
        return delivery.brokerCount();
    }

    int notedFailures(Incoming delivery) {
        return delivery.notedFailures();
    }

    long fence(Incoming delivery) {
        return delivery.fence();
    }

    // ---- the rest

    CompletableFuture<List<Message>> browse(Place place, int max) {
        return real.browse(place, max);
    }

    PlaceAdmin admin() {
        return real.admin();
    }

    /** Tells the engine about the connection. */
    void connection(boolean up, String why) {
        context.connection(up, why);
    }

    CompletableFuture<Void> close(Duration timeout) {
        return real.close(timeout);
    }
}

package dev.transload.mq.proof;

import dev.transload.mq.Message;
import dev.transload.mq.Shape;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.PlaceAdmin;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.TimeSource;
import dev.transload.mq.spi.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Any transport, broken in one way. */
final class TwistedTransport implements Transport {

    private final Transport real;
    private final Twist twist;
    private final ConcurrentHashMap<Shape, Capabilities> capabilities = new ConcurrentHashMap<>();

    TwistedTransport(Transport real, Twist twist) {
        this.real = real;
        this.twist = twist;
    }

    @Override
    public Capabilities capabilities(Shape shape) {
        return capabilities.computeIfAbsent(shape, s -> twist.capabilities(s, real.capabilities(s)));
    }

    @Override
    public CompletableFuture<Void> declare(Place place) {
        return twist.declare(place);
    }

    @Override
    public void send(Outgoing outgoing) {
        twist.send(TwistedOutgoing.of(twist, outgoing));
    }

    @Override
    public void send(List<? extends Outgoing> batch) {
        twist.send(batch.stream()
                .<Outgoing>map(outgoing -> TwistedOutgoing.of(twist, outgoing))
                .toList());
    }

    @Override
    public CompletableFuture<Receiver> receive(ReceiveSpec spec, Sink sink) {
        return twist.receive(twist.spec(spec), new TwistedSink(twist, sink)).thenApply(this::twisted);
    }

    @Override
    public CompletableFuture<Receiver> openReplyInbox(Sink sink) {
        return twist.openReplyInbox(new TwistedSink(twist, sink)).thenApply(this::twisted);
    }

    private Receiver twisted(Receiver receiver) {
        return new TwistedReceiver(twist, receiver);
    }

    @Override
    public CompletableFuture<List<Message>> browse(Place place, int max) {
        return twist.browse(place, max);
    }

    @Override
    public PlaceAdmin admin() {
        return twist.admin();
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        return twist.close(timeout);
    }

    @Override
    public Optional<TimeSource> time() {
        return real.time();
    }

    @Override
    public <T> Optional<T> unwrap(Class<T> type) {
        return real.unwrap(type);
    }

    private record TwistedReceiver(Twist twist, Receiver real) implements Receiver {

        @Override
        public void credit(int n) {
            twist.credit(real, n);
        }

        @Override
        public CompletableFuture<Void> stop() {
            return twist.stop(real);
        }

        @Override
        public CompletableFuture<Void> close(Duration timeout) {
            return twist.close(real, timeout);
        }

        @Override
        public long lastContact() {
            return real.lastContact();
        }

        @Override
        public Optional<String> replyTo() {
            return real.replyTo();
        }
    }
}

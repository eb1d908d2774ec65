package dev.transload.mq.tck;

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
import java.util.concurrent.atomic.AtomicLong;

/** A transport that says of itself what a {@link Pretence} has it say, and counts calls that may cause I/O. */
final class PretendingTransport implements Transport {

    private final Transport real;
    private final Pretence pretence;
    private final TimeSource engineTime;
    private final Calls calls = new Calls();
    private final ConcurrentHashMap<Shape, Capabilities> capabilities = new ConcurrentHashMap<>();

    PretendingTransport(Transport real, Pretence pretence, TimeSource engineTime) {
        this.real = real;
        this.pretence = pretence;
        this.engineTime = engineTime;
    }

    /** How often the engine has turned to the transport for anything but its capabilities. Thread-safe. */
    static final class Calls {
        private final AtomicLong count = new AtomicLong();

        long count() {
            return count.get();
        }
    }

    private Transport called() {
        calls.count.incrementAndGet();
        return real;
    }

    @Override
    public Capabilities capabilities(Shape shape) {
        return capabilities.computeIfAbsent(shape, each -> pretence.of(real.capabilities(each)));
    }

    @Override
    public CompletableFuture<Void> declare(Place place) {
        return called().declare(place);
    }

    @Override
    public void send(Outgoing outgoing) {
        called().send(outgoing);
    }

    @Override
    public void send(List<? extends Outgoing> batch) {
        called().send(batch);
    }

    @Override
    public CompletableFuture<Receiver> receive(ReceiveSpec spec, Sink sink) {
        return called().receive(spec, sink);
    }

    @Override
    public CompletableFuture<Receiver> openReplyInbox(Sink sink) {
        return called().openReplyInbox(sink);
    }

    @Override
    public CompletableFuture<List<Message>> browse(Place place, int max) {
        return called().browse(place, max);
    }

    @Override
    public PlaceAdmin admin() {
        return called().admin();
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        return called().close(timeout);
    }

    @Override
    public Optional<TimeSource> time() {
        return pretence.ahead() == 0
                ? real.time()
                : Optional.of(pretence.of(real.time().orElse(engineTime)));
    }

    @Override
    public <T> Optional<T> unwrap(Class<T> type) {
        return type == Calls.class ? Optional.of(type.cast(calls)) : real.unwrap(type);
    }
}

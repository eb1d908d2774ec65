package dev.transload.mq.proof;

import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Sink;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Stands between a real transport and the engine, and remembers which delivery became which. Thread-safe. */
final class TwistedSink implements Sink {

    private final Twist twist;
    private final Sink engine;
    private final Map<Incoming, TwistedIncoming> out = Collections.synchronizedMap(new IdentityHashMap<>());

    TwistedSink(Twist twist, Sink engine) {
        this.twist = twist;
        this.engine = engine;
    }

    @Override
    public void deliver(Incoming delivery) {
        deliver(List.of(delivery));
    }

    @Override
    public void deliver(List<? extends Incoming> batch) {
        List<TwistedIncoming> twisted = new ArrayList<>(batch.size());
        for (Incoming delivery : batch) {
            TwistedIncoming incoming = new TwistedIncoming(twist, delivery, this);
            out.put(delivery, incoming);
            twisted.add(incoming);
        }
        twist.deliver(twisted, engine);
    }

    /** The engine has settled it; it cannot be lost any more but by a settle that came too late. */
    void settled(Incoming delivery) {
        out.remove(delivery);
    }

    @Override
    public void lost(List<? extends Incoming> deliveries, String why) {
        List<TwistedIncoming> lost = new ArrayList<>();
        for (Incoming delivery : deliveries) {
            TwistedIncoming known = out.remove(delivery);
            lost.add(known == null ? new TwistedIncoming(twist, delivery, this) : known);
        }
        twist.lost(lost, why, engine);
    }

    @Override
    public void failed(Throwable cause) {
        engine.failed(cause);
    }
}

package dev.transload.mq.sqs;

import dev.transload.mq.fixtures.SqsBroker;
import dev.transload.mq.fixtures.SqsVersion;
import dev.transload.mq.tck.BrokerControl;
import dev.transload.mq.tck.Fault;
import dev.transload.mq.tck.Link;
import dev.transload.mq.tck.TcpProbe;
import dev.transload.mq.tck.TcpProxy;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/** An emulator of the kit's own, behind a proxy that its clients know no way around, for cases that break it. */
final class SqsControl implements BrokerControl {

    private final SqsBroker broker;
    private final TcpProxy proxy;
    private final TcpProbe probe;

    private SqsControl(SqsBroker broker) {
        this.broker = broker;
        this.proxy = broker.proxy();
        this.probe = new TcpProbe(proxy.host(), proxy.port(), SqsBroker.greeting());
    }

    static SqsControl start(SqsVersion version) {
        return new SqsControl(SqsBroker.start(version));
    }

    /**
     * A broker keeps its data over a stop and a kill: one that does not cannot show what is asked of it then. ElasticMQ does
     * over a kill. Told to stop, it goes on to confirm batches that it writes no more: with sixteen senders 150 confirmed
     * messages were gone, three times of three.
     */
    @Override
    public Set<Fault> supported() {
        EnumSet<Fault> all = EnumSet.of(
                Fault.PAUSE,
                Fault.FORGET,
                Fault.CUT,
                Fault.HALF_OPEN,
                Fault.CUT_AFTER,
                Fault.LATENCY,
                Fault.SLICE,
                Fault.BANDWIDTH);
        if (broker.keepsData()) {
            all.add(Fault.KILL);
        }
        return all;
    }

    @Override
    public String uri() {
        return SqsTckProvider.uri(broker.endpointVia(proxy), broker.hasTopics())
                + "&requestTimeout=5s&longestPoll=5s&visibility=7s&privateTimeout=6s";
    }

    @Override
    public Link link() {
        return proxy;
    }

    @Override
    public boolean answers() {
        return probe.answers();
    }

    /** ElasticMQ takes what it kept of a FIFO queue for messages of a standard one; {@code SqsBrokerIT} shows it. */
    @Override
    public boolean keepsOrder() {
        return false;
    }

    /** A long poll that is not answered, and a margin for a machine that has other things to do. */
    @Override
    public Duration silence() {
        return Duration.ofSeconds(15);
    }

    @Override
    public void stop() {
        broker.stop();
    }

    @Override
    public void start() {
        broker.start();
    }

    @Override
    public void kill() {
        broker.kill();
    }

    @Override
    public void pause() {
        broker.pause();
    }

    @Override
    public void unpause() {
        broker.unpause();
    }

    @Override
    public void forget() {
        broker.forget();
    }

    /** Ends the emulator too, after the last case. */
    void end() {
        proxy.close();
        broker.close();
    }
}

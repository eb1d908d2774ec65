package dev.transload.mq.redis;

import dev.transload.mq.fixtures.RedisBroker;
import dev.transload.mq.fixtures.RedisVersion;
import dev.transload.mq.tck.BrokerControl;
import dev.transload.mq.tck.Fault;
import dev.transload.mq.tck.Link;
import dev.transload.mq.tck.TcpProbe;
import dev.transload.mq.tck.TcpProxy;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/** A Redis of the kit's own, behind a proxy, for cases that break it. */
final class RedisControl implements BrokerControl {

    private final RedisBroker broker;
    private final String options;
    private final TcpProxy proxy;
    private final TcpProbe probe;

    private RedisControl(RedisBroker broker, String options) {
        this.broker = broker;
        this.options = options;
        this.proxy = broker.proxy();
        this.probe = new TcpProbe(proxy.host(), proxy.port(), RedisBroker.greeting());
    }

    static RedisControl start(RedisVersion version) {
        return new RedisControl(RedisBroker.start(version), "");
    }

    /** One that is a cluster. */
    static RedisControl startCluster(RedisVersion version) {
        RedisControl control = new RedisControl(OneNodeCluster.builder(version).start(), "&" + OneNodeCluster.OPTION);
        OneNodeCluster.form(control.broker, control.proxy.host(), control.proxy.port(), 0);
        return control;
    }

    @Override
    public Set<Fault> supported() {
        return EnumSet.of(
                Fault.STOP,
                Fault.KILL,
                Fault.PAUSE,
                Fault.FORGET,
                Fault.CUT,
                Fault.HALF_OPEN,
                Fault.CUT_AFTER,
                Fault.LATENCY,
                Fault.SLICE,
                Fault.BANDWIDTH);
    }

    @Override
    public String uri() {
        return broker.uriVia(proxy) + "?timeout=2s&maxReconnectDelay=500ms" + options;
    }

    @Override
    public Link link() {
        return proxy;
    }

    @Override
    public boolean answers() {
        return probe.answers();
    }

    /** A request that is not answered, and a margin for a machine that has other things to do. */
    @Override
    public Duration silence() {
        return Duration.ofSeconds(10);
    }

    @Override
    public void closeConnections() {
        broker.closeConnections();
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

    /** Ends the broker too, after the last case. */
    void end() {
        proxy.close();
        broker.close();
    }
}

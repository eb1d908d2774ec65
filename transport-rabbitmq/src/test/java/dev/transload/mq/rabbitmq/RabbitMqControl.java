package dev.transload.mq.rabbitmq;

import static org.awaitility.Awaitility.await;

import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
import dev.transload.mq.tck.BrokerControl;
import dev.transload.mq.tck.Fault;
import dev.transload.mq.tck.Link;
import dev.transload.mq.tck.TcpProbe;
import dev.transload.mq.tck.TcpProxy;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/** A RabbitMQ of the kit's own, behind a proxy, for cases that break it. */
final class RabbitMqControl implements BrokerControl {

    private static final byte[] PROTOCOL_HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};

    private final RabbitMqBroker broker;
    private final TcpProxy proxy;
    private final TcpProbe probe;

    private RabbitMqControl(RabbitMqBroker broker) {
        this.broker = broker;
        this.proxy = broker.proxy();
        this.probe = new TcpProbe(proxy.host(), proxy.port(), PROTOCOL_HEADER);
    }

    static RabbitMqControl start(RabbitMqVersion version) {
        return new RabbitMqControl(RabbitMqBroker.start(version));
    }

    @Override
    public Set<Fault> supported() {
        Set<Fault> faults =
                EnumSet.of(Fault.CUT, Fault.HALF_OPEN, Fault.CUT_AFTER, Fault.LATENCY, Fault.SLICE, Fault.BANDWIDTH);
        if (broker.controllable()) {
            faults.addAll(EnumSet.of(Fault.STOP, Fault.KILL, Fault.PAUSE, Fault.FORGET));
        }
        return faults;
    }

    @Override
    public String uri() {
        return broker.uriVia(proxy) + "?maxReconnectDelay=500ms&heartbeat=2s";
    }

    @Override
    public Link link() {
        return proxy;
    }

    @Override
    public boolean answers() {
        return probe.answers();
    }

    /** Two heartbeats that are missed, and a margin for a machine that has other things to do. */
    @Override
    public Duration silence() {
        return Duration.ofSeconds(10);
    }

    @Override
    public void stop() {
        broker.stop();
    }

    @Override
    public void start() {
        broker.start();
    }

    /** Kills it once what was declared is safe: RabbitMQ writes down late which log belongs to which queue. */
    @Override
    public void kill() {
        await("the broker has written down its queues")
                .pollDelay(Duration.ofMillis(1_500))
                .until(() -> true);
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
    public void closeConnections() {
        if (broker.controllable()) {
            broker.closeConnections();
        } else {
            proxy.cut();
        }
    }

    @Override
    public void forget() {
        broker.exec("rabbitmqctl", "stop_app");
        broker.exec("rabbitmqctl", "reset");
        broker.exec("rabbitmqctl", "start_app");
    }

    /** Ends the broker too, after the last case. */
    void end() {
        proxy.close();
        broker.close();
    }
}

package dev.transload.mq.inmemory;

import dev.transload.mq.Outcome;
import dev.transload.mq.spi.Transport;
import dev.transload.mq.tck.BrokerControl;
import dev.transload.mq.tck.Direction;
import dev.transload.mq.tck.Fault;
import dev.transload.mq.tck.Link;
import dev.transload.mq.tck.TckBroker;
import dev.transload.mq.tck.TckTime;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;

/** Breaks a broker of this JVM as far as it has something to break: its connections, and that it answers. */
final class InMemoryControl implements BrokerControl {

    private final InMemoryBroker broker;
    private final TckBroker seen;
    private final Connections link = new Connections();

    /**
     * Takes control of a broker.
     *
     * @param seen the same broker as cases see it; closed with this control
     */
    InMemoryControl(InMemoryBroker broker, TckBroker seen) {
        this.broker = broker;
        this.seen = seen;
    }

    @Override
    public Set<Fault> supported() {
        return Set.of(Fault.STOP, Fault.PAUSE, Fault.CUT, Fault.HALF_OPEN);
    }

    @Override
    public String uri() {
        return seen.uri();
    }

    @Override
    public Optional<TckTime> time() {
        return seen.time();
    }

    @Override
    public Link link() {
        return link;
    }

    /** Asks by the SPI, as a client of its own. */
    @Override
    public boolean answers() {
        try {
            Probe probe = Probe.on(broker);
            Transport transport = probe.transport;
            boolean answered =
                    transport.admin().depth(Probe.queue("control-probe")).isDone();
            probe.close();
            return answered;
        } catch (CompletionException refused) {
            return false;
        }
    }

    @Override
    public Duration silence() {
        return Duration.ofSeconds(11);
    }

    @Override
    public void stop() {
        link.end(Outcome.NOT_SENT);
    }

    @Override
    public void start() {
        broker.reconnect();
    }

    @Override
    public void pause() {
        broker.freeze();
    }

    @Override
    public void unpause() {
        broker.thaw();
    }

    @Override
    public void crash(String clientId) {
        broker.crash(clientId);
    }

    @Override
    public void close() {
        seen.close();
    }

    /** What a broker has in this JVM in place of a link. */
    private final class Connections implements Link {

        private long ended;

        void end(Outcome ofSends) {
            broker.disconnect(ofSends);
            ended++;
        }

        @Override
        public void cut() {
            end(Outcome.NOT_SENT);
            broker.reconnect();
        }

        @Override
        public void down() {
            end(Outcome.NOT_SENT);
        }

        @Override
        public void freeze(Direction... directions) {
            broker.freeze();
        }

        @Override
        public void heal() {
            broker.thaw();
            broker.reconnect();
        }

        @Override
        public long ended() {
            return ended;
        }

        @Override
        public void cutAfter(Direction direction, long bytes) {
            throw noBytes();
        }

        @Override
        public void latency(Duration delay, Duration jitter) {
            throw noBytes();
        }

        @Override
        public void slice(int bytes) {
            throw noBytes();
        }

        @Override
        public void bandwidth(long bytesPerSecond) {
            throw noBytes();
        }

        private static UnsupportedOperationException noBytes() {
            return new UnsupportedOperationException("no bytes travel inside of a JVM");
        }
    }
}

package dev.transload.mq.proof;

import dev.transload.mq.Outcome;
import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.inmemory.InMemoryBroker;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.TimeSource;
import dev.transload.mq.spi.Transport;
import dev.transload.mq.spi.TransportContext;
import dev.transload.mq.spi.TransportUri;
import dev.transload.mq.tck.BrokerControl;
import dev.transload.mq.tck.Direction;
import dev.transload.mq.tck.Fault;
import dev.transload.mq.tck.Link;
import dev.transload.mq.tck.TckBroker;
import dev.transload.mq.tck.TckTime;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Breaks an in-memory broker. Behind a {@link Wire} it does more than an in-memory broker has to break: the broker counts
 * as a process with a disk, and its link as one that carries bytes.
 */
final class ProofControl implements BrokerControl {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final InMemoryBroker broker;
    private final TckBroker seen;
    private final String direct;
    private final Wire wire;
    private final Connections link = new Connections();

    /**
     * Takes control of a broker.
     *
     * @param seen the same broker as cases see it, behind a mutant perhaps; closed with this control
     * @param direct what leads to the broker with no mutant between
     * @param wire the way to it, or null if clients share its JVM
     */
    ProofControl(InMemoryBroker broker, TckBroker seen, String direct, Wire wire) {
        this.broker = broker;
        this.seen = seen;
        this.direct = direct;
        this.wire = wire;
    }

    @Override
    public Set<Fault> supported() {
        return wire == null
                ? EnumSet.of(Fault.STOP, Fault.PAUSE, Fault.CUT, Fault.HALF_OPEN)
                : EnumSet.of(Fault.KILL, Fault.FORGET, Fault.CUT, Fault.CUT_AFTER, Fault.LATENCY);
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
            Transport asking = new MutantTransportProvider()
                    .open(new Asking(MutantTransportProvider.uri(Mutants.HEALTHY, direct)))
                    .join();
            boolean answered = isAnswered(asking);
            asking.close(Duration.ZERO).join();
            return answered;
        } catch (CompletionException refused) {
            return false;
        }
    }

    // Where time is virtual an answer comes at once or too late.
    private boolean isAnswered(Transport asking) {
        Duration most = seen.time().isPresent() ? Duration.ZERO : PATIENCE;
        try {
            asking.declare(Place.of(Place.Role.QUEUE, "control-probe", Shape.PLAIN))
                    .get(most.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public Duration silence() {
        return Duration.ofSeconds(11);
    }

    @Override
    public void stop() {
        link.down();
    }

    @Override
    public void kill() {
        link.down();
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
    public void forget() {
        broker.forget();
        link.ended++;
    }

    @Override
    public void crash(String clientId) {
        broker.crash(clientId);
    }

    @Override
    public void close() {
        if (wire != null) {
            wire.close();
        }
        seen.close();
    }

    /** The link as a case sees it. */
    private final class Connections implements Link {

        private long ended;

        @Override
        public void cut() {
            down();
            broker.reconnect();
        }

        @Override
        public void down() {
            broker.disconnect(Outcome.NOT_SENT);
            ended++;
        }

        @Override
        public void freeze(Direction... directions) {
            broker.freeze();
        }

        @Override
        public void heal() {
            if (wire != null) {
                wire.heal();
            }
            broker.thaw();
            broker.reconnect();
        }

        @Override
        public long ended() {
            return ended + (wire == null ? 0 : wire.cuts());
        }

        @Override
        public void cutAfter(Direction direction, long bytes) {
            wire.cutAfter(direction, bytes);
        }

        @Override
        public void latency(Duration delay, Duration jitter) {
            wire.latency(delay, jitter);
        }

        @Override
        public void slice(int bytes) {
            throw new UnsupportedOperationException("slice");
        }

        @Override
        public void bandwidth(long bytesPerSecond) {
            throw new UnsupportedOperationException("bandwidth");
        }
    }

    /** What a transport is lent that only asks. */
    private record Asking(TransportUri uri) implements TransportContext {

        Asking(String uri) {
            this(TransportUri.parse(uri));
        }

        @Override
        public String clientId() {
            return "control";
        }

        @Override
        public Topology topology() {
            return Topology.CREATE;
        }

        @Override
        public Duration connectTimeout() {
            return PATIENCE;
        }

        @Override
        public int maxOutstandingSends() {
            return 1_000;
        }

        @Override
        public TimeSource time() {
            throw new UnsupportedOperationException("the broker has its own time");
        }

        @Override
        public void connection(boolean up, String why) {
            // asks once
        }
    }
}

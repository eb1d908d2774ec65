package dev.transload.mq.inmemory;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A receiver: its credit, what is out at it under which lease, and what its sink has yet to be told. Guarded by the
 * broker's lock, save for {@link Outbox#drain}.
 */
final class Flow implements Receiver {

    final Broker broker;
    Mailbox mailbox;
    final Capabilities capabilities;
    final Outbox outbox;

    /** Lanes with messages that are this receiver's, in turn. */
    final ArrayDeque<Lane> lanes = new ArrayDeque<>();

    boolean inTurn;
    boolean handing;

    private final InMemoryTransport client;
    private final boolean inbox;
    private final long leaseNanos;
    private long credit;
    private boolean connected = true;
    private boolean stopped;
    private boolean closed;
    private long lastContact;
    private final Leases leases = new Leases();
    private TimeSource.@Nullable Timer leaseTimer;

    Flow(
            InMemoryTransport client,
            Mailbox mailbox,
            Capabilities capabilities,
            Duration lease,
            boolean inbox,
            Sink sink) {
        this.client = client;
        this.broker = client.broker();
        this.mailbox = mailbox;
        this.capabilities = capabilities;
        this.inbox = inbox;
        this.outbox = new Outbox(broker, sink);
        Duration held = capabilities.has(Capability.RENEW) ? lease : capabilities.maxLease();
        this.leaseNanos = Nanos.of(held);
    }

    /** Whether another message may be handed to it. */
    boolean takes() {
        return credit > 0 && connected && !stopped && !broker.standstill.holds();
    }

    /** Hands a message out, against one credit. */
    void hand(Entry entry, int lane, long fence) {
        credit--;
        long now = broker.time.nanos();
        InMemoryDelivery delivery = new InMemoryDelivery(this, entry, lane, fence, now);
        delivery.leaseEnd = leaseEnd(delivery, now);
        leases.add(delivery);
        outbox.add(delivery);
        watchLeases(now);
    }

    private long leaseEnd(InMemoryDelivery delivery, long now) {
        long most = delivery.handedAt + Nanos.of(capabilities.maxLease());
        return Math.min(now + leaseNanos, most);
    }

    private void watchLeases(long now) {
        InMemoryDelivery first = leases.first();
        if (leaseTimer == null && first != null) {
            long wait = Math.max(0, first.leaseEnd - now);
            leaseTimer = broker.time.schedule(Duration.ofNanos(wait), this::leasesEnd);
        }
    }

    private void leasesEnd() {
        broker.standstill.pass(() -> broker.run(this::endLeases));
    }

    private void endLeases() {
        leaseTimer = null;
        long now = broker.time.nanos();
        List<InMemoryDelivery> over = leases.endedBy(now);
        if (!over.isEmpty()) {
            lose(withLanes(over), "the lease of " + Nanos.text(leaseNanos) + " ended without a renewal", true);
        }
        watchLeases(now);
    }

    /** Order would break if later messages of a lane stayed where an earlier one was lost. */
    private List<InMemoryDelivery> withLanes(List<InMemoryDelivery> over) {
        if (!(mailbox instanceof LaneMailbox ordered)) {
            return over;
        }
        List<Lane> lost = new ArrayList<>();
        for (InMemoryDelivery delivery : over) {
            Lane lane = delivery.entry.lane;
            if (lane != null && !lost.contains(lane)) {
                lost.add(lane);
                ordered.fenceOff(lane);
            }
        }
        List<InMemoryDelivery> all = new ArrayList<>();
        leases.forEach(delivery -> {
            if (lost.contains(delivery.entry.lane)) {
                all.add(delivery);
            }
        });
        return all;
    }

    /** Ends the leases of all that is out. */
    void loseAll(String why, boolean tell) {
        List<InMemoryDelivery> all = new ArrayList<>();
        leases.forEach(all::add);
        if (!all.isEmpty()) {
            lose(withLanes(all), why, tell);
        }
    }

    private void lose(List<InMemoryDelivery> deliveries, String why, boolean tell) {
        List<Entry> entries = new ArrayList<>(deliveries.size());
        for (InMemoryDelivery delivery : deliveries) {
            leases.remove(delivery);
            delivery.state = InMemoryDelivery.State.LOST;
            boolean counts =
                    capabilities.counting().exact() ? delivery.began && !delivery.accounted : !delivery.accounted;
            if (counts) {
                delivery.entry.counted++;
            } else if (capabilities.counting().exact() && !delivery.accounted) {
                delivery.entry.lost = delivery;
            }
            if (!broker.setAside(delivery.entry, mailbox, capabilities.counting())) {
                entries.add(delivery.entry);
            }
        }
        if (tell) {
            outbox.add(new Outbox.Lost(deliveries, why));
        }
        mailbox.giveBack(entries);
    }

    @Nullable
    RuntimeException ack(InMemoryDelivery delivery) {
        RuntimeException late = delivery.late();
        if (late == null) {
            settle(delivery);
            if (mailbox.duplicates > 0) {
                mailbox.duplicates--;
                mailbox.giveBack(List.of(delivery.entry));
            } else {
                mailbox.settled(delivery.entry);
            }
        }
        return late;
    }

    @Nullable
    RuntimeException release(InMemoryDelivery delivery, Duration delay, boolean failed) {
        RuntimeException late = delivery.late();
        if (late == null) {
            settle(delivery);
            if (!delivery.accounted && (failed || !capabilities.counting().uncountedRelease())) {
                delivery.entry.counted++;
            }
            if (broker.setAside(delivery.entry, mailbox, capabilities.counting())) {
                return null;
            }
            if (delay.isZero()) {
                mailbox.giveBack(List.of(delivery.entry));
            } else {
                broker.hold(delivery.entry, mailbox, delay);
            }
        }
        return late;
    }

    @Nullable
    RuntimeException renew(InMemoryDelivery delivery) {
        RuntimeException late = delivery.late();
        if (late == null) {
            leases.remove(delivery);
            delivery.leaseEnd = leaseEnd(delivery, broker.time.nanos());
            leases.add(delivery);
        }
        return late;
    }

    @Nullable
    RuntimeException note(InMemoryDelivery delivery, int failures) {
        RuntimeException late = delivery.late();
        if (late == null) {
            delivery.entry.noted = failures;
            delivery.accounted = true;
        }
        return late;
    }

    @Nullable
    Throwable move(InMemoryDelivery delivery, Outgoing outgoing, Message message) {
        RuntimeException late = delivery.late();
        if (late != null) {
            return late;
        }
        Throwable refused = client.store(outgoing, message);
        return refused == null ? ack(delivery) : refused;
    }

    private void settle(InMemoryDelivery delivery) {
        leases.remove(delivery);
        delivery.state = InMemoryDelivery.State.SETTLED;
    }

    void forEachUnsettled(Consumer<InMemoryDelivery> action) {
        leases.forEach(action);
    }

    void require(Capability capability) {
        if (!capabilities.has(capability)) {
            throw new UnsupportedOperationException(capability + " is not declared");
        }
    }

    @Override
    public void credit(int n) {
        if (n < 0) {
            throw new IllegalArgumentException("credit must not be negative, was " + n);
        }
        broker.run(() -> {
            credit += n;
            if (takes()) {
                mailbox.credited(this);
            }
        });
    }

    @Override
    public CompletableFuture<Void> stop() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        broker.run(() -> {
            stopIntake();
            outbox.add(new Outbox.Mark(done));
        });
        return done;
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        broker.run(() -> {
            end("the receiver was closed");
            outbox.add(new Outbox.Mark(done));
        });
        return done;
    }

    private void stopIntake() {
        if (!stopped) {
            stopped = true;
            mailbox.quit(this);
        }
    }

    /** Leaves for good; what is out goes back. */
    void end(String why) {
        if (!closed) {
            stopIntake();
            closed = true;
            loseAll(why, false);
            if (leaseTimer != null) {
                leaseTimer.cancel();
                leaseTimer = null;
            }
            mailbox.flows.remove(this);
            client.forget(this);
            broker.left(mailbox);
        }
    }

    /** Ends as if the process were gone; told only that it has lost what it held, so that it starts none of it. */
    CompletableFuture<Void> kill() {
        CompletableFuture<Void> told = new CompletableFuture<>();
        String why = "the process counts as killed";
        stopIntake();
        outbox.discard();
        loseAll(why, true);
        end(why);
        outbox.add(new Outbox.Mark(told));
        return told;
    }

    /** The place is gone. */
    void fail(Throwable cause) {
        outbox.add(new Outbox.Failed(cause));
        end("the place was deleted");
    }

    void disconnect(String why) {
        if (connected) {
            connected = false;
            lastContact = broker.time.nanos();
            mailbox.quit(this);
            loseAll(why, true);
        }
    }

    /** The broker stands still. */
    void silent() {
        lastContact = broker.time.nanos();
    }

    /** The broker goes on. */
    void heardAgain() {
        if (takes()) {
            mailbox.credited(this);
        }
    }

    /** Takes part in another mailbox from now on, since its own is gone; before the connection is mended. */
    void moveTo(Mailbox made) {
        mailbox.flows.remove(this);
        made.flows.add(this);
        mailbox = made;
    }

    void reconnect() {
        if (!connected) {
            connected = true;
            if (!stopped) {
                mailbox.join(this);
            }
        }
    }

    @Override
    public long lastContact() {
        return broker.call(
                () -> connected && !closed && !broker.standstill.holds() ? broker.time.nanos() : lastContact);
    }

    @Override
    public Optional<String> replyTo() {
        return inbox ? Optional.of(mailbox.place.name()) : Optional.empty();
    }
}

package dev.transload.mq.inmemory;

import dev.transload.mq.ClientClosedException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.Shape;
import dev.transload.mq.TransportException;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
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
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One client of an in-memory broker. Thread-safe; state is guarded by the broker's lock. */
final class InMemoryTransport implements Transport {

    private final Broker broker;
    private final TransportContext context;
    private final InMemoryAdmin admin;
    private final Map<Shape, Capabilities> capabilities = new ConcurrentHashMap<>();
    private final Set<Flow> flows = new LinkedHashSet<>();
    private @Nullable Outcome disconnected;
    private boolean killed;
    private boolean closed;

    InMemoryTransport(Broker broker, TransportContext context) {
        this.broker = broker;
        this.context = context;
        this.admin = new InMemoryAdmin(this, broker);
    }

    Broker broker() {
        return broker;
    }

    String clientId() {
        return context.clientId();
    }

    @Override
    public Capabilities capabilities(Shape shape) {
        return capabilities.computeIfAbsent(shape, broker.profile::capabilities);
    }

    @Override
    public CompletableFuture<Void> declare(Place place) {
        return ask(() -> {
            requireProfile(place);
            broker.places.declare(place, context.topology());
            return null;
        });
    }

    @Override
    public void send(Outgoing outgoing) {
        Message copy = Copies.of(outgoing.message());
        broker.standstill.pass(() -> tell(outgoing, broker.call(() -> store(outgoing, copy))));
    }

    @Override
    public void send(List<? extends Outgoing> batch) {
        List<Message> copies = new ArrayList<>(batch.size());
        batch.forEach(outgoing -> copies.add(Copies.of(outgoing.message())));
        List<Outgoing> all = List.copyOf(batch);
        broker.standstill.pass(() -> send(all, copies));
    }

    private void send(List<Outgoing> batch, List<Message> copies) {
        List<@Nullable Throwable> failures = new ArrayList<>(batch.size());
        broker.run(() -> {
            for (int i = 0; i < batch.size(); i++) {
                failures.add(store(batch.get(i), copies.get(i)));
            }
        });
        for (int i = 0; i < batch.size(); i++) {
            tell(batch.get(i), failures.get(i));
        }
    }

    private static void tell(Outgoing outgoing, @Nullable Throwable failure) {
        if (failure == null) {
            outgoing.done();
        } else {
            outgoing.failed(failure);
        }
    }

    /** Takes a message in, or says why not; under the broker's lock. */
    @Nullable
    Throwable store(Outgoing outgoing, Message copy) {
        Place place = outgoing.to();
        try {
            requireUp();
            Outcome fault = broker.nextSendFault(place.name());
            if (fault == Outcome.NOT_SENT) {
                return TransportException.temporary("inmemory: told to fail a send to " + place.name(), null);
            }
            Target target = broker.places.target(place);
            long delay = outgoing.delayMillis();
            Entry entry = new Entry(copy, destination(place, copy), broker.time.millis());
            if (delay <= 0) {
                target.arrive(entry);
            } else {
                Duration most = capabilities(place.shape()).maxSendDelay();
                if (Duration.ofMillis(delay).compareTo(most) > 0) {
                    return new IllegalArgumentException(
                            "send delay must be at most " + most.toMillis() + " ms, was " + delay);
                }
                broker.delay(entry, target, delay);
            }
            return fault == null
                    ? null
                    : TransportException.unknown("inmemory: told to lose the answer of " + place.name(), null);
        } catch (MessagingException e) {
            return e;
        }
    }

    /** A group's retries and redriven messages still name the topic they were sent to. */
    private static String destination(Place place, Message message) {
        String topic = place.topic();
        if (place.role() != Place.Role.GROUP || topic == null) {
            return place.name();
        }
        return message.annotations().getOrDefault(Annotations.DESTINATION, topic);
    }

    @Override
    public CompletableFuture<Receiver> receive(ReceiveSpec spec, Sink sink) {
        return ask(() -> {
            requireProfile(spec.from());
            if (spec.pattern()) {
                require(Capability.PATTERN, "topic patterns", spec.from());
            }
            if (spec.startAt() != null) {
                require(Capability.HISTORY, "replay", spec.from());
            }
            Mailbox mailbox = broker.places.open(spec, context.topology(), clientId() + "-" + broker.nextSeq());
            return start(mailbox, capabilities(spec.from().shape()), spec.lease(), false, sink);
        });
    }

    // The engine asks before; who does not shall find the broker as narrow as its profile says.
    private void requireProfile(Place place) {
        if (place.role() == Place.Role.TOPIC || place.role() == Place.Role.GROUP) {
            require(Capability.GROUPS, "topics", place);
        }
        if (place.shape().ordered()) {
            require(Capability.LANES, "ordered by key", place);
        }
        if (place.shape().retained() != null) {
            require(Capability.HISTORY, "replay", place);
        }
    }

    private void require(Capability capability, String row, Place place) {
        Capabilities capable = capabilities(place.shape());
        if (!capable.has(capability)) {
            throw new UnsupportedCapabilityException(
                    row, place.name(), capable.broker(), capable.refusal(capability), "use another profile");
        }
    }

    @Override
    public CompletableFuture<Receiver> openReplyInbox(Sink sink) {
        return ask(() -> {
            Mailbox inbox = broker.places.inbox(broker.nextInbox(clientId()));
            return start(inbox, capabilities(Shape.PLAIN), Duration.ofMinutes(5), true, sink);
        });
    }

    private Receiver start(Mailbox mailbox, Capabilities of, Duration lease, boolean inbox, Sink sink) {
        Flow flow = new Flow(this, mailbox, of, lease, inbox, sink);
        flows.add(flow);
        mailbox.flows.add(flow);
        mailbox.join(flow);
        return flow;
    }

    /** A receiver has ended; under the broker's lock. */
    void forget(Flow flow) {
        flows.remove(flow);
    }

    @Override
    public CompletableFuture<List<Message>> browse(Place place, int max) {
        return ask(() -> {
            Mailbox mailbox = broker.places.mailbox(place.name());
            List<Message> copies = new ArrayList<>();
            if (mailbox != null) {
                mailbox.forEachWaiting(entry -> {
                    if (copies.size() < max) {
                        copies.add(Copies.of(entry.message));
                    }
                });
            }
            return List.copyOf(copies);
        });
    }

    @Override
    public PlaceAdmin admin() {
        return admin;
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        broker.run(() -> {
            if (!closed) {
                List.copyOf(flows).forEach(flow -> ends.add(flow.close(timeout)));
                closed = true;
            }
        });
        return CompletableFuture.allOf(ends.toArray(new CompletableFuture<?>[0]))
                .whenComplete((done, failure) -> broker.run(() -> broker.exit(this)));
    }

    @Override
    public Optional<TimeSource> time() {
        return broker.shared ? Optional.empty() : Optional.of(broker.time);
    }

    @Override
    public <T> Optional<T> unwrap(Class<T> type) {
        return type == InMemoryBroker.class ? Optional.of(type.cast(InMemoryBroker.over(broker))) : Optional.empty();
    }

    /** Cuts the connection; under the broker's lock. Says whether it was up. */
    boolean disconnect(Outcome ofSends, String why) {
        if (disconnected != null || closed || killed) {
            return false;
        }
        disconnected = ofSends;
        for (Flow flow : List.copyOf(flows)) {
            flow.disconnect(why);
            broker.places.cutOff(flow.mailbox);
        }
        return true;
    }

    /** Mends the connection; under the broker's lock. Says whether it was cut. */
    boolean reconnect() {
        if (disconnected == null || closed || killed) {
            return false;
        }
        disconnected = null;
        for (Flow flow : List.copyOf(flows)) {
            if (flow.mailbox.deleted()) {
                flow.moveTo(broker.places.again(flow.mailbox));
            }
            broker.places.restore(flow.mailbox);
            flow.reconnect();
        }
        return true;
    }

    /** Hears nothing more for the time being; under the broker's lock. */
    void silent() {
        flows.forEach(Flow::silent);
    }

    /** The broker goes on; under its lock. */
    void heardAgain() {
        List.copyOf(flows).forEach(Flow::heardAgain);
    }

    /** Tells the engine; without the broker's lock. */
    void tellConnection(boolean up, String why) {
        context.connection(up, why);
    }

    /** Ends as a killed process does; under the broker's lock. Done when the engine knows that it has nothing left. */
    CompletableFuture<Void> kill() {
        CompletableFuture<?>[] told = new CompletableFuture<?>[0];
        if (!killed) {
            killed = true;
            told = List.copyOf(flows).stream().map(Flow::kill).toArray(CompletableFuture<?>[]::new);
        }
        return CompletableFuture.allOf(told);
    }

    private void requireUp() {
        if (closed) {
            throw new ClientClosedException("inmemory: the client is closed", null);
        }
        if (killed) {
            throw new ClientClosedException("inmemory: this client was killed", null);
        }
        if (disconnected != null) {
            throw new ConnectionLostException("inmemory: the connection is cut", disconnected, null);
        }
    }

    /** Asks the broker, and gives its answer or its refusal as a future. */
    <T extends @Nullable Object> CompletableFuture<T> ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        broker.standstill.pass(() -> {
            try {
                answer.complete(broker.call(() -> {
                    requireUp();
                    return question.get();
                }));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }
}

package dev.transload.mq.inmemory;

import static java.util.Objects.requireNonNull;

import dev.transload.mq.Message;
import dev.transload.mq.Outcome;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.TimeSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A broker of its own for a test, with time that moves when the test says so, a view into its queues, and faults on
 * request.
 *
 * <pre>{@code
 * var broker = InMemoryBroker.create();
 * try (MqClient mq = MqClient.connect(broker.uri())) {
 *     …                                          // subscribe with a handler that throws, send
 *     broker.advance(Duration.ofMinutes(1));     // all delays elapse, nothing sleeps
 *     assertThat(broker.deadLetters("email-queue")).hasSize(1);
 * }
 * }</pre>
 *
 * <p>Places are named as everywhere: {@code email-queue}, {@code email-queue.dlq}, {@code orders--billing} for group
 * {@code billing} of topic {@code orders}. Thread-safe; only {@link #advance} and {@link #awaitIdle} block.
 */
public final class InMemoryBroker implements AutoCloseable {

    private static final int TELLING_SECONDS = 5;

    /** How long clients hear nothing from a broker that stands still before they call their connections dead. */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    private final Broker broker;
    private final Clock clock;
    private final AtomicInteger standstills = new AtomicInteger();
    private volatile boolean givenUp;

    private InMemoryBroker(Broker broker) {
        this.broker = broker;
        this.clock = new BrokerClock(broker.time);
    }

    /** A broker with virtual time that starts now, without limits. */
    public static InMemoryBroker create() {
        return builder().build();
    }

    /** A view of a broker that clients opened by name. */
    static InMemoryBroker over(Broker broker) {
        return new InMemoryBroker(broker);
    }

    /** Starts with virtual time that starts now, and without limits. */
    public static Builder builder() {
        return new Builder();
    }

    /** What a client connects to. */
    public String uri() {
        return "inmemory:" + broker.name;
    }

    /**
     * Moves time on. Whatever becomes due on the way, in the broker and in its clients, runs in order of its time; before
     * each step, and at the end, this waits until no handler is running and nothing more can be handed out.
     *
     * @throws IllegalStateException if handlers are still running after the broker's patience, or time is real
     */
    public void advance(Duration by) {
        broker.time.advance(requireNonNull(by, "by"));
    }

    /**
     * Waits until no handler is running and nothing more can be handed out, without moving time on.
     *
     * @throws IllegalStateException if handlers are still running after the broker's patience, or the broker is shared
     *     by name, so that nobody tells it when they end
     */
    public void awaitIdle() {
        if (broker.shared) {
            throw new IllegalStateException(
                    "inmemory: only a broker made by InMemoryBroker knows when its clients are idle, not " + uri());
        }
        broker.time.awaitIdle();
    }

    /** The broker's time. */
    public Instant now() {
        return clock.instant();
    }

    /** A clock that shows the broker's time, for {@link dev.transload.mq.InMemoryIdempotencyStore} and the like. */
    public Clock clock() {
        return clock;
    }

    /** Names of all places, private inboxes and ephemeral groups apart. */
    public Set<String> destinations() {
        return broker.call(broker.places::names);
    }

    /** Ids of the clients that are connected, as {@code MqClient.clientId()} tells them. */
    public Set<String> clients() {
        return broker.call(() -> broker.clients().stream()
                .map(InMemoryTransport::clientId)
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    /** How many messages wait in a place, ready to be handed out; 0 if there is no such place. */
    public int depth(String name) {
        return messages(name).size();
    }

    /** Copies of what waits in a place, ready to be handed out, next first. For a topic, what it keeps for replay. */
    public List<Message> messages(String name) {
        requireNonNull(name, "name");
        return broker.call(() -> {
            List<Message> copies = new ArrayList<>();
            Mailbox mailbox = broker.places.mailbox(name);
            if (mailbox != null) {
                mailbox.forEachWaiting(entry -> copies.add(Copies.of(entry.message)));
            }
            TopicState topic = broker.places.topic(name);
            if (topic != null && topic.history != null) {
                topic.history
                        .select(broker.time.millis(), entry -> true)
                        .forEach(entry -> copies.add(Copies.of(entry.message)));
            }
            return List.copyOf(copies);
        });
    }

    /** Copies of what clients hold of a place, unsettled. */
    public List<Message> inFlight(String name) {
        return view(name, Mailbox::out);
    }

    /** Copies of what is on its way to a place or held back from it, next first. */
    public List<Message> delayed(String name) {
        requireNonNull(name, "name");
        return broker.call(() -> {
            List<Entry> held = new ArrayList<>();
            Mailbox mailbox = broker.places.mailbox(name);
            TopicState topic = broker.places.topic(name);
            if (mailbox != null) {
                held.addAll(broker.heldFor(mailbox));
            }
            if (topic != null) {
                held.addAll(broker.heldFor(topic));
            }
            return held.stream().map(entry -> Copies.of(entry.message)).toList();
        });
    }

    /** The dead letters of a queue, or of a group such as {@code orders--billing}, oldest first. */
    public List<SetAside> deadLetters(String name) {
        requireNonNull(name, "name");
        return messages(name + ".dlq").stream().map(SetAside::new).toList();
    }

    private List<Message> view(String name, Function<Mailbox, List<Entry>> part) {
        requireNonNull(name, "name");
        return broker.call(() -> {
            Mailbox mailbox = broker.places.mailbox(name);
            return mailbox == null
                    ? List.of()
                    : part.apply(mailbox).stream()
                            .map(entry -> Copies.of(entry.message))
                            .toList();
        });
    }

    /**
     * Forgets the next ack of a place: the message is delivered once more after it was handled.
     *
     * @throws IllegalArgumentException if there is no such place
     */
    public void duplicateNext(String name) {
        broker.run(() -> mailbox(name).duplicates++);
    }

    /**
     * Ends the leases of all that clients hold of a place, as if they had stood still too long.
     *
     * @throws IllegalArgumentException if there is no such place
     */
    public void loseLeases(String name) {
        broker.run(() -> List.copyOf(mailbox(name).flows)
                .forEach(flow -> flow.loseAll("the broker was told to end the leases", true)));
    }

    private Mailbox mailbox(String name) {
        Mailbox mailbox = broker.places.mailbox(requireNonNull(name, "name"));
        if (mailbox == null) {
            throw new IllegalArgumentException(
                    "there is no place to receive from named " + name + "; there are " + broker.places.names());
        }
        return mailbox;
    }

    /** Makes the next sends to a place fail; with {@link Outcome#UNKNOWN} the messages arrive all the same. */
    public void failSends(String name, int count, Outcome outcome) {
        requireNonNull(name, "name");
        requireNonNull(outcome, "outcome");
        broker.run(() -> broker.failSends(name, count, outcome));
    }

    /** Cuts all connections: clients lose what they hold, and their sends fail with nothing sent. */
    public void disconnect() {
        disconnect(Outcome.NOT_SENT);
    }

    /**
     * Cuts all connections: clients lose what they hold, their sends fail with that outcome, and no new client can
     * connect. What was asked of a broker that {@linkplain #freeze stands still} is lost.
     */
    public void disconnect(Outcome ofSends) {
        requireNonNull(ofSends, "ofSends");
        cut(ofSends, "the broker was told to cut the connection");
    }

    private void cut(Outcome ofSends, String why) {
        broker.run(() -> broker.away(ofSends));
        tell(client -> client.disconnect(ofSends, why), false, why);
        broker.standstill.flush();
    }

    /**
     * Lets the broker stand still, as a process that was suspended: it answers nothing, takes nothing in and hands
     * nothing out until {@link #thaw}. Clients that hear nothing for ten seconds of the broker's time call their
     * connections dead; their sends then have an unknown outcome.
     */
    public void freeze() {
        if (!broker.standstill.begin()) {
            return;
        }
        int number = standstills.incrementAndGet();
        broker.run(() -> broker.clients().forEach(InMemoryTransport::silent));
        broker.time.schedule(SILENCE, () -> {
            if (broker.standstill.holds() && standstills.get() == number) {
                givenUp = true;
                cut(Outcome.UNKNOWN, "nothing was heard from the broker for " + SILENCE);
            }
        });
    }

    /** Lets a broker that stood still go on, with what was asked of it meanwhile first. */
    public void thaw() {
        standstills.incrementAndGet();
        broker.standstill.end();
        broker.run(() -> broker.clients().forEach(InMemoryTransport::heardAgain));
        if (givenUp) {
            givenUp = false;
            reconnect();
        }
    }

    /** Mends all connections. */
    public void reconnect() {
        broker.run(() -> broker.away(null));
        tell(InMemoryTransport::reconnect, true, "the broker was told to mend the connection");
    }

    /**
     * Loses all places and messages, as a broker without a disk that is started anew: connections are cut and mended.
     * Clients make anew what they receive from, and other places once they are sent to.
     */
    public void forget() {
        cut(Outcome.NOT_SENT, "the broker was told to forget all");
        broker.run(broker.places::forget);
        reconnect();
    }

    private void tell(Predicate<InMemoryTransport> change, boolean up, String why) {
        List<InMemoryTransport> changed =
                broker.call(() -> broker.clients().stream().filter(change).toList());
        changed.forEach(client -> client.tellConnection(up, why));
    }

    /**
     * Treats a client as if its process had been killed: what it held comes back, counted, and nothing more is taken
     * from it. The client itself learns that it has lost what it held, so that it starts none of it; it can only be closed.
     *
     * @throws IllegalArgumentException if no client of that id is connected
     */
    public void crash(String clientId) {
        requireNonNull(clientId, "clientId");
        CompletableFuture<Void> told = broker.call(() -> {
            InMemoryTransport client = broker.clients().stream()
                    .filter(each -> each.clientId().equals(clientId))
                    .findFirst()
                    .orElseThrow(
                            () -> new IllegalArgumentException("no client " + clientId + " is connected; there are "
                                    + broker.clients().stream()
                                            .map(InMemoryTransport::clientId)
                                            .toList()));
            return client.kill();
        });
        try {
            // Another thread may be telling the client; until it has, the client could start what it has lost.
            told.get(TELLING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("client " + clientId + " could not be told that it was killed", e);
        }
    }

    /** Ends the broker and forgets its messages; clients that are still connected can only be closed. Idempotent. */
    @Override
    public void close() {
        Brokers.remove(broker);
        broker.run(() -> broker.clients().forEach(client -> {
            var unused = client.kill();
            broker.exit(client);
        }));
    }

    @Override
    public String toString() {
        return "InMemoryBroker[" + uri() + ", profile " + broker.profile.text() + "]";
    }

    /**
     * A dead letter as the broker holds it.
     *
     * @param message the message, with its failure record among the annotations
     */
    public record SetAside(Message message) {

        /** Why it was set aside, such as {@code FAILED}; empty if it bears no failure record. */
        public String reason() {
            return of("reason");
        }

        /** Type of the exception; empty if there was none. */
        public String failureType() {
            return of("type");
        }

        /** Text of the exception; empty if there was none. */
        public String failureMessage() {
            return of("message");
        }

        /** The failure record as it was written, by name without {@link Annotations#FAILURE_PREFIX}. */
        public Optional<String> failure(String name) {
            Map<String, String> all = message.annotations();
            return Optional.ofNullable(all.get(Annotations.FAILURE_PREFIX + requireNonNull(name, "name")));
        }

        private String of(String name) {
            return failure(name).orElse("");
        }
    }

    /** Builds an {@link InMemoryBroker}. Not thread-safe. */
    public static final class Builder {
        private Profile profile = Profile.NONE;
        private Instant start = Instant.now();
        private Duration patience = Duration.ofSeconds(30);
        private boolean real;
        private @Nullable Long seed;

        private Builder() {}

        /** Whose limits to take on; {@link Profile#NONE} unless given. */
        public Builder profile(Profile profile) {
            this.profile = requireNonNull(profile, "profile");
            return this;
        }

        /** Goes by the system's clock; then {@link InMemoryBroker#advance} is refused. */
        public Builder realTime() {
            this.real = true;
            return this;
        }

        /** Where virtual time starts; now unless given. */
        public Builder startingAt(Instant start) {
            this.start = requireNonNull(start, "start");
            return this;
        }

        /** Lets messages without order overtake one another now and then, as drawn from this seed; never unless given. */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** How long to wait, in real time, for handlers to end; 30 s unless given. */
        public Builder patience(Duration patience) {
            if (patience.isNegative() || patience.isZero()) {
                throw new IllegalArgumentException("patience must be positive, was " + patience);
            }
            this.patience = patience;
            return this;
        }

        public InMemoryBroker build() {
            String name = Brokers.newName();
            BrokerTime time = real
                    ? new RealTime("mq-inmemory-" + name.substring(1) + "-timer", patience)
                    : new VirtualTime(start, patience);
            Broker broker = new Broker(name, false, profile, time, seed);
            Brokers.add(broker);
            return new InMemoryBroker(broker);
        }
    }

    /** Shows a time source as a clock. */
    private static final class BrokerClock extends Clock {
        private final TimeSource time;

        private BrokerClock(TimeSource time) {
            this.time = time;
        }

        @Override
        public java.time.ZoneId getZone() {
            return java.time.ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            throw new UnsupportedOperationException("the broker's clock shows UTC");
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(time.millis());
        }
    }
}

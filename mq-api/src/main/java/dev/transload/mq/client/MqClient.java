package dev.transload.mq.client;

import static java.util.Objects.requireNonNull;

import dev.transload.mq.AsyncMessageHandler;
import dev.transload.mq.Bridge;
import dev.transload.mq.CloseReport;
import dev.transload.mq.DeadLetters;
import dev.transload.mq.Destination;
import dev.transload.mq.Explanation;
import dev.transload.mq.Group;
import dev.transload.mq.Health;
import dev.transload.mq.MessageHandler;
import dev.transload.mq.MqAdmin;
import dev.transload.mq.MqListener;
import dev.transload.mq.MqObserver;
import dev.transload.mq.Outbound;
import dev.transload.mq.Queue;
import dev.transload.mq.RequestHandler;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SendResult;
import dev.transload.mq.Source;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.Topology;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A connection to a broker, whichever the URI names: sends, subscribes, asks and answers, the same way on each.
 *
 * <pre>{@code
 * try (MqClient mq = MqClient.connect("inmemory:")) {
 *     Queue<Email> emails = Queue.of("email-queue", Email.class);
 *     mq.subscribe(emails, delivery -> mailer.send(delivery.payload()));
 *     mq.send(emails, new Email("user@example.com", "Welcome", "…"));
 * }
 * }</pre>
 *
 * <p>One client serves a whole application. A lost connection is made again, with all subscriptions, for as long as the
 * client is open. Thread-safe.
 */
public final class MqClient implements AutoCloseable {

    private static final Duration DEFAULT_CLOSE = Duration.ofSeconds(30);

    private final Engine engine;
    private final Sending sending;
    private final Subscribing subscribing;
    private final Answering answering;

    MqClient(Engine engine) {
        this.engine = engine;
        Shapes shapes = new Shapes(engine);
        this.sending = new Sending(engine, shapes);
        this.subscribing = new Subscribing(engine, shapes);
        this.answering = new Answering(engine, subscribing, sending);
    }

    /**
     * Connects with all defaults, see {@link Builder}. Blocks until connected.
     *
     * @throws IllegalArgumentException if the URI or one of its options is wrong
     * @throws dev.transload.mq.AuthenticationException if the broker refuses the credentials
     * @throws dev.transload.mq.ConnectionLostException if the broker cannot be reached
     */
    public static MqClient connect(String uri) {
        return builder(uri).connect();
    }

    /** Connects with all defaults, see {@link #connect(String)}. */
    public static MqClient connect(URI uri) {
        return connect(requireNonNull(uri, "uri").toString());
    }

    /**
     * Connects as properties say: {@code mq.uri} is required; the others, each with a default, are {@code mq.username},
     * {@code mq.password}, {@code mq.client-id}, {@code mq.topology}, {@code mq.send-timeout}, {@code
     * mq.connect-timeout}, {@code mq.max-outstanding-sends}, {@code mq.backpressure} and {@code mq.options.NAME} for
     * the options of a transport. Other names without the prefix {@code mq.} are left alone.
     */
    public static MqClient fromProperties(Map<String, String> properties) {
        return new Builder(ClientConfig.fromProperties(requireNonNull(properties, "properties"))).connect();
    }

    /** Connects as the environment says: the properties' names in capitals, such as {@code MQ_URI}. */
    public static MqClient fromEnvironment() {
        return new Builder(ClientConfig.fromEnvironment(System.getenv())).connect();
    }

    /** Starts to configure a client. */
    public static Builder builder(String uri) {
        return new Builder(ClientConfig.of(uri));
    }

    // ---- sending

    /** Sends a message and returns its id when the broker has it. */
    public <T> String send(Destination<T> destination, T payload) {
        return send(destination, payload, SendOptions.none());
    }

    /**
     * Sends a message and returns its id when the broker has it. The first send to a destination declares it. Blocks up
     * to the send timeout.
     *
     * @throws dev.transload.mq.MessagingException whose {@code outcome()} says whether the broker may have the message
     * @throws dev.transload.mq.UnsupportedCapabilityException if the broker cannot do what the options ask
     */
    public <T> String send(Destination<T> destination, T payload, SendOptions options) {
        return sending.send(destination, payload, options);
    }

    /** Sends a message; see {@link #sendAsync(Destination, Object, SendOptions)}. */
    public <T> CompletableFuture<String> sendAsync(Destination<T> destination, T payload) {
        return sendAsync(destination, payload, SendOptions.none());
    }

    /**
     * Sends a message without waiting for the broker. The future holds the id, or a {@link
     * dev.transload.mq.MessagingException}; what the client itself refuses is thrown. Blocks for the first send to a
     * destination, which declares it, and while too many sends are outstanding. A {@code byte[]} payload must not be
     * changed until the future completes. What is hung on the future runs on a thread of the client and should not block.
     */
    public <T> CompletableFuture<String> sendAsync(Destination<T> destination, T payload, SendOptions options) {
        return sending.sendAsync(destination, payload, options);
    }

    /**
     * Sends messages together and returns, in their order, what became of each. Blocks until all have ended. All are checked
     * and encoded before the first is sent, so what the client itself refuses is thrown with nothing sent. For many
     * messages this costs less than a {@link #sendAsync} for each.
     */
    public <T> List<SendResult> sendAll(Destination<T> destination, List<Outbound<T>> messages) {
        return sending.sendAll(destination, messages);
    }

    // ---- receiving

    /** Subscribes with {@link SubscribeOptions#defaults()}. */
    public <T> Subscription subscribe(Source<T> source, MessageHandler<T> handler) {
        return subscribe(source, handler, SubscribeOptions.defaults());
    }

    /**
     * Calls the handler for every message. Returns when the subscription stands: every message sent from now on is
     * received. Declares the source and its dead letters as the topology policy allows.
     *
     * @throws dev.transload.mq.UnsupportedCapabilityException if the broker cannot do what is asked; nothing was made
     */
    public <T> Subscription subscribe(Source<T> source, MessageHandler<T> handler, SubscribeOptions options) {
        return subscribing.subscribe(source, requireNonNull(handler, "handler"), null, options);
    }

    /** Subscribes an asynchronous handler; see {@link #subscribe(Source, MessageHandler, SubscribeOptions)}. */
    public <T> Subscription subscribeAsync(Source<T> source, AsyncMessageHandler<T> handler, SubscribeOptions options) {
        return subscribing.subscribe(source, null, requireNonNull(handler, "handler"), options);
    }

    // ---- request and reply

    /**
     * Sends a request and returns the reply. Blocks up to the timeout.
     *
     * @throws dev.transload.mq.RequestTimeoutException if none came; the request then expires too
     * @throws dev.transload.mq.RemoteHandlerException if the handler failed on the other side
     */
    public <Q, R> R request(Queue<Q> queue, Q request, Class<R> replyType, Duration timeout) {
        return answering.request(queue, request, replyType, timeout, SendOptions.none());
    }

    /** Sends a request; the future holds the reply, or what {@link #request} throws. */
    public <Q, R> CompletableFuture<R> requestAsync(Queue<Q> queue, Q request, Class<R> replyType, Duration timeout) {
        return answering.requestAsync(queue, request, replyType, timeout, SendOptions.none());
    }

    /** Sends a request with options, such as headers or a priority. */
    public <Q, R> CompletableFuture<R> requestAsync(
            Queue<Q> queue, Q request, Class<R> replyType, Duration timeout, SendOptions options) {
        return answering.requestAsync(queue, request, replyType, timeout, options);
    }

    /** Answers requests with {@link SubscribeOptions#defaults()}. */
    public <Q, R> Subscription reply(Queue<Q> queue, Class<R> replyType, RequestHandler<Q, R> handler) {
        return reply(queue, replyType, handler, SubscribeOptions.defaults());
    }

    /**
     * Answers requests. What the handler throws is sent to the caller and the request is done: there is no retry. A
     * message without a reply address is handled and its result dropped.
     */
    public <Q, R> Subscription reply(
            Queue<Q> queue, Class<R> replyType, RequestHandler<Q, R> handler, SubscribeOptions options) {
        return answering.reply(queue, replyType, requireNonNull(handler, "handler"), options);
    }

    // ---- looking after

    /** The dead letters of a queue. */
    public DeadLetters deadLetters(Queue<?> queue) {
        return subscribing.deadLetters(requireNonNull(queue, "queue"), null);
    }

    /** The dead letters of a durable group. */
    public DeadLetters deadLetters(Group<?> group) {
        return subscribing.deadLetters(requireNonNull(group, "group"), null);
    }

    /** The dead letters of a source whose subscription names a queue of its own for them. */
    public DeadLetters deadLetters(Source<?> source, String deadLetterQueue) {
        return subscribing.deadLetters(
                requireNonNull(source, "source"), requireNonNull(deadLetterQueue, "deadLetterQueue"));
    }

    /**
     * Moves what is at a queue or a durable group to the queue or group of the same name at another broker, as it comes,
     * until the bridge is closed; its dead letters too. Applications may send and receive on both sides meanwhile: the
     * bridge is one more consumer here. At least once, with ids kept, in order for each key where the source is ordered.
     * Returns when the bridge stands. Blocks for both brokers.
     *
     * @param to a client of the other broker, which must stay open as long as the bridge
     * @throws dev.transload.mq.UnsupportedCapabilityException if the other broker cannot be what the source is
     * @throws dev.transload.mq.DestinationNotFoundException if the other broker does not have the group, which is made
     *     by its first subscription
     */
    public Bridge bridge(Source<?> source, MqClient to) {
        requireNonNull(source, "source");
        requireNonNull(to, "to");
        return EngineBridge.open(engine, to.engine, source);
    }

    /** Questions and orders about destinations. */
    public MqAdmin admin() {
        return new EngineAdmin(engine);
    }

    /** What the connected broker can do, and how. */
    public Explanation explain() {
        return Explanations.of(engine.settings().uri().scheme(), engine.transport(), engine::maxDelay);
    }

    /** How the client is, judged from what was observed; does no I/O. */
    public Health health() {
        return subscribing.health();
    }

    /** Name of this client at the broker. */
    public String clientId() {
        return engine.clientId();
    }

    /** The broker's own client object of that type, where the transport has one. */
    public <T> Optional<T> unwrap(Class<T> type) {
        return engine.transport().unwrap(requireNonNull(type, "type"));
    }

    /** Drains within 30 s, see {@link #close(Duration)}. */
    @Override
    public void close() {
        close(DEFAULT_CLOSE);
    }

    /**
     * Drains all subscriptions and sends, then disconnects: stops intake, gives unstarted deliveries back, lets handlers
     * finish until the deadline and interrupts them then. Idempotent. Called inside a handler it leaves that delivery
     * out and disconnects when the handler has returned.
     */
    public CloseReport close(Duration deadline) {
        requireNonNull(deadline, "deadline");
        if (deadline.isNegative()) {
            throw new IllegalArgumentException("deadline must not be negative, was " + deadline);
        }
        return engine.close(deadline);
    }

    @Override
    public String toString() {
        return "MqClient[" + engine.clientId() + ", " + engine.settings().uri() + "]";
    }

    /** Configures a client. Not thread-safe. */
    public static final class Builder {

        private final ClientConfig.Builder config;

        private Builder(ClientConfig.Builder config) {
            this.config = config;
        }

        /** Credentials in place of those in the URI. */
        public Builder credentials(String username, String password) {
            config.credentials(username, password);
            return this;
        }

        /** Name at the broker: 1 to 64 letters, digits, {@code . _ -}; made up unless given. */
        public Builder clientId(String clientId) {
            config.clientId(clientId);
            return this;
        }

        /** An option of the transport, as in the URI's query. */
        public Builder option(String name, String value) {
            config.option(name, value);
            return this;
        }

        /** What may be made at the broker; {@link Topology#CREATE} unless given. */
        public Builder topology(Topology topology) {
            config.topology(topology);
            return this;
        }

        /** How long a send may take, its further tries included, 10 ms to 1 h; 30 s unless given. */
        public Builder sendTimeout(Duration timeout) {
            config.sendTimeout(timeout);
            return this;
        }

        /** How long one connection attempt may take, 10 ms to 1 h; 10 s unless given. */
        public Builder connectTimeout(Duration timeout) {
            config.connectTimeout(timeout);
            return this;
        }

        /** Keeps trying a first connection for so long; one attempt unless given. */
        public Builder waitForBroker(Duration most) {
            config.waitForBroker(most);
            return this;
        }

        /** Sends that may be unconfirmed at once, 1 to 1,000,000; 1,000 unless given. */
        public Builder maxOutstandingSends(int sends) {
            config.maxOutstandingSends(sends);
            return this;
        }

        /** A send at that bound fails at once with {@link dev.transload.mq.BackpressureException}; it waits unless set. */
        public Builder failFastOnBackpressure() {
            config.failFastOnBackpressure(true);
            return this;
        }

        /** Handlers run on platform threads even where the JVM has virtual ones. */
        public Builder platformThreads() {
            config.virtualThreads(false);
            return this;
        }

        /** Told of everything that happens in the client; may be called several times. */
        public Builder listener(MqListener listener) {
            config.listener(requireNonNull(listener, "listener"));
            return this;
        }

        /** Where counters and timings go. */
        public Builder observer(MqObserver observer) {
            config.observer(requireNonNull(observer, "observer"));
            return this;
        }

        /** Connects, see {@link MqClient#connect(String)}. */
        public MqClient connect() {
            return new MqClient(Connecting.open(config.build()));
        }
    }
}

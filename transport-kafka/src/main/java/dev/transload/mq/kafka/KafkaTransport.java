package dev.transload.mq.kafka;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Message;
import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.PlaceAdmin;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.Transport;
import dev.transload.mq.spi.TransportContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's producer, consumers and questions to a cluster.
 *
 * <p>Thread-safe. What waits for the network runs on control threads.
 */
final class KafkaTransport implements Transport {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaTransport.class);
    /** The longest that a broker takes over a question about share groups before it gives up. */
    private static final int SLOW_MILLIS = 30_000;

    private final KafkaOptions options;
    private final TransportContext context;
    private final BrokerInfo broker;
    private final KafkaAsk ask;
    private final KafkaTopology topology;
    private final KafkaSender sender;
    private final KafkaConsumers consumers;
    private final KafkaReceivers receivers;
    private final KafkaAdmin admin;
    private final Restoration restoration;
    private final ClusterWatch watch;
    private final Map<Shape, Capabilities> capabilities = new ConcurrentHashMap<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private KafkaTransport(
            KafkaOptions options,
            TransportContext context,
            BrokerInfo broker,
            KafkaAsk ask,
            Producer<byte[], byte[]> producer) {
        this.options = options;
        this.context = context;
        this.broker = broker;
        this.ask = ask;
        this.topology = new KafkaTopology(ask, context.topology(), options, broker.toString());
        this.consumers = new KafkaConsumers(options, context.clientId(), broker);
        this.receivers = new KafkaReceivers(context, options, broker, ask, topology, consumers);
        this.admin = new KafkaAdmin(ask, receivers.groups(), receivers.shareGroups(), receivers);
        this.restoration = new Restoration(topology, receivers.groups(), receivers.shareGroups(), receivers);
        this.watch = new ClusterWatch(ask, context.time(), new Watching());
        this.sender = new KafkaSender(
                producer,
                context.time(),
                topology::known,
                topology::forget,
                broker.maxRecordBytes(),
                watch::isUp,
                this::lookFor);
    }

    /** Connects. */
    static CompletableFuture<Transport> open(KafkaOptions options, TransportContext context) {
        CompletableFuture<Transport> opened = new CompletableFuture<>();
        KafkaAsk.daemon(
                        () -> {
                            try {
                                opened.complete(connect(options, context));
                            } catch (RuntimeException e) {
                                opened.completeExceptionally(e);
                            }
                        },
                        "mq-kafka-open-1")
                .start();
        return opened;
    }

    private static Transport connect(KafkaOptions options, TransportContext context) {
        Admin admin = null;
        Producer<byte[], byte[]> producer = null;
        try {
            admin = Admin.create(options.properties(KafkaOptions.Part.ADMIN, adminBase(context)));
            BrokerInfo broker = BrokerInfo.ask(admin, context.connectTimeout());
            requireShareGroups(options, broker);
            producer = KafkaProducers.make(options, context.clientId(), broker, context.maxOutstandingSends());
            KafkaAsk ask = new KafkaAsk(admin, new SlowAdmin(() -> slowAdmin(options, context)));
            KafkaTransport transport = new KafkaTransport(options, context, broker, ask, producer);
            transport.watch.start();
            return transport;
        } catch (ExecutionException | TimeoutException | InterruptedException | RuntimeException e) {
            if (producer != null) {
                producer.close(Duration.ZERO);
            }
            if (admin != null) {
                admin.close(Duration.ZERO);
            }
            throw KafkaErrors.connecting(options.where(), e);
        }
    }

    private static void requireShareGroups(KafkaOptions options, BrokerInfo broker) {
        if (options.shares() && !broker.shareGroups()) {
            throw new UnsupportedCapabilityException(
                    "queues",
                    "option queues=share",
                    broker.toString(),
                    "it has no share groups, which need Kafka 4.2 with share.version 1",
                    "leave the option out, and queues are read by consumer groups");
        }
    }

    private void lookFor(String topic) {
        ask.act("look for topic " + topic, () -> {
                    if (!topology.learn(topic)) {
                        sender.unknown(topic);
                    }
                })
                .exceptionally(failure -> {
                    if (KafkaErrors.unwrapped(failure) instanceof AuthenticationException refused) {
                        sender.refused(topic, refused);
                    }
                    return null; // looked for again while something waits for it
                });
    }

    private static Map<String, Object> adminBase(TransportContext context) {
        int timeout = (int)
                Math.max(1, Math.min(Integer.MAX_VALUE, context.connectTimeout().toMillis()));
        Map<String, Object> base = new HashMap<>();
        base.put(AdminClientConfig.CLIENT_ID_CONFIG, context.clientId() + "-admin");
        base.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(timeout, 10_000));
        base.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.max(timeout, 15_000));
        base.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        base.put(AdminClientConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        base.put(AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        return base;
    }

    private static Admin slowAdmin(KafkaOptions options, TransportContext context) {
        Map<String, Object> base = adminBase(context);
        base.put(AdminClientConfig.CLIENT_ID_CONFIG, context.clientId() + "-admin-slow");
        base.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, SLOW_MILLIS);
        base.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, SLOW_MILLIS);
        return Admin.create(options.properties(KafkaOptions.Part.ADMIN, base));
    }

    @Override
    public Capabilities capabilities(Shape shape) {
        return capabilities.computeIfAbsent(
                shape, key -> KafkaCapabilities.of(key, broker, options, topology.policy()));
    }

    @Override
    public CompletableFuture<Void> declare(Place place) {
        return ask.act("declare " + place.name(), () -> {
            if (place.role() == Role.GROUP) {
                receivers.declareGroup(place, null);
            } else {
                topology.declare(place);
            }
        });
    }

    @Override
    public void send(Outgoing outgoing) {
        sender.send(outgoing);
    }

    @Override
    public CompletableFuture<Receiver> receive(ReceiveSpec spec, Sink sink) {
        return ask.call("receive from " + spec.from().name(), () -> receivers.receive(spec, sink));
    }

    @Override
    public CompletableFuture<Receiver> openReplyInbox(Sink sink) {
        return ask.call("open a reply inbox", () -> receivers.openInbox(sink));
    }

    @Override
    public CompletableFuture<List<Message>> browse(Place place, int max) {
        return ask.call(
                "browse " + place.name(), () -> KafkaBrowser.browse(place, max, admin, () -> consumers.alone(max)));
    }

    @Override
    public PlaceAdmin admin() {
        return admin;
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        if (closing.compareAndSet(false, true)) {
            KafkaAsk.daemon(() -> closeAll(timeout), "mq-kafka-close-1").start();
        }
        return ended.copy();
    }

    private void closeAll(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            watch.close();
            try {
                receivers.close(timeout).get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (ExecutionException | TimeoutException e) {
                LOG.debug("kafka: closing receivers", e);
            }
            Duration rest =
                    Duration.ofNanos(Math.max(TimeUnit.MILLISECONDS.toNanos(200), deadline - System.nanoTime()));
            sender.close(rest);
            ask.close(rest);
            if (!ask.awaitClosed(rest)) {
                LOG.debug("kafka: a question was still under way at the close");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.debug("kafka: closing", e);
        } finally {
            ended.complete(null);
        }
    }

    @Override
    public <T> Optional<T> unwrap(Class<T> type) {
        if (type == Admin.class) {
            return Optional.of(type.cast(ask.admin()));
        }
        return type == Producer.class ? Optional.of(type.cast(sender.producer())) : Optional.empty();
    }

    private final class Watching implements ClusterWatch.Watched {

        @Override
        public void glanced() {
            sender.lookAtClock();
        }

        @Override
        public java.util.Set<String> topics() {
            java.util.Set<String> topics = receivers.topics();
            topics.addAll(sender.stuck());
            return topics;
        }

        @Override
        public void connected(boolean yes, String why) {
            if (!yes) {
                sender.disconnected();
            }
            if (!closing.get()) {
                context.connection(yes, why);
            }
        }

        @Override
        public void restore() throws ExecutionException, InterruptedException {
            restoration.run();
        }

        @Override
        public void found(String topic, java.util.Set<org.apache.kafka.common.TopicPartition> partitions) {
            receivers.found(topic, partitions);
        }

        @Override
        public void missing(String topic) throws ExecutionException, InterruptedException {
            topology.missing(topic);
            receivers.missing(topic, new DestinationNotFoundException("kafka: topic " + topic + " is gone", null));
            Place place = sender.placeOf(topic);
            if (place != null && context.topology() == Topology.CREATE && place.role() != Role.REPLY) {
                LOG.warn("kafka: topic {} is gone while messages are on their way to it, it is made again", topic);
                topology.declare(place);
            } else {
                sender.missing(topic);
            }
        }

        @Override
        public void lookForPatterns() throws ExecutionException, InterruptedException {
            receivers.lookForPatterns();
        }
    }
}

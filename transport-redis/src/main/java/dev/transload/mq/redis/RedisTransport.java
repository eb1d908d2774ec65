package dev.transload.mq.redis;

import dev.transload.mq.Message;
import dev.transload.mq.Shape;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisException;

/**
 * One client's connections to a server, or to the primaries of a cluster: one to each for commands, and one for each
 * receiver.
 *
 * <p>Thread-safe.
 */
final class RedisTransport implements Transport {

    private final RedisOptions options;
    private final TransportContext context;
    private final ServerInfo server;
    private final Commands commander;
    private final RedisTopology topology;
    private final TopicTrimmer trimmer;
    private final RedisSender sender;
    private final RedisAdmin admin;
    private final Surroundings around;
    private final Map<Shape, Capabilities> capabilities = new ConcurrentHashMap<>();
    private final Set<RedisReceiver> receivers = ConcurrentHashMap.newKeySet();
    private final Set<RedisInbox> inboxes = ConcurrentHashMap.newKeySet();
    private final Set<ChannelReceiver> channels = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private RedisTransport(RedisOptions options, TransportContext context, ServerInfo server, Commands commander) {
        this.options = options;
        this.context = context;
        this.server = server;
        this.commander = commander;
        this.topology = new RedisTopology(commander, context.topology(), options, context.time());
        this.trimmer = new TopicTrimmer(commander, topology, context.time());
        this.sender = new RedisSender(commander, topology, trimmer, options.channels());
        this.admin = new RedisAdmin(commander, topology, options, context.time());
        this.around =
                new Surroundings(commander, topology, sender, trimmer, context.time(), options, context.clientId());
    }

    /** Connects. */
    static CompletableFuture<Transport> open(RedisOptions options, TransportContext context) {
        Connector connector = new Connector(options, context.clientId(), context.connectTimeout());
        CompletableFuture<Transport> opened = new CompletableFuture<>();
        Thread opening = new Thread(
                () -> {
                    try {
                        opened.complete(connect(options, context, connector));
                    } catch (RuntimeException e) {
                        opened.completeExceptionally(e);
                    }
                },
                "mq-redis-" + context.clientId() + "-open");
        opening.setDaemon(true);
        opening.start();
        return opened;
    }

    private static Transport connect(RedisOptions options, TransportContext context, Connector connector) {
        String threadName = "mq-redis-" + context.clientId() + "-commands";
        return options.cluster()
                ? toCluster(options, context, connector, threadName)
                : toServer(options, context, connector, threadName);
    }

    private static Transport toServer(
            RedisOptions options, TransportContext context, Connector connector, String threadName) {
        ServerInfo server = asked(connector.connect(), options);
        Commander commander = new Commander(
                connector::connect,
                options.where(),
                options.maxReconnectDelay(),
                options.confirmation(),
                null,
                threadName);
        try {
            commander.start().join();
        } catch (CompletionException e) {
            throw RedisErrors.connecting(options.where(), e);
        }
        return connected(options, context, server, commander);
    }

    private static Transport toCluster(
            RedisOptions options, TransportContext context, Connector connector, String threadName) {
        ClusterScout scout = new ClusterScout(connector, options.servers(), options.where());
        Slots slots = scout.look(Set.of());
        ClusterCommander commander = new ClusterCommander(connector, scout, slots, options, threadName);
        try {
            commander
                    .start()
                    .orTimeout(context.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            List<ServerInfo> primaries = new ArrayList<>();
            for (HostAndPort primary : commander.primaries()) {
                primaries.add(asked(connector.connect(primary), options));
            }
            return connected(options, context, ServerInfo.ofCluster(primaries), commander);
        } catch (RuntimeException e) {
            commander.close();
            throw RedisErrors.connecting(options.where(), e);
        }
    }

    private static ServerInfo asked(Connection asking, RedisOptions options) {
        try {
            return ServerInfo.ask(asking, options.confirmation(), options.cluster());
        } catch (JedisException e) {
            throw RedisErrors.connecting(options.where(), e);
        } finally {
            Connector.drop(asking);
        }
    }

    private static Transport connected(
            RedisOptions options, TransportContext context, ServerInfo server, Commands commander) {
        RedisTransport transport = new RedisTransport(options, context, server, commander);
        commander.watch(transport.new Watching());
        return transport;
    }

    @Override
    public Capabilities capabilities(Shape shape) {
        return capabilities.computeIfAbsent(shape, key -> RedisCapabilities.of(key, server, options));
    }

    @Override
    public Capabilities capabilities(Place place) {
        return options.channels().has(place)
                ? RedisCapabilities.of(place, server, options)
                : capabilities(place.shape());
    }

    @Override
    public CompletableFuture<Void> declare(Place place) {
        if (options.channels().has(place)) {
            return told("declare " + place.name(), () -> {
                options.channels().requirePossible(place);
                return CompletableFuture.completedFuture(null);
            });
        }
        return told(
                "declare " + place.name(),
                () -> place.role() == Role.GROUP ? topology.declareGroup(place, null) : topology.declare(place));
    }

    private static <T> CompletableFuture<T> told(String what, Supplier<CompletableFuture<T>> work) {
        CompletableFuture<T> future;
        try {
            future = work.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return future.exceptionallyCompose(failure -> {
            Throwable cause = failure instanceof java.util.concurrent.CompletionException && failure.getCause() != null
                    ? failure.getCause()
                    : failure;
            return CompletableFuture.failedFuture(RedisErrors.operation(what, cause));
        });
    }

    @Override
    public void send(Outgoing outgoing) {
        sender.send(outgoing);
    }

    @Override
    public CompletableFuture<Receiver> receive(ReceiveSpec spec, Sink sink) {
        Place place = spec.from();
        if (options.channels().has(place)) {
            return told("receive from " + place.name(), () -> fromChannel(place, sink));
        }
        String group = spec.ephemeral() ? "ephemeral~" + UUID.randomUUID() : RedisKeys.group(place);
        return told("receive from " + place.name(), () -> {
            CompletableFuture<Void> made = spec.ephemeral()
                    ? topology.declareEphemeral(place, group)
                    : place.role() == Role.GROUP ? topology.declareGroup(place, spec.startAt()) : topology.check(place);
            return made.thenApply(done -> {
                if (closing.get()) {
                    throw RedisErrors.closed("receive from " + place.name());
                }
                RedisReceiver receiver = new RedisReceiver(around, spec, sink, group);
                receivers.add(receiver);
                var unused = receiver.whenEnded().thenRun(() -> receivers.remove(receiver));
                receiver.start();
                return receiver;
            });
        });
    }

    private CompletableFuture<Receiver> fromChannel(Place place, Sink sink) {
        options.channels().requirePossible(place);
        if (closing.get()) {
            throw RedisErrors.closed("receive from " + place.name());
        }
        ChannelReceiver receiver = new ChannelReceiver(around, String.valueOf(place.topic()), sink);
        channels.add(receiver);
        var unused = receiver.whenEnded().thenRun(() -> channels.remove(receiver));
        return receiver.open();
    }

    @Override
    public CompletableFuture<Receiver> openReplyInbox(Sink sink) {
        if (closing.get()) {
            return CompletableFuture.failedFuture(RedisErrors.closed("open a reply inbox"));
        }
        RedisInbox inbox = new RedisInbox(around, sink);
        inboxes.add(inbox);
        return inbox.open();
    }

    @Override
    public CompletableFuture<List<Message>> browse(Place place, int max) {
        return admin.browse(place, max);
    }

    @Override
    public PlaceAdmin admin() {
        return admin;
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        if (closing.compareAndSet(false, true)) {
            trimmer.close();
            List<CompletableFuture<Void>> all = new ArrayList<>();
            receivers.forEach(receiver -> all.add(receiver.close(timeout)));
            inboxes.forEach(inbox -> all.add(inbox.close(timeout)));
            channels.forEach(channel -> all.add(channel.close(timeout)));
            var unused = CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]))
                    .orTimeout(Math.max(1, timeout.toMillis()), TimeUnit.MILLISECONDS)
                    .handle((done, late) -> {
                        receivers.forEach(RedisReceiver::abandon);
                        inboxes.forEach(RedisInbox::abandon);
                        return late == null;
                    })
                    .thenCompose(inTime -> commander.stop())
                    .orTimeout(Math.max(200, timeout.toMillis()), TimeUnit.MILLISECONDS)
                    .whenComplete((done, late) -> {
                        if (late != null) {
                            commander.close();
                        }
                        ended.complete(null);
                    });
        }
        return ended.copy();
    }

    private final class Watching implements Commands.Link {

        @Override
        public void down(String why) {
            if (!closing.get()) {
                context.connection(false, why);
            }
        }

        @Override
        public void up() {
            var unused = topology.restore().whenComplete((done, failure) -> {
                if (!closing.get()) {
                    context.connection(true, "connected to " + options.where());
                }
            });
        }
    }
}

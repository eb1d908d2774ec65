package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ExceptionHandler;
import com.rabbitmq.client.impl.ForgivingExceptionHandler;
import com.rabbitmq.client.impl.FrameHandlerFactory;
import dev.transload.mq.MessagingException;
import dev.transload.mq.spi.TransportContext;
import dev.transload.mq.spi.TransportUri.HostPort;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections to the broker, and owns the threads they share.
 *
 * <p>Thread-safe.
 */
final class RabbitMqConnections {

    private static final Logger LOG = LoggerFactory.getLogger(RabbitMqConnections.class);
    private static final int RPC_TIMEOUT_MILLIS = 30_000;
    private static final int CHANNELS = 2047;

    /** A thread that reads from a connection; nothing that may wait for the network runs on it. */
    static final class IoThread extends Thread {
        private final InboundBatches inbound = new InboundBatches();

        IoThread(Runnable task, String name) {
            super(
                    () -> {
                        currentThread().setName(name); // the client gives it a name of its own
                        task.run();
                    },
                    name);
            setDaemon(true);
        }

        /** What it has for consumers; for this thread alone. */
        InboundBatches inbound() {
            return inbound;
        }
    }

    /**
     * An open connection.
     *
     * @param connection the client's own object
     * @param frames where batches are opened
     */
    record Opened(Connection connection, BatchedFrames frames) {}

    private final RabbitMqOptions options;
    private final TransportContext context;
    private final ScheduledExecutorService heartbeats;
    private final ExecutorService inbound = new InboundExecutor();
    private final Set<Socket> connecting = ConcurrentHashMap.newKeySet();
    private final AtomicInteger ioThreads = new AtomicInteger();
    private volatile boolean closed;

    RabbitMqConnections(RabbitMqOptions options, TransportContext context) {
        this.options = options;
        this.context = context;
        ScheduledThreadPoolExecutor timer =
                new ScheduledThreadPoolExecutor(1, task -> daemon(task, "mq-rabbitmq-heartbeat-1"));
        timer.setRemoveOnCancelPolicy(true);
        this.heartbeats = timer;
    }

    /** Names the hosts, for texts. */
    String where() {
        return String.join(
                        ",",
                        addresses().stream()
                                .map(a -> a.getHost() + ":" + a.getPort())
                                .toList())
                + " (virtual host " + options.virtualHost() + ")";
    }

    /**
     * Connects; waits for the network.
     *
     * @throws MessagingException if that fails
     */
    Opened open(String role) {
        Factory factory = new Factory();
        configure(factory);
        List<Address> addresses = new ArrayList<>(addresses());
        if (addresses.size() > 1) {
            Collections.shuffle(addresses);
        }
        try {
            Connection connection = factory.newConnection(
                    inbound, addresses, options.connectionName().orElse(context.clientId()) + " " + role);
            return new Opened(connection, factory.frames());
        } catch (IOException | TimeoutException e) {
            throw RabbitMqErrors.connecting(where(), e);
        } finally {
            connecting.clear();
        }
    }

    private void configure(ConnectionFactory factory) {
        options.uri().username().ifPresent(factory::setUsername);
        options.uri().password().ifPresent(factory::setPassword);
        factory.setVirtualHost(options.virtualHost());
        factory.setAutomaticRecoveryEnabled(false);
        factory.setTopologyRecoveryEnabled(false);
        int timeout = (int)
                Math.max(1, Math.min(Integer.MAX_VALUE, context.connectTimeout().toMillis()));
        factory.setConnectionTimeout(timeout);
        factory.setHandshakeTimeout(timeout);
        factory.setChannelRpcTimeout(Math.max(timeout, RPC_TIMEOUT_MILLIS));
        factory.setShutdownTimeout(1_000);
        factory.setRequestedHeartbeat((int) Math.max(1, options.heartbeat().toSeconds()));
        factory.setRequestedChannelMax(CHANNELS);
        factory.setHeartbeatExecutor(heartbeats);
        factory.setMaxInboundMessageBodySize(Integer.MAX_VALUE);
        factory.setExceptionHandler(exceptions());
        factory.setThreadFactory(task -> new IoThread(task, "mq-rabbitmq-io-" + ioThreads.incrementAndGet()));
        factory.setSocketConfigurator(socket -> {
            socket.setTcpNoDelay(true);
            connecting.add(socket);
            if (closed) {
                throw new IOException("closed");
            }
        });
        Map<String, Object> properties = new HashMap<>(factory.getClientProperties());
        properties.put("product", "Transload");
        factory.setClientProperties(properties);
        if (options.tls()) {
            factory.useSslProtocol(options.sslContext());
            if (options.verifyHostname()) {
                factory.enableHostnameVerification();
            }
        }
    }

    private List<Address> addresses() {
        int port = options.tls() ? ConnectionFactory.DEFAULT_AMQP_OVER_SSL_PORT : ConnectionFactory.DEFAULT_AMQP_PORT;
        if (options.uri().hosts().isEmpty()) {
            return List.of(new Address("localhost", port));
        }
        List<Address> addresses = new ArrayList<>();
        for (HostPort host : options.uri().hosts()) {
            addresses.add(new Address(host.host(), host.portOr(port)));
        }
        return addresses;
    }

    private static ExceptionHandler exceptions() {
        return new ForgivingExceptionHandler() {
            @Override
            protected void log(String message, Throwable e) {
                LOG.debug("rabbitmq: {}", message, e);
            }
        };
    }

    /** Interrupts attempts to connect and ends the threads. */
    void close() {
        closed = true;
        connecting.forEach(socket -> {
            try {
                socket.close();
            } catch (IOException e) {
                LOG.debug("rabbitmq: closing a socket", e);
            }
        });
        heartbeats.shutdownNow();
    }

    /** A daemon thread of that name. */
    static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** One thread for what waits for the network. */
    static ExecutorService control() {
        return Executors.newSingleThreadExecutor(task -> daemon(task, "mq-rabbitmq-control-1"));
    }

    private static final class Factory extends ConnectionFactory {
        private volatile @Nullable BatchedFrames frames;

        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized") // called once, by the thread that made the factory
        protected FrameHandlerFactory createFrameHandlerFactory() throws IOException {
            FrameHandlerFactory plain = super.createFrameHandlerFactory();
            return (address, name) -> {
                BatchedFrames batched = new BatchedFrames(plain.create(address, name));
                frames = batched;
                return batched;
            };
        }

        BatchedFrames frames() {
            return Objects.requireNonNull(frames, "frames");
        }
    }
}

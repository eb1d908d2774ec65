package dev.transload.mq.client;

import dev.transload.mq.Message;
import dev.transload.mq.MqListener;
import dev.transload.mq.MqObserver;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.TimeSource;
import dev.transload.mq.spi.Transport;
import dev.transload.mq.spi.TransportUri;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What the parts of a client share, around a scripted transport and a clock that a test moves. */
final class ScriptedEngine implements EngineContext, AutoCloseable {

    final List<Place> forgotten = new CopyOnWriteArrayList<>();

    final ScriptedTransport transport = new ScriptedTransport();
    final ManualTime time = new ManualTime();
    final List<MqObserver.Event> counted = new CopyOnWriteArrayList<>();
    final List<String> dropped = new CopyOnWriteArrayList<>();
    private final ExecutorService completions =
            Executors.newSingleThreadExecutor(task -> new Thread(task, "scripted-completions"));
    private final Events events = new Events(
            List.of(new MqListener() {
                @Override
                public void replyDropped(String correlationId, String why) {
                    dropped.add(correlationId + ": " + why);
                }
            }),
            new MqObserver() {
                @Override
                public void count(Event event, String destination, long by) {
                    counted.add(event);
                }
            },
            Runnable::run);

    /** Settings of a client over a scripted transport, whose sends and connects have the same time. */
    static EngineSettings settings(Topology topology, Duration timeout, int maxOutstandingSends, boolean failFast) {
        return new EngineSettings(
                TransportUri.parse("scripted:"),
                "test",
                topology,
                timeout,
                timeout,
                Duration.ZERO,
                maxOutstandingSends,
                failFast,
                false);
    }

    @Override
    public Transport transport() {
        return transport;
    }

    @Override
    public TimeSource time() {
        return time;
    }

    @Override
    public Events events() {
        return events;
    }

    @Override
    public String clientId() {
        return "scripted";
    }

    @Override
    public CompletableFuture<Void> declared(Place place) {
        return transport.declare(place);
    }

    @Override
    public void deleted(Place place) {
        forgotten.add(place);
    }

    @Override
    public CompletableFuture<Void> sendInternal(Place to, Message message, long delayMillis) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        transport.send(new Outgoing() {
            @Override
            public Place to() {
                return to;
            }

            @Override
            public Message message() {
                return message;
            }

            @Override
            public long delayMillis() {
                return delayMillis;
            }

            @Override
            public void done() {
                sent.complete(null);
            }

            @Override
            public void failed(Throwable cause) {
                sent.completeExceptionally(cause);
            }
        });
        return sent;
    }

    @Override
    public void complete(Runnable task) {
        completions.execute(task);
    }

    @Override
    public void close() {
        completions.shutdownNow();
        transport.close();
    }

    @Override
    public java.time.Duration maxDelay(dev.transload.mq.spi.Capabilities capable) {
        return capable.maxSendDelay();
    }

    @Override
    public void suspectsAt(Place suspects) {}
}

package dev.transload.mq.client;

import dev.transload.mq.AsyncMessageHandler;
import dev.transload.mq.Codec;
import dev.transload.mq.Failure;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.Message;
import dev.transload.mq.MessageHandler;
import dev.transload.mq.MqListener;
import dev.transload.mq.MqObserver;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.Shape;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** One flow over a scripted receiver, whose clock and deliveries are the test's. */
final class FlowRig implements AutoCloseable {

    static final Place EMAILS = Place.of(Place.Role.QUEUE, "emails", Shape.PLAIN);
    static final Place ORDERS = Place.of(Place.Role.QUEUE, "orders", new Shape(true, 0, 1, null));

    final ScriptedEngine engine = new ScriptedEngine();
    final List<String> lost = new CopyOnWriteArrayList<>();
    final List<Failure> deadLettered = new CopyOnWriteArrayList<>();
    final List<String> bypassed = new CopyOnWriteArrayList<>();
    final SubscribeOptions.Builder options = SubscribeOptions.builder()
            .retry(RetryPolicy.none())
            .listener(new MqListener() {
                @Override
                public void leaseLost(String source, Message message, String why) {
                    lost.add(message.id());
                }

                @Override
                public void deadLettered(String source, Message message, Failure failure) {
                    deadLettered.add(failure);
                }

                @Override
                public void idempotencyBypassed(String source, Message message, String why) {
                    bypassed.add(why);
                }
            });
    Place place = EMAILS;
    Capabilities capabilities = capable().build();
    boolean alone;
    boolean ephemeral;
    boolean onTheWay;
    boolean keepsDeadLetters = true;
    AsyncMessageHandler<byte[]> async;
    FlowSpec<byte[]> spec;
    SubscriptionFlow<byte[]> flow;
    ClientSubscription subscription;
    ScriptedTransport.ScriptedReceiver receiver;

    static Capabilities.Builder capable() {
        return Capabilities.builder("Scripted", ScriptedTransport.LIMITS)
                .has(Capability.LANES, "yes")
                .has(Capability.RENEW, "yes");
    }

    FlowRig start(MessageHandler<byte[]> handler) {
        SubscribeOptions built = options.build();
        int prefetch = built.prefetch() == 0 ? 10 : built.prefetch();
        engine.transport.capabilities(capabilities);
        boolean suspects = !capabilities.counting().exact() && !ephemeral;
        spec = new FlowSpec<>(
                place.name(),
                place.name(),
                null,
                place,
                place,
                keepsDeadLetters ? Places.deadLetters(place, null) : null,
                suspects && !alone ? Places.suspects(place) : null,
                alone,
                ephemeral,
                Codec.of(byte[].class),
                async == null ? handler : null,
                async,
                built,
                prefetch,
                capabilities,
                Map.of(),
                null,
                onTheWay);
        flow = new SubscriptionFlow<>(engine, spec, HandlerThreads.named("rig", "flow", false), () -> {});
        subscription = new ClientSubscription(flow);
        flow.attach(engine.transport
                .receive(ReceiveSpec.builder(place, prefetch).build(), flow)
                .join());
        receiver = engine.transport.receiver(place.name());
        return this;
    }

    ScriptedTransport.Delivered deliver(String id) {
        return deliver(id, null);
    }

    ScriptedTransport.Delivered deliver(String id, String key) {
        return receiver.deliver(Message.builder(id, new byte[] {1}).key(key).build());
    }

    ScriptedTransport.Delivered deliver(ScriptedTransport.Delivered delivered) {
        return receiver.deliver(delivered);
    }

    /** The broker takes the delivery away: it says so, and refuses what is settled from now on. */
    void lose(ScriptedTransport.Delivered delivered) {
        delivered.settleFails = new LeaseLostException("taken away", null);
        flow.lost(List.of(delivered), "taken away");
    }

    long counted(MqObserver.Event event) {
        return engine.counted.stream().filter(event::equals).count();
    }

    void advance(Duration by) {
        engine.time.advance(by);
    }

    @Override
    public void close() {
        subscription.close(Duration.ZERO);
        engine.close();
    }
}

package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.MqObserver;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.TransportUri;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LazyFlowsTest {

    private static final String CLIENT = "lazy-flows-test";

    private final FlowRig rig = new FlowRig();
    private final ManualTime time = new ManualTime();
    private final ScriptedTransport transport = transport(time);
    private final Engine engine = new Engine(
            new EngineSettings(
                    TransportUri.parse("scripted:"),
                    CLIENT,
                    Topology.CREATE,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(30),
                    Duration.ZERO,
                    10,
                    false,
                    false),
            transport,
            new SystemTime(CLIENT),
            new ConnectionState(),
            List.of(),
            MqObserver.NONE);
    private final LazyFlows flows = engine.lazyFlows();
    private Place place;

    @BeforeEach
    void watch() {
        rig.start(delivery -> {});
        place = Places.suspects(FlowRig.EMAILS);
        flows.watch(
                place,
                () -> new LazyFlows.Plan(rig.spec, ReceiveSpec.builder(place, 1).build()));
    }

    @AfterEach
    void close() {
        engine.close(Duration.ofSeconds(1));
        rig.close();
        transport.close();
    }

    @Test
    void receivesOnceTheFirstMessageIsThere() {
        assertThat(transport.receivers).isEmpty();

        flows.look(place);
        flows.look(place);

        await("it receives")
                .until(() ->
                        transport.receivers.size() == 1 && receiver().credit.get() > 0);
        noStarterIsLeft();
        assertThat(transport.receivers).hasSize(1);
    }

    @Test
    void whatIsForgottenWhileItStartsReceivesNothing() {
        CompletableFuture<Void> opening = beginToReceive();

        flows.forget(place);
        opening.complete(null);

        await("the receiver is closed again").until(() -> receiver().closed);
        assertThat(receiver().creditEver).hasValue(0);
    }

    @Test
    void aCloseDoesNotWaitForAStartNorLeavesItsThread() {
        var unused = beginToReceive();

        long before = System.nanoTime();
        engine.close(Duration.ofSeconds(20));

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(15));
        noStarterIsLeft();
        assertThat(receiver().creditEver).hasValue(0);
    }

    @Test
    void afterTheCloseNothingIsWatchedOrStarted() {
        engine.close(Duration.ofSeconds(1));

        flows.look(place);

        assertThat(flows.watch(FlowRig.ORDERS, () -> {
                    throw new AssertionError("nobody asked for it");
                }))
                .isFalse();
        noStarterIsLeft();
        assertThat(transport.receivers).isEmpty();
    }

    @Test
    void aStartThatWaitsForTheBrokerIsNoWork() {
        CompletableFuture<Void> opening = beginToReceive();

        await("a virtual clock may go on").until(() -> time.work.get() == 0);

        assertThat(opening).isNotDone();
    }

    @Test
    void aStartIsWorkAgainOnceTheBrokerAnswers() {
        CompletableFuture<Void> opening = beginToReceive();
        await("a virtual clock may go on").until(() -> time.work.get() == 0);
        int begun = time.begun.get();

        opening.complete(null);

        assertThat(time.begun).hasValue(begun + 1);
        await("it has ended")
                .until(() -> time.work.get() == 0 && receiver().credit.get() > 0);
        noStarterIsLeft();
        assertThat(time.begun).hasValue(begun + 1);
    }

    private static ScriptedTransport transport(ManualTime time) {
        ScriptedTransport made = new ScriptedTransport();
        made.time(time);
        return made;
    }

    private CompletableFuture<Void> beginToReceive() {
        CompletableFuture<Void> opening = new CompletableFuture<>();
        transport.receiving = opening;
        flows.look(place);
        await("the start has come to the broker").until(() -> !transport.receivers.isEmpty());
        return opening;
    }

    private ScriptedTransport.ScriptedReceiver receiver() {
        return transport.receivers.get(0);
    }

    private static void noStarterIsLeft() {
        await("no thread starts a flow any more")
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("mq-" + CLIENT)
                                && thread.getName().contains("-start")));
    }
}

package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Message;
import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.TransportException;
import dev.transload.mq.client.PendingSend.Told;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.TransportUri;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SendsPropertyTest {

    private static final Place ORDERS = Place.of(Place.Role.QUEUE, "orders", new Shape(true, 0, 1, null));
    private static final Place EMAILS = Place.of(Place.Role.QUEUE, "emails", Shape.PLAIN);

    private final ScriptedEngine engine = new ScriptedEngine();
    private final ScriptedTransport transport = engine.transport;
    private final Sends sends = sends(1_000, engine::complete);

    private Sends sends(int maxOutstanding, Executor elsewhere) {
        return new Sends(
                transport,
                engine.time,
                engine.events(),
                elsewhere,
                elsewhere,
                new Declarations(transport, Topology.CREATE),
                new EngineSettings(
                        TransportUri.parse("scripted:"),
                        "test",
                        Topology.CREATE,
                        Duration.ofMinutes(10),
                        Duration.ofSeconds(10),
                        Duration.ZERO,
                        maxOutstanding,
                        false,
                        false));
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private void keepsOrder(boolean yes) {
        Capabilities.Builder capable =
                Capabilities.builder("Scripted", ScriptedTransport.LIMITS).has(Capability.LANES, "yes");
        if (yes) {
            capable.has(Capability.SEND_ORDER, "yes");
        }
        transport.capabilities(capable.build());
    }

    /** Confirms and fails at random; a transport that keeps order fails, with a send, all that left after it. */
    @ParameterizedTest
    @CsvSource({"1,true", "2,true", "3,true", "1,false", "2,false", "3,false"})
    void messagesOfAKeyAreStoredInTheCallersOrder(long seed, boolean keepsOrder) {
        keepsOrder(keepsOrder);
        transport.holdSends(true);
        Random random = new Random(seed);
        List<Outgoing> inFlight = new ArrayList<>();
        Map<String, List<String>> stored = new HashMap<>();
        Map<String, List<String>> wanted = new HashMap<>();
        List<PendingSend> all = new ArrayList<>();
        int seen = 0;
        while (all.size() < 300 || !inFlight.isEmpty() || engine.time.waiting() > 0) {
            if (all.size() < 300 && random.nextInt(3) == 0) {
                String key = "k" + random.nextInt(3);
                String id = "m" + all.size();
                wanted.computeIfAbsent(key, k -> new ArrayList<>()).add(id);
                all.add(sends.send(
                        ORDERS,
                        Message.builder(id, new byte[0]).key(key).build(),
                        0,
                        Told.HERE,
                        null,
                        engine.time.nanos()));
            } else if (inFlight.isEmpty() || random.nextInt(8) == 0) {
                engine.time.advance(Duration.ofMillis(random.nextInt(500)));
            } else {
                end(random, keepsOrder, inFlight, stored);
            }
            for (; seen < transport.sends.size(); seen++) {
                inFlight.add(transport.sends.get(seen).outgoing);
            }
        }

        assertThat(stored).isEqualTo(wanted);
        assertThat(all).allMatch(PendingSend::isDone).noneMatch(PendingSend::isCompletedExceptionally);
        assertThat(sends.outstanding()).isZero();
    }

    private static void end(
            Random random, boolean keepsOrder, List<Outgoing> inFlight, Map<String, List<String>> stored) {
        Outgoing send = inFlight.remove(keepsOrder ? 0 : random.nextInt(inFlight.size()));
        String key = send.message().key();
        if (random.nextInt(3) > 0) {
            stored.computeIfAbsent(key, k -> new ArrayList<>())
                    .add(send.message().id());
            send.done();
            return;
        }
        List<Outgoing> with = new ArrayList<>(List.of(send));
        if (keepsOrder) {
            inFlight.stream().filter(o -> key.equals(o.message().key())).forEach(with::add);
            inFlight.removeAll(with);
        }
        with.forEach(o -> o.failed(TransportException.temporary("refused", null)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everySendEndsOnceWhoeverComesFirst(long seed) throws Exception {
        Random random = new Random(seed);
        transport.holdSends(true);
        int rounds = 200;
        List<PendingSend> all = new ArrayList<>();
        AtomicInteger ends = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(2);
        CountDownLatch over = new CountDownLatch(1);
        for (int i = 0; i < rounds; i++) {
            PendingSend send = sends.send(
                    EMAILS,
                    Message.builder("m" + i, new byte[0]).build(),
                    0,
                    random.nextBoolean() ? Told.HERE : Told.ELSEWHERE,
                    null,
                    engine.time.nanos());
            all.add(send);
            var unused = send.whenComplete((id, e) -> ends.incrementAndGet());
        }
        List<ScriptedTransport.Sent> sent = List.copyOf(transport.sends);
        int[] choices = random.ints(rounds, 0, 3).toArray();
        Thread other = new Thread(() -> {
            for (int i = 0; i < rounds; i++) {
                meet(start);
                sent.get(i).confirm();
            }
            over.countDown();
        });
        other.start();
        for (int i = 0; i < rounds; i++) {
            meet(start);
            switch (choices[i]) {
                case 0 -> sent.get(i).confirm();
                case 1 -> sent.get(i).fail(TransportException.permanent("refused", null));
                default -> sent.get(i).fail(TransportException.temporary("refused", null));
            }
        }
        over.await();
        sends.failAll();

        await("all futures end, some on the completion thread")
                .untilAsserted(() -> assertThat(ends).hasValue(rounds));
        assertThat(all).allMatch(PendingSend::isDone);
        assertThat(sends.outstanding()).isZero();
    }

    /** At a bound of one every send waits for a confirm, and a caller that missed one would wait for ever. */
    @Test
    void aCallerAtTheBoundMissesNoConfirm() throws Exception {
        transport.holdSends(true);
        int count = 20_000;
        Sends narrow = sends(1, task -> {}); // the completion thread would take off what the caller missed
        CompletableFuture<Void> all = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            for (int i = 0; i < count; i++) {
                var unused = narrow.send(
                        EMAILS,
                        Message.builder("m", new byte[0]).build(),
                        0,
                        Told.ELSEWHERE,
                        null,
                        engine.time.nanos());
            }
            all.complete(null);
        });
        Thread broker = new Thread(() -> {
            for (int i = 0; i < count; i++) {
                while (transport.sends.size() <= i) {
                    Thread.onSpinWait();
                }
                transport.sends.get(i).confirm();
            }
        });
        caller.setDaemon(true);
        broker.setDaemon(true);
        caller.start();
        broker.start();

        all.get(60, TimeUnit.SECONDS);
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new AssertionError("the threads did not meet", e);
        }
    }
}

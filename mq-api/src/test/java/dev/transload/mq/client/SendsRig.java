package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.client.PendingSend.Told;
import dev.transload.mq.spi.Place;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;

/** A client's sends over a scripted transport, on a clock that stands; the base of their tests. */
abstract class SendsRig {

    static final Place EMAILS = Place.of(Place.Role.QUEUE, "emails", Shape.PLAIN);
    static final Place ORDERS = Place.of(Place.Role.QUEUE, "orders", new Shape(true, 0, 1, null));
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    final ScriptedEngine engine = new ScriptedEngine();
    final ScriptedTransport transport = engine.transport;
    final Sends sends = sends(4, false, Topology.CREATE);

    @AfterEach
    void close() {
        engine.close();
    }

    Sends sends(int maxOutstanding, boolean failFast, Topology topology) {
        return sends(maxOutstanding, failFast, topology, engine::complete, engine::complete);
    }

    Sends sends(int maxOutstanding, boolean failFast, Topology topology, Executor elsewhere, Executor elsewhereSoon) {
        return sends(maxOutstanding, failFast, topology, engine.events(), elsewhere, elsewhereSoon);
    }

    Sends sends(
            int maxOutstanding,
            boolean failFast,
            Topology topology,
            Events events,
            Executor elsewhere,
            Executor elsewhereSoon) {
        EngineSettings settings = ScriptedEngine.settings(topology, TIMEOUT, maxOutstanding, failFast);
        return new Sends(
                transport,
                engine.time,
                events,
                elsewhere,
                elsewhereSoon,
                new Declarations(transport, topology),
                settings);
    }

    static Message message(String id) {
        return Message.builder(id, new byte[0]).build();
    }

    static Message keyed(String id, String key) {
        return Message.builder(id, new byte[0]).key(key).build();
    }

    PendingSend send(String id) {
        return sends.send(EMAILS, message(id), 0, Told.HERE, null, engine.time.nanos());
    }

    static MessagingException failureOf(PendingSend send) {
        assertThat(send).isCompletedExceptionally();
        try {
            send.join();
            throw new AssertionError("it succeeded");
        } catch (CompletionException e) {
            return (MessagingException) e.getCause();
        }
    }

    List<String> tried() {
        return transport.sends.stream()
                .map(sent -> sent.outgoing.message().id())
                .toList();
    }

    /** Sends that the application hangs something on, of which the broker has none yet. */
    List<PendingSend> hung(Sends sends, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> sends.send(EMAILS, message("m" + i), 0, Told.ELSEWHERE, null, engine.time.nanos()))
                .toList();
    }

    /** A client of which the completion thread does nothing until the test lets it. */
    Sends untold(List<Runnable> tasks, boolean failFast) {
        transport.holdSends(true);
        return sends(4, failFast, Topology.CREATE, tasks::add, tasks::add);
    }
}

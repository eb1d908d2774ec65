package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.MessageTooLargeException;
import dev.transload.mq.MqListener;
import dev.transload.mq.MqObserver;
import dev.transload.mq.Outbound;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SendResult;
import dev.transload.mq.SendTimeoutException;
import dev.transload.mq.Topology;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Capabilities;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client over a scripted transport that sends batches; nobody but their callers asks for their ends. */
class SendBatchTest {

    private static final Queue<String> EMAILS = Queue.of("emails", String.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final ScriptedTransport transport = new ScriptedTransport();
    private final ManualTime time = new ManualTime();
    private final SystemTime system = new SystemTime("test");
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final Engine engine = engine(4);

    @AfterEach
    void close() {
        system.close();
    }

    private Engine engine(int maxOutstanding) {
        transport.time(time);
        EngineSettings settings = ScriptedEngine.settings(Topology.CREATE, TIMEOUT, maxOutstanding, false);
        MqListener listener = new MqListener() {
            @Override
            public void sent(String destination, String messageId) {
                told.add(messageId);
            }
        };
        return new Engine(settings, transport, system, new ConnectionState(), List.of(listener), MqObserver.NONE);
    }

    private static List<Outbound<String>> texts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Outbound.of(Integer.toString(i)))
                .toList();
    }

    /** Sends a batch on another thread, which runs until the batch has ended. */
    private CompletableFuture<List<SendResult>> sending(int count, CompletableFuture<Thread> sender) {
        CompletableFuture<List<SendResult>> results = new CompletableFuture<>();
        Sending sending = new Sending(engine, new Shapes(engine));
        Thread thread = new Thread(() -> {
            try {
                results.complete(sending.sendAll(EMAILS, texts(count)));
            } catch (Throwable e) {
                results.completeExceptionally(e);
            }
        });
        sender.complete(thread);
        thread.start();
        return results;
    }

    private CompletableFuture<List<SendResult>> sending(int count) {
        return sending(count, new CompletableFuture<>());
    }

    private void awaitSends(int count) {
        await("handed over").pollInterval(Duration.ofNanos(20_000)).until(() -> transport.sends.size() >= count);
    }

    @Test
    void allThatTheBrokerHasAreSentInTheOrderOfTheBatch() throws Exception {
        List<SendResult> results = sending(600).get(10, TimeUnit.SECONDS);

        assertThat(results).hasSize(600).allMatch(SendResult::sent);
        assertThat(results)
                .extracting(SendResult::id)
                .containsExactlyElementsOf(transport.sends.stream()
                        .map(sent -> sent.outgoing.message().id())
                        .toList());
        assertThat(engine.sends().outstanding()).isZero();
        await("told").until(() -> told.size() == 600);
    }

    @Test
    void aBatchEndsWhenItsLastSendDoesInWhateverOrderTheyEnd() throws Exception {
        transport.holdSends(true);
        CompletableFuture<Thread> sender = new CompletableFuture<>();
        CompletableFuture<List<SendResult>> results = sending(3, sender);
        awaitSends(3);
        Thread thread = sender.get();
        await("it waits").until(() -> thread.getState() == Thread.State.WAITING);

        transport.sends.get(2).confirm();
        transport.sends.get(1).confirm();
        assertThat(results).isNotDone();
        transport.sends.get(0).confirm();

        assertThat(results.get(10, TimeUnit.SECONDS)).allMatch(SendResult::sent);
    }

    @Test
    void whatFailsIsToldInItsPlaceAndTheOthersAreSent() throws Exception {
        transport.holdSends(true);
        CompletableFuture<List<SendResult>> results = sending(3);
        awaitSends(3);

        transport.sends.get(0).confirm();
        transport.sends.get(2).confirm();
        transport.sends.get(1).fail(TransportException.permanent("refused", null));

        List<SendResult> all = results.get(10, TimeUnit.SECONDS);
        assertThat(all).extracting(SendResult::sent).containsExactly(true, false, true);
        assertThat(all.get(1).id())
                .isEqualTo(transport.sends.get(1).outgoing.message().id());
        assertThat(all.get(1).failure()).get().isInstanceOf(TransportException.class);
    }

    @Test
    void whatIsNotConfirmedInTimeFailsThoughItsCallerSleeps() throws Exception {
        transport.holdSends(true);
        CompletableFuture<Thread> sender = new CompletableFuture<>();
        CompletableFuture<List<SendResult>> results = sending(2, sender);
        awaitSends(2);
        Thread thread = sender.get();
        await("it waits").until(() -> thread.getState() == Thread.State.WAITING);

        time.advance(TIMEOUT.plusSeconds(1));

        assertThat(results.get(10, TimeUnit.SECONDS))
                .allSatisfy(result -> assertThat(result.failure()).get().isInstanceOf(SendTimeoutException.class));
    }

    @Test
    void theTimeOfASendRunsFromItsOwnHandOverThoughThoseBeforeItWaitedForRoom() throws Exception {
        transport.holdSends(true);
        CompletableFuture<Thread> sender = new CompletableFuture<>();
        CompletableFuture<List<SendResult>> results = sending(6, sender);
        awaitSends(4);
        Thread thread = sender.get();
        await("it waits for room").until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        time.advance(TIMEOUT.minusSeconds(1));
        transport.sends.subList(0, 4).forEach(ScriptedTransport.Sent::confirm);
        awaitSends(6);

        time.advance(TIMEOUT.minusSeconds(2)); // the fifth waited for nine seconds, the sixth for none
        transport.sends.get(5).confirm();

        assertThat(results.get(10, TimeUnit.SECONDS))
                .extracting(SendResult::sent)
                .containsExactly(true, true, true, true, false, true);
    }

    /** Two batches and futures of an application share the room for four, while another thread confirms. */
    @Test
    void batchesAndFuturesAtTheBoundAllEnd() throws Exception {
        transport.holdSends(true);
        int each = 300;
        CompletableFuture<List<SendResult>> first = sending(each);
        CompletableFuture<List<SendResult>> second = sending(each);
        Thread broker = new Thread(() -> {
            for (int i = 0; i < 3 * each; i++) {
                awaitSends(i + 1);
                transport.sends.get(i).confirm();
            }
        });
        broker.start();
        Sending sending = new Sending(engine, new Shapes(engine));
        List<CompletableFuture<String>> futures = new ArrayList<>();
        for (int i = 0; i < each; i++) {
            futures.add(sending.sendAsync(EMAILS, "x", SendOptions.none()));
        }

        assertThat(first.get(30, TimeUnit.SECONDS)).hasSize(each).allMatch(SendResult::sent);
        assertThat(second.get(30, TimeUnit.SECONDS)).hasSize(each).allMatch(SendResult::sent);
        for (CompletableFuture<String> future : futures) {
            future.get(30, TimeUnit.SECONDS);
        }
        broker.join();
        assertThat(engine.sends().outstanding()).isZero();
        await("each is told once").untilAsserted(() -> assertThat(told).hasSize(3 * each));
    }

    @Test
    void anInterruptedCallerHearsOfItAndIsStillInterrupted() throws Exception {
        transport.holdSends(true);
        CompletableFuture<Thread> sender = new CompletableFuture<>();
        CompletableFuture<List<SendResult>> results = sending(1, sender);
        awaitSends(1);
        Thread thread = sender.get();
        await("it waits").until(() -> thread.getState() == Thread.State.WAITING);

        thread.interrupt();

        SendResult result = results.get(10, TimeUnit.SECONDS).get(0);
        assertThat(result.failure()).get().asString().contains("interrupted");
    }

    @Test
    void aBatchOfWhichOneIsTooLargeIsRefusedBeforeAnyOfItIsSent() {
        transport.capabilities(Capabilities.builder("Scripted 1.0", new Capabilities.Limits(20, 1 << 16, 100, 255))
                .build());
        Sending sending = new Sending(engine, new Shapes(engine));
        List<Outbound<String>> batch = List.of(Outbound.of("x"), Outbound.of("x".repeat(50)));

        assertThatThrownBy(() -> sending.sendAll(EMAILS, batch)).isInstanceOf(MessageTooLargeException.class);

        assertThat(transport.sends).isEmpty();
    }
}

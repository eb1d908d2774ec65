package dev.transload.mq.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.TimeSource;
import dev.transload.mq.spi.TransportUri;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/** Settling against a service that keeps a renewal waiting. */
class SqsSettlerTest {

    private static final int RENEWAL = 30;
    private static final Pattern ORDER = Pattern.compile("\"ReceiptHandle\":\"([^\"]+)\",\"VisibilityTimeout\":(\\d+)");

    private static final TimeSource CLOCK = new StandingClock();

    private final List<String> arrived = new CopyOnWriteArrayList<>();
    private final CountDownLatch answerRenewals = new CountDownLatch(1);
    private final CountDownLatch renewalIsThere = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Worker worker = new Worker("test");
    private HttpServer service;
    private SqsClients clients;
    private SqsAsk ask;

    @BeforeEach
    void start() throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.setExecutor(threads);
        service.createContext("/", this::answer);
        service.start();
        SqsOptions options = SqsOptions.of(TransportUri.parse(
                "sqs://key:secret@127.0.0.1:" + service.getAddress().getPort()));
        clients = new SqsClients(options, "test", new SqsUsage(), worker.orHere());
        ask = new SqsAsk(clients, worker, System::nanoTime, options.requestTimeout());
    }

    @AfterEach
    void end() {
        answerRenewals.countDown();
        ask.giveUp();
        clients.close();
        worker.end();
        service.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String request = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        Matcher order = ORDER.matcher(request);
        while (order.find()) {
            arrived.add(order.group(1) + " " + order.group(2));
        }
        if (request.contains("\"VisibilityTimeout\":" + RENEWAL)) {
            renewalIsThere.countDown();
            try {
                answerRenewals.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        byte[] answer = "{\"Successful\":[],\"Failed\":[]}".getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    @Test
    void whatIsGivenBackGoesBehindARenewalThatIsUnderWay() throws Exception {
        SqsSettler settler = settler("jobs");
        SqsDelivery renewed = delivery("a", null);
        CompletableFuture<Void> back = new CompletableFuture<>();
        CompletableFuture<Void> other = new CompletableFuture<>();
        onWorker(() -> settler.prolong(renewed, RENEWAL, failure -> {}), settler);
        renewalIsThere.await();

        onWorker(() -> settler.order(renewed, 0, failure -> back.complete(null)), settler);
        onWorker(() -> settler.order(delivery("b", null), 0, failure -> other.complete(null)), settler);
        other.get();

        assertThat(arrived).containsExactly("a " + RENEWAL, "b 0");
        assertThat(back).isNotDone();
        answerRenewals.countDown();
        back.get();
        assertThat(arrived).containsExactly("a " + RENEWAL, "b 0", "a 0");
    }

    @Test
    void aGroupGoesBackInOrderBehindARenewalOfOneOfIt() throws Exception {
        SqsSettler settler = settler("orders.fifo");
        SqsDelivery first = delivery("a", "g");
        SqsDelivery second = delivery("b", "g");
        CompletableFuture<Void> back = new CompletableFuture<>();
        onWorker(() -> settler.prolong(second, RENEWAL, failure -> {}), settler);
        renewalIsThere.await();

        onWorker(
                () -> {
                    settler.order(first, 0, failure -> {});
                    settler.order(second, 0, failure -> back.complete(null));
                },
                settler);
        onWorker(() -> assertThat(settler.open()).isEqualTo(3), settler);

        assertThat(arrived).containsExactly("b " + RENEWAL);
        answerRenewals.countDown();
        back.get();
        assertThat(arrived).containsExactly("b " + RENEWAL, "a 0", "b 0");
    }

    @Test
    void moreOfAGroupThanFitsIntoARequestGoesBackInRequestsOneAfterTheOther() throws Exception {
        SqsSettler settler = settler("orders.fifo");
        CompletableFuture<Void> other = new CompletableFuture<>();
        CompletableFuture<Void> last = new CompletableFuture<>();
        onWorker(
                () -> {
                    for (int i = 0; i < 11; i++) {
                        settler.order(delivery("a" + i, "g"), RENEWAL, failure -> {});
                    }
                    settler.order(delivery("a11", "g"), RENEWAL, failure -> last.complete(null));
                    settler.order(delivery("b", "h"), 0, failure -> other.complete(null));
                },
                settler);

        other.get();
        renewalIsThere.await(); // on a connection of its own, so it may come last
        assertThat(arrived).hasSize(11).doesNotContain("a10 " + RENEWAL, "a11 " + RENEWAL);
        answerRenewals.countDown();
        last.get();
        assertThat(arrived.subList(11, 13)).containsExactly("a10 " + RENEWAL, "a11 " + RENEWAL);
    }

    @Test
    void whatIsUnderWayAtTheEndIsGivenUp() throws Exception {
        SqsSettler settler = settler("jobs");
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        onWorker(() -> settler.prolong(delivery("a", null), RENEWAL, ended::complete), settler);
        renewalIsThere.await();

        onWorker(settler::flush, settler);
        ask.giveUp();

        assertThat(ended.get(5, TimeUnit.SECONDS)).isNotNull();
        onWorker(() -> assertThat(settler.open()).isZero(), settler);
    }

    @Test
    void theOwnerHearsOfTheEndOfWhatGoesBackWithoutHavingBeenHandedOut() {
        LeavingOwner owner = new LeavingOwner();
        HeldDeliveries held = held(owner);

        worker.execute(() -> {
            held.dispose(delivery("a", null), 0);
            held.go();
        });

        await().until(() -> owner.settled.get() == 1);
        assertThat(arrived).containsExactly("a 0");
    }

    private HeldDeliveries held(HeldDeliveries.Owner owner) {
        Duration lease = Duration.ofSeconds(30);
        return new HeldDeliveries(ask, CLOCK, lease, SqsCapabilities.LONGEST_LEASE, queue("jobs"), false, owner);
    }

    /** A receiver that is being closed. */
    private static final class LeavingOwner implements HeldDeliveries.Owner {
        private final AtomicInteger settled = new AtomicInteger();

        @Override
        public boolean isStopped() {
            return true;
        }

        @Override
        public boolean isClosed() {
            return false;
        }

        @Override
        public void poll() {
            // wants nothing more
        }

        @Override
        public void deliver(List<SqsDelivery> out) {
            throw new AssertionError("handed out " + out);
        }

        @Override
        public void settled() {
            settled.incrementAndGet();
        }

        @Override
        public void lost(List<? extends Incoming> deliveries, String why) {
            throw new AssertionError(why);
        }
    }

    private QueueRef queue(String name) {
        return new QueueRef(name, "http://127.0.0.1:" + service.getAddress().getPort() + "/000000000000/" + name);
    }

    private SqsSettler settler(String name) {
        return new SqsSettler(ask, queue(name), CLOCK, false);
    }

    private void onWorker(Runnable step, SqsSettler settler) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        worker.execute(() -> {
            try {
                step.run();
                settler.go();
                done.complete(null);
            } catch (RuntimeException | AssertionError e) {
                done.completeExceptionally(e);
            }
        });
        done.get();
    }

    // Of a receiver that is not asked for anything.
    private static SqsDelivery delivery(String receipt, String group) {
        Message received = Message.builder()
                .messageId(receipt)
                .receiptHandle(receipt)
                .body("text")
                .attributes(
                        group == null
                                ? Map.of(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT, "1")
                                : Map.of(
                                        MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT,
                                        "1",
                                        MessageSystemAttributeName.MESSAGE_GROUP_ID,
                                        group))
                .build();
        long now = CLOCK.nanos();
        return new SqsDelivery(
                null,
                SqsMessages.read(received, group != null),
                "jobs",
                received,
                now,
                now + Duration.ofMinutes(1).toNanos());
    }
}

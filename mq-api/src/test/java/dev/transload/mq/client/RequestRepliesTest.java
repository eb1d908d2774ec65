package dev.transload.mq.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.ClientClosedException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.Message;
import dev.transload.mq.MqObserver;
import dev.transload.mq.Outcome;
import dev.transload.mq.RemoteHandlerException;
import dev.transload.mq.RequestTimeoutException;
import dev.transload.mq.Shape;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestRepliesTest {

    private static final Place PRICES = Place.of(Place.Role.QUEUE, "prices", Shape.PLAIN);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final ScriptedEngine engine = new ScriptedEngine();
    private final RequestReplies requests = new RequestReplies(engine);

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void aReplyCompletesItsRequest() throws Exception {
        CompletableFuture<Message> first = request("a");
        CompletableFuture<Message> second = request("b");

        inbox().deliver(replyTo(sent(1), "for b"));
        inbox().deliver(replyTo(sent(0), "for a"));

        assertThat(text(first)).isEqualTo("for a");
        assertThat(text(second)).isEqualTo("for b");
        assertThat(engine.transport.inboxesOpened()).isEqualTo(1);
        assertThat(requests.waiting()).isZero();
        assertThat(engine.time.waiting()).isZero();
    }

    @Test
    void aRequestNamesTheInboxAndExpiresWithItsTimeout() {
        var unused = request("a");

        assertThat(sent(0).replyTo()).isEqualTo("inbox-1");
        assertThat(sent(0).correlationId()).isNotBlank();
        assertThat(sent(0).ttl()).isEqualTo(2000);
        assertThat(sent(0).timestamp()).isEqualTo(engine.time.millis());
    }

    @Test
    void aGivenCorrelationIdIsUsedAndMayNotBeUsedTwiceAtOnce() {
        Message request =
                Message.builder("m", new byte[0]).correlationId("mine").build();

        CompletableFuture<Message> first = requests.request(PRICES, request, TIMEOUT, false);
        CompletableFuture<Message> second = requests.request(PRICES, request, TIMEOUT, false);

        assertThat(sent(0).correlationId()).isEqualTo("mine");
        assertThatThrownBy(second::get).hasCauseInstanceOf(IllegalArgumentException.class);
        assertThat(first).isNotDone();
        assertThat(requests.waiting()).isEqualTo(1);
    }

    @Test
    void whoWaitsForAReplyHasItFromWhoBroughtIt() throws Exception {
        CompletableFuture<Message> waitedFor = request("a", true);
        CompletableFuture<Message> other = request("b", false);
        CompletableFuture<String> first =
                waitedFor.thenApply(reply -> Thread.currentThread().getName());
        CompletableFuture<String> second =
                other.thenApply(reply -> Thread.currentThread().getName());

        inbox().deliver(replyTo(sent(0), "to a"));
        inbox().deliver(replyTo(sent(1), "to b"));

        assertThat(first).isCompletedWithValue(Thread.currentThread().getName());
        assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo("scripted-completions");
    }

    @Test
    void noReplyInTimeFailsTheRequestAndALateOneIsCounted() {
        CompletableFuture<Message> late = request("a");
        ScriptedTransport.ScriptedReceiver inbox = inbox();

        engine.time.advance(Duration.ofMillis(1999));
        assertThat(late).isNotDone();
        engine.time.advance(Duration.ofMillis(1));

        assertFails(late, RequestTimeoutException.class, "no reply from prices within PT2S");
        inbox.deliver(replyTo(sent(0), "too late"));
        await("the drop is told on the completion thread")
                .untilAsserted(() -> assertThat(engine.counted).containsExactly(MqObserver.Event.REPLY_DROPPED));
        assertThat(engine.dropped).singleElement().asString().contains(sent(0).correlationId());
    }

    @Test
    void duplicateForgedAndAnonymousRepliesAreDroppedAndAcked() throws Exception {
        CompletableFuture<Message> request = request("a");
        inbox().deliver(replyTo(sent(0), "right"));

        List<ScriptedTransport.Delivered> bad = List.of(
                inbox().deliver(replyTo(sent(0), "again")),
                inbox().deliver(Message.builder("f", new byte[0])
                        .correlationId("x".repeat(100_000))
                        .build()),
                inbox().deliver(Message.builder("n", new byte[0]).build()));

        assertThat(text(request)).isEqualTo("right");
        assertThat(bad).allSatisfy(delivered -> assertThat(delivered.acked).isCompleted());
        await("drops are told on the completion thread")
                .untilAsserted(() -> assertThat(engine.dropped).hasSize(3));
        assertThat(engine.dropped).allSatisfy(drop -> assertThat(drop).hasSizeLessThan(400));
    }

    @Test
    void creditComesBackForEachReply() {
        var unused = request("a");
        int before = inbox().credit.get();

        for (int i = 0; i < 5000; i++) {
            inbox().deliver(Message.builder("x", new byte[0])
                    .correlationId("none")
                    .build());
        }

        assertThat(inbox().credit.get()).isEqualTo(before);
    }

    @Test
    void aFailureOnTheOtherSideKeepsItsName() {
        CompletableFuture<Message> request = request("a");

        inbox().deliver(RequestReplies.errorReply(sent(0), new IllegalStateException("no such item"), "r", 1));

        assertThatThrownBy(request::get).cause().isInstanceOfSatisfying(RemoteHandlerException.class, failure -> {
            assertThat(failure.remoteType()).isEqualTo("java.lang.IllegalStateException");
            assertThat(failure.remoteMessage()).isEqualTo("no such item");
            assertThat(failure.getMessage()).contains("prices");
        });
    }

    @Test
    void anErrorReplyIsBounded() {
        Message request = Message.builder("q", new byte[0]).build();

        Message reply = RequestReplies.errorReply(request, new RuntimeException("x".repeat(1 << 20)), "r", 1);

        assertThat(reply.annotations().get(Annotations.ERROR_MESSAGE)).hasSize(1024);
        assertThat(reply.annotations()).containsOnlyKeys(Annotations.ERROR_TYPE, Annotations.ERROR_MESSAGE);
        assertThat(reply.correlationId()).isEqualTo("q");
        assertThat(RequestReplies.errorReply(request, new RuntimeException(), "r", 1)
                        .annotations())
                .containsOnlyKeys(Annotations.ERROR_TYPE);
    }

    @Test
    void aHugeFailureFromOutsideIsCut() {
        CompletableFuture<Message> request = request("a");

        inbox().deliver(Message.builder("r", new byte[0])
                .correlationId(sent(0).correlationId())
                .annotation(Annotations.ERROR_TYPE, "T".repeat(1 << 20))
                .annotation(Annotations.ERROR_MESSAGE, "m".repeat(1 << 20))
                .build());

        assertThatThrownBy(request::get)
                .cause()
                .satisfies(failure -> assertThat(failure.getMessage()).hasSizeLessThan(2000));
    }

    @Test
    void aSendThatFailsFailsTheRequest() {
        engine.transport.failSends(outgoing -> TransportException.permanent("full", null));

        assertFails(request("a"), TransportException.class, "full");
        assertThat(requests.waiting()).isZero();
    }

    @Test
    void requestsShareOneOpeningAndAFailedOneIsTriedAgain() throws Exception {
        CompletableFuture<String> address = new CompletableFuture<>();
        engine.transport.inboxes = n -> n == 1 ? address : CompletableFuture.completedFuture("second");
        CompletableFuture<Message> first = request("a");
        CompletableFuture<Message> second = request("b");
        assertThat(engine.transport.inboxesOpened()).isEqualTo(1);
        assertThat(engine.transport.sends).isEmpty();

        address.completeExceptionally(new AuthenticationException("not allowed", null));

        assertFails(first, AuthenticationException.class, "not allowed");
        assertFails(second, AuthenticationException.class, "not allowed");
        CompletableFuture<Message> third = request("c");
        assertThat(engine.transport.inboxesOpened()).isEqualTo(2);
        engine.transport.receiver("second").deliver(replyTo(sent(0), "yes"));
        assertThat(text(third)).isEqualTo("yes");
    }

    @Test
    void aRequestThatTimesOutWhileTheInboxOpensIsNotSent() {
        CompletableFuture<String> address = new CompletableFuture<>();
        engine.transport.inboxes = n -> address;
        CompletableFuture<Message> request = request("a");

        engine.time.advance(TIMEOUT);
        address.complete("open");

        assertFails(request, RequestTimeoutException.class, "prices");
        assertThat(engine.transport.sends).isEmpty();
    }

    @Test
    void anInboxThatEndedIsOpenedAgain() throws Exception {
        CompletableFuture<Message> first = request("a");

        inbox().sink.failed(new IllegalStateException("deleted"));

        assertFails(first, ConnectionLostException.class, "the reply inbox ended");
        CompletableFuture<Message> second = request("b");
        engine.transport.receiver("inbox-2").deliver(replyTo(sent(1), "ok"));
        assertThat(text(second)).isEqualTo("ok");
    }

    @Test
    void aLostConnectionFailsRequestsOnlyWhereTheInboxWentWithIt() {
        CompletableFuture<Message> request = request("a");
        requests.connectionLost();
        assertThat(request).isNotDone();

        engine.transport.capabilities(Capabilities.builder("Scripted", ScriptedTransport.LIMITS)
                .volatileReplies(true)
                .build());
        requests.connectionLost();

        assertFails(request, ConnectionLostException.class, "request to prices");
        assertThatThrownBy(request::get)
                .cause()
                .isInstanceOfSatisfying(
                        ConnectionLostException.class,
                        failure -> assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN));
    }

    @Test
    void cancellingForgetsTheRequest() {
        CompletableFuture<Message> request = request("a");

        request.cancel(false);

        assertThat(requests.waiting()).isZero();
        assertThat(engine.time.waiting()).isZero();
        inbox().deliver(replyTo(sent(0), "late"));
        await("the drop is told on the completion thread")
                .untilAsserted(() -> assertThat(engine.dropped).hasSize(1));
    }

    @Test
    void closingFailsWhatWaitsAndWhatComes() {
        CompletableFuture<Message> request = request("a");

        requests.close();

        assertFails(request, ClientClosedException.class, "closed");
        assertFails(request("b"), ClientClosedException.class, "closed");
        assertThat(inbox().closed).isTrue();
        assertThat(requests.waiting()).isZero();
        assertThat(engine.time.waiting()).isZero();
    }

    @Test
    void theCloseDoesNotTellThatARequestWhichIsOnItsWayWasNotSent() {
        CompletableFuture<Message> request = request("a");

        requests.close();

        assertThatThrownBy(request::get)
                .cause()
                .isInstanceOfSatisfying(
                        ClientClosedException.class,
                        failure -> assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN));
        assertThatThrownBy(request("b")::get)
                .cause()
                .isInstanceOfSatisfying(
                        ClientClosedException.class,
                        failure -> assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT));
    }

    @Test
    void aRequestThatIsSentWhileTheConnectionIsLostIsNotSaidNotToBeSent() {
        var unused = request("first");
        engine.transport.capabilities(Capabilities.builder("Scripted", ScriptedTransport.LIMITS)
                .volatileReplies(true)
                .build());
        inbox().askedForAddress = requests::connectionLost;

        CompletableFuture<Message> second = request("second");

        assertThat(engine.transport.sends).hasSize(2);
        assertThatThrownBy(second::get)
                .cause()
                .isInstanceOfSatisfying(
                        ConnectionLostException.class,
                        failure -> assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN));
    }

    @Test
    void anInboxThatOpensAfterTheCloseIsClosed() {
        CompletableFuture<String> address = new CompletableFuture<>();
        engine.transport.inboxes = n -> address;
        var unused = request("a");

        requests.close();
        address.complete("late");

        assertThat(engine.transport.receiver("late").closed).isTrue();
    }

    @Test
    void continuationsRunOnTheCompletionThread() throws Exception {
        CompletableFuture<String> ran =
                request("a").thenApply(reply -> Thread.currentThread().getName());

        inbox().deliver(replyTo(sent(0), "x"));

        assertThat(ran.get()).isEqualTo("scripted-completions");
    }

    @Test
    void aReplyCarriesTheIdsAndTheContentType() {
        Message request = Message.builder("q", new byte[0]).correlationId("c").build();

        Message reply = RequestReplies.reply(request, new byte[] {1}, "application/json", "r", 77);

        assertThat(reply.id()).isEqualTo("r");
        assertThat(reply.correlationId()).isEqualTo("c");
        assertThat(reply.contentType()).isEqualTo("application/json");
        assertThat(reply.timestamp()).isEqualTo(77);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyRequestEndsOnce(long seed) throws Exception {
        Random random = new Random(seed);
        List<CompletableFuture<Message>> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            all.add(request("r" + i));
        }
        List<Message> replies = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            for (int copies = random.nextInt(3); copies > 0; copies--) {
                replies.add(replyTo(sent(i), "r" + i));
            }
        }
        Collections.shuffle(replies, random);
        for (int i = 0; i < replies.size() / 2; i++) {
            inbox().deliver(replies.get(i));
        }
        engine.time.advance(TIMEOUT);
        for (int i = replies.size() / 2; i < replies.size(); i++) {
            inbox().deliver(replies.get(i));
        }

        await("all end on the completion thread").until(() -> all.stream().allMatch(CompletableFuture::isDone));
        int answered = 0;
        for (int i = 0; i < 300; i++) {
            CompletableFuture<Message> request = all.get(i);
            if (!request.isCompletedExceptionally()) {
                assertThat(text(request)).isEqualTo("r" + i);
                answered++;
            }
        }
        int dropped = replies.size() - answered;
        await("drops are told").untilAsserted(() -> assertThat(engine.dropped).hasSize(dropped));
        assertThat(requests.waiting()).isZero();
        assertThat(engine.time.waiting()).isZero();
    }

    private CompletableFuture<Message> request(String body) {
        return request(body, false);
    }

    private CompletableFuture<Message> request(String body, boolean inline) {
        return requests.request(
                PRICES, Message.builder("m-" + body, body.getBytes(UTF_8)).build(), TIMEOUT, inline);
    }

    private Message sent(int n) {
        return engine.transport.sentTo("prices").get(n);
    }

    private ScriptedTransport.ScriptedReceiver inbox() {
        return engine.transport.receiver("inbox-1");
    }

    private static Message replyTo(Message request, String body) {
        return RequestReplies.reply(request, body.getBytes(UTF_8), "text/plain", "r", 1);
    }

    private static String text(CompletableFuture<Message> reply) throws Exception {
        return new String(reply.get().body(), UTF_8);
    }

    private static void assertFails(
            CompletableFuture<Message> request, Class<? extends Throwable> type, String... texts) {
        assertThatThrownBy(request::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(type)
                .hasMessageContainingAll(texts);
    }
}

package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.REQUEST_REPLY;
import static dev.transload.mq.tck.Feature.SECURITY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.ClientClosedException;
import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Queue;
import dev.transload.mq.RemoteHandlerException;
import dev.transload.mq.RequestTimeoutException;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Request and reply. */
@TckGroup("Request and reply")
final class RequestCases {

    private static final Duration AMPLE = Duration.ofSeconds(20);

    /** A question with parts. */
    record Question(String text, int number) {}

    /** An answer with parts. */
    record Answer(String text, int number) {}

    @TckCase(
            id = "RPC-01",
            value = "the caller gets the reply to its request",
            check = "is the reply sent to the address and with the correlation of its request?",
            proves = REQUEST_REPLY)
    void reply(Tck t) {
        Queue<Question> queue = t.queue(Question.class);
        t.client().reply(queue, Answer.class, question -> new Answer(question.text() + "!", question.number() + 1));
        MqClient caller = t.newClient();

        CompletableFuture<Answer> answer =
                caller.requestAsync(queue, new Question("\u00FCber", 41), Answer.class, AMPLE);
        assertThat(t.ended("the reply comes", answer).join()).isEqualTo(new Answer("\u00FCber!", 42));
        assertThat(caller.request(queue, new Question("again", 0), Answer.class, AMPLE))
                .isEqualTo(new Answer("again!", 1));
        t.evidence();
    }

    @TckCase(
            id = "RPC-02",
            value = "many callers with many requests each get their own replies",
            tier = Tier.T1,
            check = "are replies told apart by an id that is unique among all callers?",
            proves = REQUEST_REPLY)
    void noCrossTalk(Tck t) {
        Queue<String> queue = t.queue();
        t.client()
                .reply(
                        queue,
                        String.class,
                        text -> "re " + text,
                        SubscribeOptions.builder().concurrency(8).build());
        List<CompletableFuture<String>> replies = new ArrayList<>();
        for (int c = 0; c < 4; c++) {
            int number = c;
            MqClient caller = t.newClient();
            IntStream.range(0, 100)
                    .forEach(i -> replies.add(caller.requestAsync(queue, number + "/" + i, String.class, AMPLE)));
        }

        for (int i = 0; i < replies.size(); i++) {
            assertThat(t.ended("a reply comes", replies.get(i)).join()).isEqualTo("re " + i / 100 + "/" + i % 100);
        }
        t.evidence();
    }

    @TckCase(
            id = "RPC-03",
            value = "without a server the request fails at its timeout, not before, and names the queue",
            check = "is the timeout that of the request, and its time to live too?",
            proves = REQUEST_REPLY)
    void nobodyAnswers(Tck t) {
        Queue<String> queue = t.queue();
        Duration timeout = Duration.ofMillis(600);
        long before = t.millis();
        CompletableFuture<String> reply = t.client().requestAsync(queue, "x", String.class, timeout);
        long after = t.millis();

        Throwable failure = failureOf(t, reply);
        assertThat(t.millis()).isBetween(before + 598, after + 600 + t.lateness(timeout));
        assertThat(failure).isInstanceOf(RequestTimeoutException.class).hasMessageContaining(queue.name());

        // The request has expired in the queue too: a server that comes now does not see it.
        t.elapse(Duration.ofMillis(100));
        AtomicInteger handled = new AtomicInteger();
        t.client().reply(queue, String.class, text -> {
            handled.incrementAndGet();
            return text;
        });
        CompletableFuture<String> next = t.client().requestAsync(queue, "y", String.class, AMPLE);
        assertThat(t.ended("the next reply comes", next).join()).isEqualTo("y");
        assertThat(handled).hasValue(1);
        t.evidence();
    }

    @TckCase(
            id = "RPC-04",
            value = "what the handler throws reaches the caller with its type and text, once, without retry",
            check = "is a failed handler answered at once, and its request acked?",
            proves = REQUEST_REPLY)
    void handlerThrows(Tck t) {
        Queue<String> queue = t.queue();
        AtomicInteger handled = new AtomicInteger();
        t.client().reply(queue, String.class, text -> {
            handled.incrementAndGet();
            throw new Boom("no price for " + text);
        });
        CompletableFuture<String> reply = t.client().requestAsync(queue, "apples", String.class, AMPLE);

        Throwable failure = failureOf(t, reply);
        assertThat(failure).isInstanceOf(RemoteHandlerException.class);
        RemoteHandlerException remote = (RemoteHandlerException) failure;
        assertThat(remote.remoteType()).endsWith("Boom");
        assertThat(remote.remoteMessage()).isEqualTo("no price for apples");
        assertThat(handled).hasValue(1);
        assertThat(t.client().deadLetters(queue).count()).isZero();
        t.evidence();
    }

    @TckCase(
            id = "RPC-05",
            value = "a reply that comes after the timeout is dropped and counted, and hurts no later request",
            check = "is a reply matched with a request that is still pending?",
            proves = REQUEST_REPLY,
            realTime = true)
    void lateReply(Tck t) {
        Queue<String> queue = t.queue();
        CountDownLatch gate = t.latch();
        CountDownLatch last = t.latch();
        AtomicBoolean begun = new AtomicBoolean();
        t.client()
                .reply(
                        queue,
                        String.class,
                        text -> {
                            if (text.equals("slow")) {
                                begun.set(true);
                                gate.await();
                            } else if (text.equals("next")) {
                                last.await();
                            }
                            return "re " + text;
                        },
                        SubscribeOptions.builder().concurrency(2).build());
        MqClient caller = t.newClient();
        CompletableFuture<String> first = caller.requestAsync(queue, "first", String.class, AMPLE);
        assertThat(t.ended("the first reply comes", first).join()).isEqualTo("re first");
        CompletableFuture<String> slow = caller.requestAsync(queue, "slow", String.class, Duration.ofSeconds(5));
        assertThat(failureOf(t, slow)).isInstanceOf(RequestTimeoutException.class);
        assertThat(begun).as("it reached its handler in time").isTrue();
        CompletableFuture<String> next = caller.requestAsync(queue, "next", String.class, AMPLE);
        gate.countDown();

        t.until("the late reply is dropped", () -> t.history().repliesDropped() >= 1);
        assertThat(next).as("the next request still waits").isNotDone();
        last.countDown();
        assertThat(t.ended("the next reply comes", next).join()).isEqualTo("re next");
        t.evidence();
    }

    @TckCase(
            id = "RPC-06",
            value = "a second reply to one request is dropped and counted",
            check = "is a request forgotten with its first reply?",
            proves = REQUEST_REPLY)
    void duplicateReply(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> requests = t.seen();
        Subscription taker = t.client().subscribe(queue, requests);
        MqClient caller = t.newClient();
        CompletableFuture<String> reply = caller.requestAsync(queue, "x", String.class, AMPLE);
        Message asked = requests.await(1).message();
        taker.close();
        assertThat(asked.ttl()).isEqualTo(AMPLE.toMillis());

        t.client().reply(queue, String.class, text -> "re " + text);
        SendOptions.Settings copy = copyOf(asked);
        t.client().send(queue, "x", copy);
        t.client().send(queue, "x", copy);

        assertThat(t.ended("the first reply comes", reply).join()).isEqualTo("re x");
        t.until("the second reply is dropped", () -> t.history().repliesDropped() == 1);
    }

    /** What makes a message the same request once more. */
    static SendOptions.Settings copyOf(Message asked) {
        SendOptions.Settings copy =
                SendOptions.id(asked.id()).replyTo(Objects.requireNonNull(asked.replyTo(), "reply address"));
        return asked.correlationId() == null ? copy : copy.correlationId(asked.correlationId());
    }

    @TckCase(
            id = "RPC-07",
            value = "a reply with an unknown correlation is dropped and counted, and the inbox lives on",
            check = "does an unknown correlation end the inbox?",
            proves = REQUEST_REPLY)
    void forgedReply(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> requests = t.seen();
        Subscription taker = t.client().subscribe(queue, requests);
        MqClient caller = t.newClient();
        CompletableFuture<String> reply = caller.requestAsync(queue, "x", String.class, AMPLE);
        Message asked = requests.await(1).message();
        taker.close();

        t.client().reply(queue, String.class, text -> "re " + text);
        t.client()
                .send(
                        queue,
                        "forged",
                        SendOptions.none()
                                .correlationId("forged")
                                .replyTo(Objects.requireNonNull(asked.replyTo(), "reply address")));
        t.until("the forged reply is dropped", () -> t.history().repliesDropped() == 1);
        assertThat(reply).isNotDone();
        CompletableFuture<String> next = caller.requestAsync(queue, "next", String.class, AMPLE);
        assertThat(t.ended("the next reply comes", next).join()).isEqualTo("re next");
    }

    @TckCase(
            id = "RPC-10",
            value = "closing the caller fails what is pending, at once",
            check = "does close fail what is pending before it disconnects?",
            proves = REQUEST_REPLY)
    void callerCloses(Tck t) {
        Queue<String> queue = t.queue();
        MqClient caller = t.newClient();
        List<CompletableFuture<String>> pending = IntStream.range(0, 5)
                .mapToObj(i -> caller.requestAsync(queue, "x" + i, String.class, Duration.ofMinutes(5)))
                .toList();
        caller.close();

        pending.forEach(reply -> assertThat(failureOf(t, reply)).isInstanceOf(ClientClosedException.class));
        t.refused(ClientClosedException.class, () -> caller.request(queue, "x", String.class, AMPLE));
    }

    @TckCase(
            id = "RPC-11",
            value = "two callers of one server get each its own replies",
            tier = Tier.T1,
            check = "do two callers share one inbox?",
            proves = REQUEST_REPLY)
    void twoCallers(Tck t) {
        Queue<String> queue = t.queue();
        t.client().reply(queue, String.class, text -> "re " + text);
        MqClient one = t.newClient();
        MqClient two = t.newClient();
        CompletableFuture<String> a = one.requestAsync(queue, "a", String.class, AMPLE);
        CompletableFuture<String> b = two.requestAsync(queue, "b", String.class, AMPLE);

        assertThat(t.ended("one is answered", a).join()).isEqualTo("re a");
        assertThat(t.ended("two is answered", b).join()).isEqualTo("re b");
        t.evidence();
    }

    @TckCase(
            id = "RPC-13",
            value = "a message without a reply address is handled, its result dropped and counted",
            check = "does a missing reply address fail the request instead of its reply alone?",
            proves = REQUEST_REPLY)
    void oneWay(Tck t) {
        Queue<String> queue = t.queue();
        AtomicInteger handled = new AtomicInteger();
        t.client().reply(queue, String.class, text -> {
            handled.incrementAndGet();
            return text;
        });
        t.client().send(queue, "nobody waits");

        t.until("the result is dropped", () -> t.history().repliesDropped() == 1);
        assertThat(handled).hasValue(1);
        assertThat(t.client().deadLetters(queue).count()).isZero();
        t.evidence();
    }

    @TckCase(
            id = "RPC-17",
            value = "a handler may make a request of its own",
            tier = Tier.T1,
            check = "does a request wait for a thread that its own handler holds?",
            proves = REQUEST_REPLY,
            realTime = true)
    void nestedRequest(Tck t) {
        Queue<String> outer = t.queue();
        Queue<String> inner = t.queue();
        t.client().reply(inner, String.class, text -> "inner " + text);
        t.client().reply(outer, String.class, text -> t.client().request(inner, text, String.class, AMPLE));

        CompletableFuture<String> reply = t.newClient().requestAsync(outer, "x", String.class, AMPLE);
        assertThat(t.ended("the reply comes", reply).join()).isEqualTo("inner x");
        t.evidence();
    }

    @TckCase(
            id = "RPC-21",
            value = "requests that make no sense are refused by name",
            check = "are arguments checked before an inbox is opened?",
            proves = {REQUEST_REPLY, SECURITY})
    void badRequests(Tck t) {
        Queue<String> queue = t.queue();
        MqClient mq = t.client();
        t.refused(NullPointerException.class, () -> mq.request(queue, Nulls.of(), String.class, AMPLE), "payload");
        t.refused(
                NullPointerException.class,
                () -> mq.request(queue, "x", Nulls.<Class<String>>of(), AMPLE),
                "replyType");
        t.refused(NullPointerException.class, () -> mq.request(queue, "x", String.class, Nulls.of()), "timeout");
        t.refused(IllegalArgumentException.class, () -> mq.request(queue, "x", String.class, Duration.ZERO), "timeout");
        t.refused(
                IllegalArgumentException.class,
                () -> mq.requestAsync(queue, "x", String.class, AMPLE, SendOptions.ttl(AMPLE)),
                "ttl");
        t.refused(NullPointerException.class, () -> mq.reply(queue, String.class, Nulls.of()), "handler");
    }

    static <T> Throwable failureOf(Tck t, CompletableFuture<T> future) {
        t.until("the request fails", future::isDone);
        try {
            Object value = future.join();
            throw new AssertionError("there was a reply: " + value);
        } catch (CompletionException e) {
            Throwable cause = e.getCause();
            return cause == null ? e : cause;
        } catch (MessagingException e) {
            return e;
        }
    }
}

package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.REQUEST_REPLY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Message;
import dev.transload.mq.Queue;
import dev.transload.mq.RemoteHandlerException;
import dev.transload.mq.RequestTimeoutException;
import dev.transload.mq.Subscription;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Requests that nobody waits for any more, that cannot be answered, and a great many of them. */
@TckGroup("Ends of requests")
final class RequestEndCases {

    private static final Duration AMPLE = Duration.ofSeconds(20);
    private static final int MANY = 2_000;
    private static final int FEW = 500;
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(25);

    @TckCase(
            id = "RPC-14",
            value = "a server does not start on a request whose caller has given up, wherever it waited",
            check = "is the time to live judged again when a buffered request's turn comes?",
            proves = REQUEST_REPLY)
    void deadlineTravels(Tck t) {
        Queue<String> queue = t.queue();
        List<String> handled = new CopyOnWriteArrayList<>();
        Subscription server = t.client().reply(queue, String.class, text -> {
            handled.add(text);
            return "re " + text;
        });
        MqClient caller = t.newClient();
        // The first request of a client sets up where replies come back to, which may take longer than the late ones
        // have.
        CompletableFuture<String> first = caller.requestAsync(queue, "first", String.class, AMPLE);
        assertThat(t.ended("the first reply comes", first).join()).isEqualTo("re first");
        server.pause();
        List<CompletableFuture<String>> late = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            late.add(caller.requestAsync(queue, "late " + i, String.class, Duration.ofSeconds(3)));
        }
        late.forEach(reply -> assertThat(RequestCases.failureOf(t, reply)).isInstanceOf(RequestTimeoutException.class));
        t.elapse(Duration.ofMillis(100));
        server.resume();

        CompletableFuture<String> next = caller.requestAsync(queue, "in time", String.class, AMPLE);
        assertThat(t.ended("the reply comes", next).join()).isEqualTo("re in time");
        assertThat(handled).containsExactly("first", "in time");
        t.until("the expiry of each is told", () -> t.history().expired() == 5);
        t.evidence();
    }

    @TckCase(
            id = "RPC-15",
            value =
                    "a reply that is too large for the broker fails the request as the server's failure, not by a timeout",
            check = "is the size of a reply checked before it is sent?",
            proves = REQUEST_REPLY)
    void replyTooLarge(Tck t) {
        int most = Math.min(Declared.payload(t), 64 << 20);
        boolean refused = Declared.payload(t) == most;
        Queue<byte[]> queue = t.queue(byte[].class);
        List<Integer> handled = new CopyOnWriteArrayList<>();
        t.client().reply(queue, byte[].class, request -> {
            handled.add(request.length);
            return request.length == 1 && refused ? new byte[most + 1] : request;
        });
        MqClient caller = t.newClient();
        CompletableFuture<byte[]> reply = caller.requestAsync(queue, new byte[1], byte[].class, AMPLE);
        if (refused) {
            Throwable failure = RequestCases.failureOf(t, reply);
            assertThat(failure).isInstanceOf(RemoteHandlerException.class);
            assertThat(((RemoteHandlerException) failure).remoteType()).endsWith("MessageTooLargeException");
            assertThat(failure).hasMessageContaining(Integer.toString(most));
        } else {
            assertThat(t.ended("the reply comes", reply).join()).hasSize(1);
        }
        CompletableFuture<byte[]> next = caller.requestAsync(queue, new byte[2], byte[].class, AMPLE);
        assertThat(t.ended("the next reply comes", next).join()).hasSize(2);
        assertThat(handled).as("calls of the server").containsExactly(1, 2);
        assertThat(t.client().deadLetters(queue).count()).isZero();
        t.evidence();
    }

    @TckCase(
            id = "RPC-16",
            value = "thousands of requests, one after the other, leave no thread and no reply behind",
            tier = Tier.T1,
            check = "is an inbox, a timer or a thread made for each request?",
            proves = REQUEST_REPLY)
    void manyInARow(Tck t) {
        Queue<String> queue = t.queue();
        t.client().reply(queue, String.class, text -> "re " + text);
        MqClient caller = t.newClient();
        List<String> both = List.of(caller.clientId(), t.client().clientId());
        // What clients start on their own, such as relays of delays, begins before threads are counted.
        askMany(t, caller, queue, MANY / 2);
        int threads = Threads.of(both).size();
        int asked = askMany(t, caller, queue, MANY);
        assertThat(Threads.of(both).size())
                .as("threads after %s requests", asked)
                .isLessThanOrEqualTo(threads + 2);
        assertThat(t.history().repliesDropped()).isZero();
        t.until("the queue is empty", () -> t.client().admin().depth(queue).orElse(-1) == 0);
        t.evidence();
    }

    // Not all where a request takes long: each is as good as another to leave something behind.
    private static int askMany(Tck t, MqClient caller, Queue<String> queue, int many) {
        long end = System.nanoTime() + LONG_NANOS;
        int asked = 0;
        while (asked < many && (asked < FEW || System.nanoTime() < end)) {
            ask(t, caller, queue, "x" + asked++);
        }
        return asked;
    }

    private static void ask(Tck t, MqClient caller, Queue<String> queue, String text) {
        CompletableFuture<String> reply = caller.requestAsync(queue, text, String.class, AMPLE);
        String answer = t.ended("a reply comes", reply).join();
        if (!answer.equals("re " + text)) {
            throw new AssertionError("the reply to " + text + " was " + answer);
        }
    }

    @TckCase(
            id = "RPC-18",
            value =
                    "a request that its caller cancels is forgotten: its reply is dropped and counted, the next one works",
            check = "does a cancel of the caller's future reach the list of pending requests?",
            proves = REQUEST_REPLY)
    void cancelled(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> requests = t.seen();
        Subscription taker = t.client().subscribe(queue, requests);
        MqClient caller = t.newClient();
        CompletableFuture<String> reply = caller.requestAsync(queue, "x", String.class, AMPLE);
        Message asked = requests.await(1).message();
        taker.close();
        assertThat(reply.cancel(false)).isTrue();
        t.client().reply(queue, String.class, text -> "re " + text);
        t.client().send(queue, "x", RequestCases.copyOf(asked));

        t.until("the reply is dropped", () -> t.history().repliesDropped() == 1);
        assertThat(reply).isCancelled();
        CompletableFuture<String> next = caller.requestAsync(queue, "next", String.class, AMPLE);
        assertThat(t.ended("the next reply comes", next).join()).isEqualTo("re next");
        assertThat(t.history().repliesDropped()).isEqualTo(1);
    }
}

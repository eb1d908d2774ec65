package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.REQUEST_REPLY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.Message;
import dev.transload.mq.Queue;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.tck.ScriptedClient.Does;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** Requests while servers, callers and links die. */
@TckGroup("Requests under faults")
@TckFaultGroup
final class CallFaultCases {

    private static final Duration LONG = Duration.ofSeconds(60);

    @TckCase(
            id = "RPC-08",
            value =
                    "when the server's process is killed before its reply, another answers, and the caller gets one reply",
            check = "is a request acked before its reply is stored?",
            proves = REQUEST_REPLY,
            tier = Tier.T2,
            faults = Fault.CLIENT_KILL)
    void serverIsKilled(Tck t) {
        Queue<String> queue = t.queue();
        Mortal server = t.mortal();
        server.reply(queue, Does.BLOCK);
        CompletableFuture<String> reply = t.client().requestAsync(queue, "ask", String.class, LONG);
        server.await("asked", 1);
        server.kill();
        assertThat(reply).isNotDone();

        t.newClient().reply(queue, String.class, question -> {
            t.called("the heir is asked " + question);
            return "re " + question;
        });
        assertThat(t.ended("the reply comes", reply).join()).isEqualTo("re ask");
        CompletableFuture<String> next = t.client().requestAsync(queue, "again", String.class, LONG);
        assertThat(t.ended("the next reply comes", next).join()).isEqualTo("re again");
        assertThat(t.history().repliesDropped()).isZero();
    }

    @TckCase(
            id = "RPC-09",
            value = "when the connection is lost a pending request is answered after all, or fails at once",
            check = "does a lost connection end the requests that wait on a volatile inbox?",
            proves = REQUEST_REPLY,
            tier = Tier.T2,
            faults = Fault.CUT)
    void connectionIsLost(Tck t) {
        Queue<String> queue = t.queue();
        CountDownLatch answer = t.latch();
        Reconnects reconnects = new Reconnects();
        MqClient caller = OutageCases.patient(t, reconnects);
        MqClient server = OutageCases.patient(t, new Reconnects());
        server.reply(
                queue,
                String.class,
                question -> {
                    t.called("asked " + question);
                    answer.await();
                    return "re " + question;
                },
                SubscribeOptions.builder().concurrency(10).build());
        List<CompletableFuture<String>> pending = IntStream.range(0, 10)
                .mapToObj(i -> caller.requestAsync(queue, "q" + i, String.class, LONG))
                .toList();
        t.until("all are asked", () -> t.evidenceCount() >= 10);
        t.faults().cut();
        t.until("the client notices", () -> reconnects.lost() > 0);
        long lost = t.millis();
        answer.countDown();
        t.until("all pending requests end", () -> pending.stream().allMatch(CompletableFuture::isDone));
        assertThat(t.millis() - lost).as("ms from the loss of the connection").isLessThan(LONG.toMillis() / 2);
        for (int i = 0; i < pending.size(); i++) {
            if (pending.get(i).isCompletedExceptionally()) {
                assertThat(OutageCases.failure(pending.get(i))).isInstanceOf(ConnectionLostException.class);
            } else {
                assertThat(pending.get(i).join()).isEqualTo("re q" + i);
            }
        }
        t.until("the client is back", reconnects::whole);
        CompletableFuture<String> next = caller.requestAsync(queue, "again", String.class, LONG);
        assertThat(t.ended("the next reply comes", next).join()).isEqualTo("re again");
    }

    @TckCase(
            id = "RPC-12",
            value = "nothing is left of a caller's inbox after its process was killed, and its request is settled",
            check = "is the inbox removed with the connection or soon after, or left for somebody to find?",
            proves = REQUEST_REPLY,
            tier = Tier.T2,
            faults = Fault.CLIENT_KILL)
    void callerIsKilled(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> requests = t.seen();
        Subscription taker = t.client().subscribe(queue, requests);
        Mortal caller = t.mortal();
        caller.command(ClientScript.of("request").with("queue", queue.name()).with("payload", "of the dead"));
        Message asked = requests.await(1).message();
        taker.close();
        caller.kill();
        // A broker may take a moment to see that somebody is dead; one in this process has been told.
        if (t.broker().time().isEmpty()) {
            t.elapse(Duration.ofSeconds(1));
        }

        Set<String> answered = ConcurrentHashMap.newKeySet();
        Subscription answering = t.client().reply(queue, String.class, question -> {
            t.called("asked " + question);
            answered.add(question);
            return "re " + question;
        });
        t.client().send(queue, "of the dead", RequestCases.copyOf(asked));
        t.until("the request of the dead is answered", () -> answered.contains("of the dead"));
        CompletableFuture<String> next = t.newClient().requestAsync(queue, "alive", String.class, LONG);
        assertThat(t.ended("others are answered", next).join()).isEqualTo("re alive");
        answering.close();
        assertThat(t.client().admin().depth(queue).orElse(0))
                .as("requests that are left")
                .isZero();
        Queue<String> inbox = Queue.named(String.valueOf(asked.replyTo()), String.class);
        // Where no connection holds the inbox it expires, since a caller that is away for a moment may come back to it.
        t.until(
                "no reply is kept for the dead",
                () -> t.client().admin().depth(inbox).orElse(0) == 0);
    }
}

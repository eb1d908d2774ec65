package dev.transload.mq.tck;

import dev.transload.mq.Delivery;
import dev.transload.mq.Idempotency;
import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.MqListener;
import dev.transload.mq.Queue;
import dev.transload.mq.Redrive;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A client that does what it reads and says what it does, line by line, so that it can live and die in a process of its
 * own. Thread-safe as far as its commands do not depend on one another.
 */
final class ScriptedClient implements AutoCloseable {

    /** What a handler does with a delivery, after it has said so. */
    enum Does {
        /** Returns. */
        ACK,
        /** Throws. */
        FAIL,
        /** Returns and leaves the delivery open. */
        HOLD,
        /** Never returns. */
        BLOCK,
        /** Kills its own process if the payload is {@link #KILLER}; else returns. */
        DIE_OF_KILLER
    }

    /** Payload of a message that kills. */
    static final String KILLER = "killer";

    private final MqClient mq;
    private final IdempotencyStore store;
    private final Runnable die;
    private final Consumer<ClientScript> says;
    private final Consumer<ClientScript> asks;

    /**
     * Connects.
     *
     * @param store what is asked by subscriptions that are idempotent
     * @param die ends the client as a killed process ends
     * @param says hears every line
     * @param asks hears lines that have to be answered before the client goes on
     */
    ScriptedClient(
            String uri,
            String id,
            IdempotencyStore store,
            Runnable die,
            Consumer<ClientScript> says,
            Consumer<ClientScript> asks) {
        this.store = store;
        this.die = die;
        this.says = says;
        this.asks = asks;
        this.mq = MqClient.builder(uri).clientId(id).listener(new Told()).connect();
    }

    /** Does what a line says; returns when it is done, save for sends and redrives. */
    void command(ClientScript line) {
        switch (line.verb()) {
            case "subscribe" -> subscribe(line);
            case "send" -> send(line);
            case "reply" -> reply(line);
            case "request" -> request(line);
            case "redrive" -> redrive(line);
            default -> throw new IllegalArgumentException("no client can " + line.verb());
        }
    }

    private void subscribe(ClientScript line) {
        Does does = Does.valueOf(line.text("does"));
        SubscribeOptions.Builder options = SubscribeOptions.builder()
                .concurrency(line.number("concurrency", 1))
                .retry(RetryPolicy.fixed(line.number("attempts", 3), Duration.ofMillis(line.millis("backoff", 0))));
        if (line.values().containsKey("prefetch")) {
            options.prefetch(line.number("prefetch", 1));
        }
        if (line.values().containsKey("lease")) {
            options.lease(Duration.ofMillis(line.millis("lease", 0)));
        }
        if (line.values().containsKey("claim")) {
            options.idempotency(Idempotency.byMessageId(store).lease(Duration.ofMillis(line.millis("claim", 0))));
        }
        if (does == Does.HOLD) {
            options.manualSettle();
        }
        boolean told = line.is("told");
        long works = Duration.ofMillis(line.millis("works", 0)).toNanos();
        mq.subscribe(
                queue(line),
                delivery -> {
                    LockSupport.parkNanos(works);
                    handle(delivery, does, told);
                },
                options.build());
        says.accept(ClientScript.of("subscribed").with("queue", line.text("queue")));
    }

    // A case that writes a history is told before the handler goes on, so that its order is that of what happened.
    private void handle(Delivery<String> delivery, Does does, boolean told) throws InterruptedException {
        Consumer<ClientScript> tells = told ? asks : says;
        tells.accept(ClientScript.of("called")
                .with("id", delivery.id())
                .with("digest", Digests.ofMessage(delivery.message()))
                .with("attempt", delivery.attempt())
                .with("redelivered", delivery.redelivered())
                .with("key", delivery.key().orElse(""))
                .with("payload", delivery.payload()));
        switch (does) {
            case FAIL -> throw new Boom("told to fail");
            case BLOCK -> new CountDownLatch(1).await();
            case DIE_OF_KILLER -> {
                if (delivery.payload().equals(KILLER)) {
                    die.run();
                    return;
                }
            }
            default -> {}
        }
        tells.accept(ClientScript.of("returned").with("id", delivery.id()));
    }

    private void send(ClientScript line) {
        Queue<String> queue = queue(line);
        for (int i = line.number("from", 0); i < line.number("to", 1); i++) {
            String id = line.text("prefix") + i;
            SendOptions.Settings options = SendOptions.id(id);
            if (line.values().containsKey("key")) {
                options = options.key(line.text("key"));
            }
            if (line.values().containsKey("delay")) {
                options = options.delay(Duration.ofMillis(line.millis("delay", 0)));
            }
            var unused = mq.sendAsync(queue, line.text("payload", Integer.toString(i)), options)
                    .whenComplete((sent, failure) -> ended(id, failure));
        }
    }

    private void ended(String id, @org.jspecify.annotations.Nullable Throwable failure) {
        if (failure == null) {
            says.accept(ClientScript.of("sent").with("id", id));
            return;
        }
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        says.accept(ClientScript.of("unsent")
                .with("id", id)
                .with("outcome", cause instanceof MessagingException known ? known.outcome() : "UNEXPECTED")
                .with("why", String.valueOf(cause)));
    }

    private void reply(ClientScript line) {
        boolean answers = Does.valueOf(line.text("does")) == Does.ACK;
        mq.reply(queue(line), String.class, question -> {
            says.accept(ClientScript.of("asked").with("payload", question));
            if (!answers) {
                new CountDownLatch(1).await();
            }
            return "re " + question;
        });
        says.accept(ClientScript.of("subscribed").with("queue", line.text("queue")));
    }

    private void request(ClientScript line) {
        var unused = mq.requestAsync(
                        queue(line),
                        line.text("payload"),
                        String.class,
                        Duration.ofMillis(line.millis("timeout", 30_000)))
                .whenComplete((reply, failure) -> says.accept(ClientScript.of("replied")
                        .with("reply", String.valueOf(reply))
                        .with("failure", String.valueOf(failure))));
    }

    private void redrive(ClientScript line) {
        Thread redriving = new Thread(
                () -> {
                    try {
                        long redriven = mq.deadLetters(queue(line))
                                .redrive(Redrive.all().rate(line.number("rate", 1_000)))
                                .redriven();
                        says.accept(ClientScript.of("redriven").with("count", redriven));
                    } catch (RuntimeException failure) {
                        says.accept(ClientScript.of("unredriven").with("why", String.valueOf(failure)));
                    }
                },
                "mq-tck-redrive");
        redriving.setDaemon(true);
        redriving.start();
    }

    private static Queue<String> queue(ClientScript line) {
        Queue<String> queue = Queue.of(line.text("queue"), String.class);
        return line.is("ordered") ? queue.ordered() : queue;
    }

    @Override
    public void close() {
        mq.close(Duration.ofSeconds(1));
    }

    /** Passes on what the client tells of single messages. */
    private final class Told implements MqListener {

        @Override
        public void completed(Delivery<?> delivery, Duration handling) {
            says.accept(ClientScript.of("completed").with("id", delivery.id()));
        }

        @Override
        public void deadLettered(String source, Message message, dev.transload.mq.Failure failure) {
            says.accept(ClientScript.of("dead").with("id", message.id()).with("reason", failure.reason()));
        }

        @Override
        public void retried(Delivery<?> delivery, Duration delay) {
            says.accept(ClientScript.of("retried").with("id", delivery.id()));
        }

        @Override
        public void leaseLost(String source, Message message, String why) {
            says.accept(ClientScript.of("lost").with("id", message.id()));
        }

        @Override
        public void reconnected() {
            says.accept(ClientScript.of("reconnected"));
        }
    }
}

package dev.transload.mq.tck;

import dev.transload.mq.IdempotencyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The idempotency store of a client in a process of its own: asks the one of the case, line by line. Thread-safe. */
final class StoreByLines implements IdempotencyStore {

    /** Verb of a question. */
    static final String QUESTION = "store";

    /** Verb of an answer. */
    static final String ANSWER = "stored";

    private final Consumer<ClientScript> says;
    private final AtomicLong numbers = new AtomicLong();
    private final Map<String, CompletableFuture<ClientScript>> asked = new ConcurrentHashMap<>();

    StoreByLines(Consumer<ClientScript> says) {
        this.says = says;
    }

    /** Asks, and waits for the answer: of the store or, to another word, that it was heard. */
    ClientScript ask(ClientScript question) {
        String number = Long.toString(numbers.incrementAndGet());
        CompletableFuture<ClientScript> answer = new CompletableFuture<>();
        asked.put(number, answer);
        says.accept(question.with("number", number));
        return answer.join();
    }

    /** An answer has come. */
    void answered(ClientScript answer) {
        CompletableFuture<ClientScript> waiting = asked.remove(answer.text("number"));
        if (waiting != null) {
            waiting.complete(answer);
        }
    }

    /** Answers a question from a store. */
    static ClientScript answer(ClientScript question, IdempotencyStore store) {
        ClientScript answer = ClientScript.of(ANSWER).with("number", question.text("number"));
        String key = question.text("key");
        Duration time = Duration.ofMillis(question.millis("millis", 0));
        return switch (question.text("asks")) {
            case "begin" -> {
                Claim claim = store.begin(key, question.text("owner"), time);
                if (claim instanceof Claim.Started started) {
                    yield answer.with("claim", "started").with("token", started.token());
                } else if (claim instanceof Claim.InProgress progress) {
                    yield answer.with("claim", "progress")
                            .with("until", progress.until().toEpochMilli());
                }
                yield answer.with("claim", "done");
            }
            case "renew" -> answer.with("held", store.renew(key, question.text("token"), time));
            case "complete" -> answer.with("held", store.complete(key, question.text("token"), time));
            case "abandon" -> answer.with("held", store.abandon(key, question.text("token")));
            default -> throw new IllegalArgumentException("no store can answer " + question);
        };
    }

    @Override
    public Claim begin(String key, String owner, Duration lease) {
        ClientScript answer = ask(question("begin", key, lease).with("owner", owner));
        return switch (answer.text("claim")) {
            case "started" -> new Claim.Started(answer.text("token"));
            case "progress" -> new Claim.InProgress(Instant.ofEpochMilli(answer.millis("until", 0)));
            default -> new Claim.Done();
        };
    }

    @Override
    public boolean renew(String key, String token, Duration lease) {
        return ask(question("renew", key, lease).with("token", token)).is("held");
    }

    @Override
    public boolean complete(String key, String token, Duration retention) {
        return ask(question("complete", key, retention).with("token", token)).is("held");
    }

    @Override
    public boolean abandon(String key, String token) {
        return ask(question("abandon", key, Duration.ZERO).with("token", token)).is("held");
    }

    private static ClientScript question(String asks, String key, Duration time) {
        return ClientScript.of(QUESTION).with("asks", asks).with("key", key).with("millis", time.toMillis());
    }
}

package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Destination;
import dev.transload.mq.MessagingException;
import dev.transload.mq.MqListener;
import dev.transload.mq.Outcome;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Messages that are sent and handled all the time, so that a fault meets some of them: numbered, each with a key, with a
 * bounded number of sends under way. The case's own thread sends, whenever it waits by {@link #until}. At the end {@link
 * #judge} finds what must not be. Used by one thread, but for its handler.
 */
final class Load implements MqListener {

    /** Enough that a fault meets some, few enough that sending never blocks. */
    private static final int UNDER_WAY = 64;

    private static final int FAIL_EVERY = 47;

    private final Tck tck;
    private final MqClient sender;
    private final Destination<String> to;
    private final int keys;
    private final List<String> ids = new ArrayList<>();
    private final List<CompletableFuture<?>> underWay = new ArrayList<>();
    private final Map<String, Outcome> failed = new ConcurrentHashMap<>();
    private final Set<String> confirmed = ConcurrentHashMap.newKeySet();
    private final Set<String> dead = ConcurrentHashMap.newKeySet();
    private final AtomicInteger failures = new AtomicInteger();
    private final Seen<String> seen;

    /** Messages to a queue, with so many keys in turn. */
    Load(Tck tck, MqClient sender, Queue<String> to, int keys) {
        this.tck = tck;
        this.sender = sender;
        this.to = to;
        this.keys = keys;
        this.seen = tck.seen(delivery -> {
            boolean fails = Integer.parseInt(delivery.payload()) % FAIL_EVERY == 1;
            if (fails && delivery.attempt() == 1 && !delivery.redelivered()) {
                failures.incrementAndGet();
                throw new Boom("fails at first");
            }
        });
    }

    /** Options for who consumes this load; a cut or a crash counts as an attempt on some brokers. */
    SubscribeOptions.Builder options() {
        return SubscribeOptions.builder()
                .concurrency(4)
                .retry(RetryPolicy.fixed(100, Duration.ofMillis(20)))
                .listener(this);
    }

    /** What handles the messages. */
    Seen<String> seen() {
        return seen;
    }

    @Override
    public void deadLettered(String source, dev.transload.mq.Message message, dev.transload.mq.Failure failure) {
        dead.add(message.id());
    }

    /** Sends until so many sends are under way. */
    void topUp() {
        underWay.removeIf(CompletableFuture::isDone);
        while (underWay.size() < UNDER_WAY) {
            int number = ids.size();
            String id = "load-" + number;
            ids.add(id);
            underWay.add(sender.sendAsync(
                            to,
                            Integer.toString(number),
                            SendOptions.key("key" + number % keys).id(id))
                    .handle((sent, failure) -> ended(id, failure)));
        }
    }

    private boolean ended(String id, @Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause == null) {
            confirmed.add(id);
        } else {
            failed.put(id, cause instanceof MessagingException known ? known.outcome() : Outcome.UNKNOWN);
        }
        return true;
    }

    /** Goes on sending until something is so. */
    void until(String what, BooleanSupplier condition) {
        tck.until(what, () -> {
            topUp();
            return condition.getAsBoolean();
        });
    }

    /** Goes on until so many more are confirmed, and as many are handled. */
    void more(int messages) {
        int sends = confirmed.size() + messages;
        int calls = seen.count() + messages;
        until(
                messages + " more messages are confirmed and handled",
                () -> confirmed.size() >= sends && seen.count() >= calls);
    }

    /** Goes on for a while. */
    void during(Duration span) {
        long end = tck.millis() + span.toMillis();
        until("the load went on for " + span, () -> tck.millis() >= end);
    }

    int confirmedCount() {
        return confirmed.size();
    }

    Set<String> confirmed() {
        return Set.copyOf(confirmed);
    }

    /** Sends that failed with that outcome. */
    Set<String> failed(Outcome outcome) {
        Set<String> with = new LinkedHashSet<>();
        failed.forEach((id, each) -> {
            if (each == outcome) {
                with.add(id);
            }
        });
        return with;
    }

    /** What was reported as not sent, and delivered. */
    Set<String> ghosts() {
        Set<String> ghosts = failed(Outcome.NOT_SENT);
        ghosts.retainAll(handled());
        return ghosts;
    }

    /** Waits until every send has ended. */
    void awaitSends() {
        tck.until("every send ends", () -> underWay.stream().allMatch(CompletableFuture::isDone));
    }

    /** Waits until all that was confirmed is handled, then finds what must not be. */
    void judge() {
        awaitSends();
        tck.until("all that was confirmed is handled", () -> {
            Set<String> handled = handled();
            return confirmed.stream().allMatch(id -> handled.contains(id) || dead.contains(id));
        });
        Set<String> handled = handled();
        assertThat(dead).as("dead letters").isEmpty();
        assertThat(handled).as("only what was sent is delivered").isSubsetOf(ids);
        assertThat(ghosts()).as("delivered, and reported as not sent").isEmpty();
        if (to.shape().ordered()) {
            assertOrder();
        }
    }

    // Sends under way at the same time of one client: its order is that of the calls, whatever was tried again.
    private void assertOrder() {
        Map<String, Integer> latest = new HashMap<>();
        Set<String> known = new LinkedHashSet<>();
        for (Seen.Call<String> call : seen.calls()) {
            if (!known.add(call.id())) {
                continue;
            }
            int number = Integer.parseInt(call.payload());
            Integer before = latest.put(String.valueOf(call.key()), number);
            assertThat(before == null || before < number)
                    .as("first delivery of %s of %s comes after %s", number, call.key(), before)
                    .isTrue();
        }
    }

    private Set<String> handled() {
        return new LinkedHashSet<>(seen.ids());
    }

    /** How many first attempts failed on purpose. */
    int failures() {
        return failures.get();
    }

    @Override
    public String toString() {
        return ids.size() + " sent, " + confirmed.size() + " confirmed, " + failed.size() + " failed, " + seen.count()
                + " calls for " + handled().size() + " messages";
    }
}

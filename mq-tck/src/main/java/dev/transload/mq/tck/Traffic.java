package dev.transload.mq.tck;

import dev.transload.mq.CloseReport;
import dev.transload.mq.DeadLetter;
import dev.transload.mq.Delivery;
import dev.transload.mq.Destination;
import dev.transload.mq.Message;
import dev.transload.mq.MessageHandler;
import dev.transload.mq.MessagingException;
import dev.transload.mq.MqListener;
import dev.transload.mq.Outbound;
import dev.transload.mq.Outcome;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SendResult;
import dev.transload.mq.Source;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.tck.HistoryEvent.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Load on one destination, every step of it written down in the history of the case: sends before they begin and when
 * they end, handler calls at their first and last statement, consumers that come and go. Thread-safe.
 */
final class Traffic {

    private final Tck tck;
    private final HistoryLog log;
    private final Destination<String> destination;
    private final String ids;
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong notSent = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicInteger consumers = new AtomicInteger();
    private final Set<String> confirmed = ConcurrentHashMap.newKeySet();
    private final List<Settled> sources = new CopyOnWriteArrayList<>();

    /** Traffic whose ids begin with a text of its own. */
    Traffic(Tck tck, Destination<String> destination, String ids) {
        this.tck = tck;
        this.ids = ids;
        this.log = tck.history().log();
        this.destination = destination;
    }

    /** What is settled at one source. */
    private record Settled(Source<?> source, Set<String> ids) {}

    // ---- sending

    /** Sends a message of a sender, with a key or without, and does not wait. Returns its id. */
    String send(MqClient mq, String sender, @Nullable String key, String text) {
        return sendWith(mq, sender, options(key), text);
    }

    /** Sends a message of a sender and does not wait. Returns its id. */
    String sendWith(MqClient mq, String sender, SendOptions.Settings options, String text) {
        SendOptions.Settings named = sending(sender, options, text);
        String id = id(named);
        try {
            var unused = mq.sendAsync(destination, text, named).whenComplete((done, failure) -> ended(id, failure));
        } catch (RuntimeException refused) {
            ended(id, refused);
        }
        return id;
    }

    /** Sends a message of a sender and waits for the broker. */
    void sendNow(MqClient mq, String sender, @Nullable String key, String text) {
        SendOptions.Settings named = sending(sender, options(key), text);
        try {
            var unused = mq.send(destination, text, named);
            ended(id(named), null);
        } catch (RuntimeException failure) {
            ended(id(named), failure);
        }
    }

    /** Sends many messages of a sender in one batch, and waits. */
    void sendAll(MqClient mq, String sender, @Nullable String key, List<String> texts) {
        List<Outbound<String>> batch = new ArrayList<>();
        for (String text : texts) {
            batch.add(new Outbound<>(text, sending(sender, options(key), text)));
        }
        for (SendResult result : mq.sendAll(destination, batch)) {
            ended(result.id(), result.failure().orElse(null));
        }
    }

    private static SendOptions.Settings options(@Nullable String key) {
        return key == null ? SendOptions.none() : SendOptions.key(key);
    }

    private SendOptions.Settings sending(String sender, SendOptions.Settings options, String text) {
        SendOptions.Settings named = options.id(ids + numbers.incrementAndGet());
        Duration delay = named.delay();
        String key = named.key();
        underWay.incrementAndGet();
        log.sending(
                id(named),
                key == null ? "" : key,
                destination.name(),
                sender,
                Digests.ofSend(named, destination.codec().encode(text)),
                delay == null ? 0 : delay.toNanos());
        return named;
    }

    private static String id(SendOptions.Settings options) {
        String id = options.id();
        if (id == null) {
            throw new IllegalStateException("recorded sends have ids");
        }
        return id;
    }

    private void ended(String id, @Nullable Throwable thrown) {
        Throwable failure =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (failure == null) {
            log.sent(id, destination.name());
            confirmed.add(id);
            sent.incrementAndGet();
        } else if (failure instanceof MessagingException known && known.outcome() == Outcome.NOT_SENT) {
            log.notSent(id, destination.name(), failure.toString());
            notSent.incrementAndGet();
        } else {
            log.sendUnknown(id, destination.name(), failure.toString());
            unknown.incrementAndGet();
        }
        underWay.decrementAndGet();
    }

    /** Sends confirmed so far. */
    long confirmed() {
        return sent.get();
    }

    /** Sends that ended with the word that the broker does not have the message. */
    long notSent() {
        return notSent.get();
    }

    /** Sends that ended without a word about the message. */
    long unknown() {
        return unknown.get();
    }

    /** Sends that have not ended. */
    int underWay() {
        return underWay.get();
    }

    /** Handler calls begun so far. */
    long calls() {
        return calls.get();
    }

    /** Handler calls under way. */
    int running() {
        return running.get();
    }

    // ---- consuming

    /** Subscribes a consumer that has a name in the history, and does with each delivery as told. */
    Worker consume(MqClient mq, Source<String> source, SubscribeOptions options, MessageHandler<String> handler) {
        Settled settled = settled(source);
        String name = "consumer-" + consumers.incrementAndGet();
        Worker worker = new Worker(name, settled, handler, options.manualSettle());
        MqListener ear = tck.history().of(source.name(), name);
        worker.subscription = mq.subscribe(
                source,
                worker::handle,
                options.toBuilder().listener(worker.new Both(ear)).build());
        log.consumer(Kind.CONSUMER_OPENED, name, source.name());
        return worker;
    }

    private Settled settled(Source<?> source) {
        for (Settled each : sources) {
            if (each.source().name().equals(source.name())) {
                return each;
            }
        }
        Settled settled = new Settled(source, ConcurrentHashMap.newKeySet());
        sources.add(settled);
        return settled;
    }

    /** One consumer. */
    final class Worker {
        private final String name;
        private final Settled settled;
        private final MessageHandler<String> handler;
        private final boolean manual;
        /** Calls by the message of their delivery, of which every delivery has its own. */
        private final Map<Message, Long> calledFor = Collections.synchronizedMap(new IdentityHashMap<>());

        private @Nullable Subscription subscription;

        Worker(String name, Settled settled, MessageHandler<String> handler, boolean manual) {
            this.name = name;
            this.settled = settled;
            this.handler = handler;
            this.manual = manual;
        }

        private String source() {
            return settled.source().name();
        }

        private void handle(Delivery<String> delivery) throws Exception {
            Message message = delivery.message();
            String key = message.key();
            long call = log.delivered(
                    message.id(),
                    key == null ? "" : key,
                    source(),
                    name,
                    delivery.attempt(),
                    delivery.redelivered(),
                    Digests.ofMessage(message),
                    "");
            calledFor.put(message, call);
            if (delivery.leaseLost()) {
                log.lost(message.id(), source(), name, call, "before its first statement");
            }
            RecordedDelivery<String> recorded = new RecordedDelivery<>(delivery, log, source(), call);
            running.incrementAndGet();
            calls.incrementAndGet();
            tck.called();
            try {
                handler.handle(recorded);
                if (!manual && recorded.end(Kind.ACKED, "")) {
                    settled.ids().add(message.id());
                    interrupted(message, call);
                }
            } catch (Throwable failure) {
                recorded.end(Kind.FAILED, failure.toString());
                throw failure;
            } finally {
                running.decrementAndGet();
            }
        }

        // Who was interrupted and ends well all the same may have lost the delivery before.
        private void interrupted(Message message, long call) {
            if (Thread.currentThread().isInterrupted()) {
                log.lost(message.id(), source(), name, call, "interrupted");
            }
        }

        Subscription.State state() {
            Subscription open = subscription;
            return open == null ? Subscription.State.CLOSED : open.state();
        }

        private Subscription present() {
            Subscription open = subscription;
            if (open == null) {
                throw new IllegalStateException(name + " is not subscribed");
            }
            return open;
        }

        /** Begins nothing more; what is on its way to the consumer still comes, and waits there. */
        void pause() {
            present().pause();
        }

        /** Closes the consumer, letting its handlers end. */
        CloseReport close() {
            return close(Duration.ofSeconds(30));
        }

        /** Closes the consumer. */
        CloseReport close(Duration deadline) {
            Subscription open = present();
            log.consumer(Kind.CONSUMER_CLOSING, name, source());
            CloseReport report = open.close(deadline);
            report.ackUnknown().forEach(id -> log.told(Kind.LEASE_LOST, id, source(), name, "ack unknown"));
            if (report.interrupted() > 0) {
                log.consumer(Kind.REVOKED, name, source());
            }
            log.consumer(Kind.CONSUMER_CLOSED, name, source());
            return report;
        }

        /** Writes down, and notices what settles a message without its handler's return. */
        private final class Both implements MqListener {
            private final MqListener ear;

            Both(MqListener ear) {
                this.ear = ear;
            }

            @Override
            public void completed(Delivery<?> delivery, Duration handling) {
                settled.ids().add(delivery.id());
            }

            @Override
            public void retried(Delivery<?> delivery, Duration delay) {
                ear.retried(delivery, delay);
            }

            @Override
            public void deadLettered(String source, Message message, dev.transload.mq.Failure failure) {
                ear.deadLettered(source, message, failure);
                settled.ids().add(message.id());
            }

            @Override
            public void discarded(String source, Message message, String why) {
                ear.discarded(source, message, why);
                settled.ids().add(message.id());
            }

            @Override
            public void expired(String source, Message message) {
                ear.expired(source, message);
                settled.ids().add(message.id());
            }

            @Override
            public void duplicateSkipped(String source, Message message) {
                ear.duplicateSkipped(source, message);
                settled.ids().add(message.id());
            }

            @Override
            public void leaseLost(String source, Message message, String why) {
                Long call = calledFor.get(message);
                if (call == null) {
                    log.note(name + " lost " + message.id() + " before its handler was called: " + why);
                } else {
                    log.lost(message.id(), source, name, call, why);
                }
            }
        }
    }

    /** A consumer in another process, or one that counts as such, of which the case is told. */
    Remote remote(Source<String> source, String name) {
        log.consumer(Kind.CONSUMER_OPENED, name, source.name());
        return new Remote(settled(source), name);
    }

    /** What a consumer elsewhere tells; it goes on when that is written down. */
    final class Remote {
        private final Settled settled;
        private final String name;
        private final Map<String, Long> open = new ConcurrentHashMap<>();

        Remote(Settled settled, String name) {
            this.settled = settled;
            this.name = name;
        }

        /** A handler was called, or is about to return. */
        void told(ClientScript line) {
            String id = line.text("id");
            String source = settled.source().name();
            if (line.verb().equals("called")) {
                long call = log.delivered(
                        id,
                        line.text("key"),
                        source,
                        name,
                        line.number("attempt", 1),
                        line.is("redelivered"),
                        line.text("digest"),
                        "");
                open.put(id, call);
                calls.incrementAndGet();
                tck.called();
            } else {
                Long call = open.remove(id);
                if (call != null) {
                    log.ended(Kind.ACKED, id, source, call, "");
                    settled.ids().add(id);
                }
            }
        }

        /** It is about to be killed. */
        void dies() {
            log.consumer(Kind.CONSUMER_KILLED, name, settled.source().name());
        }
    }

    // ---- the end

    /** Waits until every send has ended. */
    void awaitSends() {
        tck.until("every send ends", () -> underWay.get() == 0);
    }

    /**
     * Waits until every confirmed message is settled at every source and no handler runs; a message behind all others
     * of its source is handled then, and the source is asked what it still holds.
     */
    void drain(MqClient mq) {
        awaitSends();
        try {
            tck.until("every confirmed message is settled", this::settled, this::settlements);
            fence(mq);
            awaitSends();
            tck.until("no handler runs", () -> running.get() == 0);
        } catch (RuntimeException | AssertionError late) {
            // The checker tells more of what is missing than that it is.
            tck.history().add("not drained: " + late.getMessage());
        }
        if (tck.exact("depth")) {
            sources.forEach(each -> log.depth(each.source().name(), emptied(mq, each)));
        }
    }

    // A broker counts a little behind its acks.
    private long emptied(MqClient mq, Settled each) {
        AtomicLong depth = new AtomicLong();
        try {
            tck.until(each.source().name() + " is empty", () -> {
                depth.set(mq.admin().depth(each.source()).orElse(0));
                return depth.get() == 0;
            });
        } catch (RuntimeException | AssertionError notEmpty) {
            tck.history().add(each.source().name() + " is not empty");
        }
        return depth.get();
    }

    private boolean settled() {
        for (Settled each : sources) {
            if (each.ids().size() < confirmed.size() || !each.ids().containsAll(confirmed)) {
                return false;
            }
        }
        return true;
    }

    private long settlements() {
        return sources.stream().mapToLong(each -> each.ids().size()).sum();
    }

    private void fence(MqClient mq) {
        String id = send(mq, "fence", "fence", "-1");
        sources.forEach(each -> log.fence(Kind.FENCE_SENT, id, each.source().name(), ""));
        for (Settled each : sources) {
            tck.until("the fence is handled", () -> each.ids().contains(id));
            log.fence(Kind.FENCE_HANDLED, id, each.source().name(), "");
        }
    }

    /** Writes down which messages of a source are among its dead letters. */
    List<DeadLetter> readDeadLetters(MqClient mq, dev.transload.mq.Queue<?> queue) {
        List<DeadLetter> letters = mq.deadLetters(queue).browse(10_000);
        for (DeadLetter letter : letters) {
            log.foundDead(
                    letter.id(),
                    queue.name(),
                    letter.failure().attempts(),
                    Digests.ofMessage(letter.message()),
                    letter.failure().reason().name());
        }
        return letters;
    }
}

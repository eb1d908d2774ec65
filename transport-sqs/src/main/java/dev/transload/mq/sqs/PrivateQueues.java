package dev.transload.mq.sqs;

import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * Queues that end with their client: inboxes of replies and those of ephemeral groups. A tag says until when the queue is
 * looked after, and its client writes a later time there again and again; every client that has such queues, too, takes
 * away those whose time is over.
 *
 * <p>Thread-safe.
 */
final class PrivateQueues {

    /** Until when a private queue is looked after, in milliseconds since 1970. */
    static final String UNTIL = "mq-until";

    /** The subscription that ends with the queue. */
    static final String SUBSCRIPTION = "mq-subscription";

    private static final Logger LOG = LoggerFactory.getLogger(PrivateQueues.class);
    private static final String RETENTION = Long.toString(Duration.ofHours(12).toSeconds());

    private final SqsAsk ask;
    private final SqsTopology queues;
    private final SnsTopics topics;
    private final TimeSource time;
    private final String token = UUID.randomUUID().toString().replace("-", "").substring(0, 20);
    private final AtomicInteger serial = new AtomicInteger();
    private final Map<QueueRef, String> mine = new ConcurrentHashMap<>();
    private final long keptMillis;
    private boolean beating;

    /**
     * @param kept how long a queue is kept after its client was heard of last
     */
    PrivateQueues(SqsAsk ask, SqsTopology queues, SnsTopics topics, TimeSource time, Duration kept) {
        this.keptMillis = kept.toMillis();
        this.ask = ask;
        this.queues = queues;
        this.topics = topics;
        this.time = time;
    }

    /** A name no other queue has. */
    String name(String what, boolean ordered) {
        return queues.names().privateQueue(what, token + "-" + serial.incrementAndGet(), ordered);
    }

    /** Makes the queue of an inbox. */
    CompletableFuture<QueueRef> inbox(String name) {
        return make(name, Map.of(), Map.of()).thenApply(ref -> kept(ref, ""));
    }

    /** Makes the queue of an ephemeral group and subscribes it. */
    CompletableFuture<QueueRef> group(Place group, String name) {
        return topics.subscribePrivate(
                        group,
                        name,
                        (queue, policy) -> make(queue, Map.of(QueueAttributeName.POLICY, policy), Map.of()))
                .thenCompose(made -> {
                    kept(made.queue(), made.subscription());
                    return tag(made.queue(), made.subscription()).thenApply(done -> made.queue());
                });
    }

    private CompletableFuture<QueueRef> make(
            String name, Map<QueueAttributeName, String> more, Map<String, String> tags) {
        Map<QueueAttributeName, String> attributes = queues.attributes(name.endsWith(SqsNames.FIFO));
        attributes.put(QueueAttributeName.MESSAGE_RETENTION_PERIOD, RETENTION);
        attributes.putAll(more);
        Map<String, String> all = new HashMap<>(tags);
        all.put(UNTIL, until());
        return queues.make(name, attributes, all);
    }

    private String until() {
        return Long.toString(time.millis() + keptMillis);
    }

    private QueueRef kept(QueueRef ref, String subscription) {
        mine.put(ref, subscription);
        ask.worker().execute(() -> {
            if (!beating) {
                beating = true;
                ask.worker().later(keptMillis / 3, this::beat);
                ask.worker().later(ThreadLocalRandom.current().nextLong(1_000, 10_000), this::sweep);
            }
        });
        return ref;
    }

    private CompletableFuture<Void> tag(QueueRef ref, String subscription) {
        Map<String, String> tags = new HashMap<>();
        tags.put(UNTIL, until());
        if (!subscription.isEmpty()) {
            tags.put(SUBSCRIPTION, subscription);
        }
        return ask.sqs(
                        "tag queue " + ref.name(),
                        sqs -> sqs.tagQueue(r -> r.queueUrl(ref.url()).tags(tags)))
                .thenAccept(done -> {});
    }

    private void beat() {
        mine.forEach((ref, subscription) -> tag(ref, subscription).exceptionally(failure -> {
            LOG.debug("sqs: queue {} could not be marked as in use", ref.name(), failure);
            return null;
        }));
        ask.worker().later(keptMillis / 3, this::beat);
    }

    /** Looks for queues of clients that are gone. */
    private void sweep() {
        ask.worker().later(2 * keptMillis + ThreadLocalRandom.current().nextLong(keptMillis / 2), this::sweep);
        SqsAsk.told(ask.sqs(
                        "look for private queues",
                        sqs -> sqs.listQueues(
                                r -> r.queueNamePrefix(queues.names().privatePrefix())))
                .handle((answer, failure) -> {
                    if (failure == null) {
                        swept(answer.queueUrls());
                    } else {
                        LOG.debug("sqs: cannot look for private queues", failure);
                    }
                    return null;
                }));
    }

    private void swept(List<String> urls) {
        for (String url : urls) {
            QueueRef ref = new QueueRef(url.substring(url.lastIndexOf('/') + 1), url);
            if (mine.containsKey(ref)) {
                continue;
            }
            SqsAsk.told(queues.tags(ref).handle((tags, failure) -> {
                long until = tags == null ? 0 : SqsMessages.number(tags.get(UNTIL));
                if (until > 0 && until < time.millis()) {
                    LOG.info("sqs: queue {} is of a client that is gone, it is deleted", ref.name());
                    SqsAsk.told(remove(ref, tags.getOrDefault(SUBSCRIPTION, "")));
                }
                return null;
            }));
        }
    }

    /** Takes away a private queue of this client. */
    CompletableFuture<Void> discard(QueueRef ref) {
        String subscription = mine.remove(ref);
        return remove(ref, subscription == null ? "" : subscription);
    }

    /** A private queue of this client is gone. */
    void forget(QueueRef ref) {
        mine.remove(ref);
        queues.forget(ref);
    }

    private CompletableFuture<Void> remove(QueueRef ref, String subscription) {
        queues.forget(ref);
        return topics.unsubscribe(subscription)
                .thenCompose(done ->
                        ask.sqs("delete queue " + ref.name(), sqs -> sqs.deleteQueue(r -> r.queueUrl(ref.url()))))
                .handle((done, failure) -> null);
    }

    /** The place of an inbox. */
    static Place inboxPlace(String name) {
        return Place.of(Role.REPLY, name, dev.transload.mq.Shape.PLAIN);
    }
}

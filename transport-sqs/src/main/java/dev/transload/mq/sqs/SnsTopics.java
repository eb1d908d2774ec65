package dev.transload.mq.sqs;

import dev.transload.mq.DestinationMismatchException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sns.model.InvalidParameterException;
import software.amazon.awssdk.services.sns.model.Tag;

/**
 * Finds, makes and checks SNS topics, and subscribes queues to them. Topics that share their first segment share an SNS
 * topic; which one a message was sent to is an attribute, by which subscriptions filter.
 *
 * <p>Thread-safe; futures complete on the worker.
 */
final class SnsTopics {

    private static final int TRIES = 4;

    private final SqsAsk ask;
    private final SqsTopology queues;
    private final SqsNames names;
    private final Topology policy;
    private final Map<String, String> arns = new ConcurrentHashMap<>();

    SnsTopics(SqsAsk ask, SqsTopology queues) {
        this.ask = ask;
        this.queues = queues;
        this.names = queues.names();
        this.policy = queues.policy();
    }

    // ---- topics

    /** Makes or checks a topic; under {@link Topology#NONE} nothing. */
    CompletableFuture<Void> declare(Place topic) {
        if (policy == Topology.NONE) {
            return CompletableFuture.completedFuture(null);
        }
        return again(topic, () -> declareOnce(topic), TRIES);
    }

    private interface Step<T> {
        CompletableFuture<T> run();
    }

    // Whoever deletes the last of the topics that share an SNS topic takes it away while others declare theirs.
    private <T> CompletableFuture<T> again(Place place, Step<T> step, int left) {
        return step.run().exceptionallyCompose(failure -> {
            boolean gone = SqsErrors.unwrapped(failure) instanceof DestinationNotFoundException;
            if (!gone || left == 1 || policy != Topology.CREATE) {
                return CompletableFuture.failedFuture(failure);
            }
            arns.remove(name(place));
            return again(place, step, left - 1);
        });
    }

    private CompletableFuture<Void> declareOnce(Place topic) {
        String name = name(topic);
        String key = ShapeTag.topicKey(topic.name());
        String wanted = ShapeTag.of(topic.shape());
        CompletableFuture<String> there = policy == Topology.CREATE ? make(name) : find(topic.name(), name);
        return there.thenCompose(arn -> tags(arn).thenCompose(tags -> {
            String is = tags.get(key);
            if (is != null && !is.equals(wanted)) {
                return CompletableFuture.failedFuture(mismatch(topic, is, wanted));
            }
            if (is != null || !topic.portable()) {
                return CompletableFuture.completedFuture(null);
            }
            if (policy != Topology.CREATE) {
                return CompletableFuture.failedFuture(missing(topic.name()));
            }
            return tags(other(arn)).thenCompose(others -> {
                String otherwise = others.get(key);
                return otherwise == null
                        ? tag(arn, key, wanted)
                        : CompletableFuture.failedFuture(mismatch(topic, otherwise, wanted));
            });
        }));
    }

    private static DestinationMismatchException mismatch(Place topic, String is, String wanted) {
        return new DestinationMismatchException(
                "sqs: topic " + topic.name() + " exists as " + is + " and is declared as " + wanted, null);
    }

    private static DestinationNotFoundException missing(String topic) {
        return new DestinationNotFoundException("sqs: there is no topic " + topic, null);
    }

    private static String other(String arn) {
        return arn.endsWith(SqsNames.FIFO)
                ? arn.substring(0, arn.length() - SqsNames.FIFO.length())
                : arn + SqsNames.FIFO;
    }

    private String name(Place place) {
        String topic = place.role() == Role.TOPIC ? place.name() : topicOf(place);
        return names.topic(topic, place.shape().ordered(), place.portable());
    }

    /** The topic or pattern a group belongs to. */
    static String topicOf(Place group) {
        String topic = group.topic();
        return topic == null ? group.name() : topic;
    }

    private CompletableFuture<String> make(String name) {
        Map<String, String> attributes = new LinkedHashMap<>();
        if (name.endsWith(SqsNames.FIFO)) {
            attributes.put("FifoTopic", "true");
            attributes.put("ContentBasedDeduplication", "false");
        }
        return ask.sns(
                        "make topic " + name,
                        sns -> sns.createTopic(r -> r.name(name).attributes(attributes)))
                .thenApply(answer -> {
                    arns.put(name, answer.topicArn());
                    return answer.topicArn();
                });
    }

    /** The ARN of the SNS topic that carries a topic. */
    CompletableFuture<String> find(Place place) {
        return find(place.name(), name(place));
    }

    private CompletableFuture<String> find(String place, String name) {
        String known = arns.get(name);
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        if (name.startsWith("arn:")) {
            return CompletableFuture.completedFuture(name);
        }
        return page(place, name, null);
    }

    /** The ARN of a topic that was found before, or null. */
    @Nullable
    String known(Place topic) {
        return arns.get(name(topic));
    }

    void forget(String arn) {
        arns.values().removeIf(arn::equals);
    }

    // Its ARN could be put together, but not without knowing the account.
    private CompletableFuture<String> page(String place, String name, @Nullable String token) {
        return ask.sns("look for topic " + name, sns -> sns.listTopics(r -> r.nextToken(token)))
                .thenCompose(answer -> {
                    Optional<String> found = answer.topics().stream()
                            .map(topic -> topic.topicArn())
                            .filter(arn -> arn.endsWith(":" + name))
                            .findFirst();
                    if (found.isPresent()) {
                        arns.put(name, found.get());
                        return CompletableFuture.completedFuture(found.get());
                    }
                    String next = answer.nextToken();
                    return next == null || next.isEmpty()
                            ? CompletableFuture.failedFuture(missing(place))
                            : page(place, name, next);
                });
    }

    private CompletableFuture<Map<String, String>> tags(String arn) {
        return ask.sns("read the tags of " + arn, sns -> sns.listTagsForResource(r -> r.resourceArn(arn)))
                .thenApply(answer -> {
                    return answer.tags().stream().collect(Collectors.toMap(Tag::key, Tag::value, (a, b) -> b));
                })
                .exceptionallyCompose(failure -> SqsErrors.unwrapped(failure) instanceof DestinationNotFoundException
                        ? CompletableFuture.completedFuture(Map.<String, String>of())
                        : CompletableFuture.failedFuture(failure));
    }

    private CompletableFuture<Void> tag(String arn, String key, String value) {
        return ask.sns(
                        "tag " + arn,
                        sns -> sns.tagResource(r -> r.resourceArn(arn)
                                .tags(Tag.builder().key(key).value(value).build())))
                .thenAccept(done -> {});
    }

    /** Whether a topic was declared. */
    CompletableFuture<Boolean> exists(Place topic) {
        return find(topic)
                .thenCompose(this::tags)
                .thenApply(tags -> !topic.portable() || tags.containsKey(ShapeTag.topicKey(topic.name())))
                .exceptionally(failure -> {
                    if (SqsErrors.unwrapped(failure) instanceof DestinationNotFoundException) {
                        return false;
                    }
                    throw SqsErrors.operation("look for topic " + topic.name(), failure);
                });
    }

    /** Takes a topic away, and its SNS topic with the last one that shares it. */
    CompletableFuture<Void> delete(Place topic) {
        return find(topic)
                .thenCompose(arn -> tags(arn).thenCompose(tags -> {
                    String key = ShapeTag.topicKey(topic.name());
                    boolean last = tags.keySet().stream()
                            .filter(tag -> tag.startsWith(ShapeTag.KEY + ":"))
                            .allMatch(key::equals);
                    if (!last) {
                        return ask.sns(
                                        "untag " + arn,
                                        sns -> sns.untagResource(
                                                r -> r.resourceArn(arn).tagKeys(key)))
                                .thenAccept(done -> {});
                    }
                    forget(arn);
                    return ask.sns("delete " + arn, sns -> sns.deleteTopic(r -> r.topicArn(arn)))
                            .thenAccept(done -> {});
                }))
                .exceptionally(failure -> {
                    if (SqsErrors.unwrapped(failure) instanceof DestinationNotFoundException) {
                        return null;
                    }
                    throw SqsErrors.operation("delete topic " + topic.name(), failure);
                });
    }

    // ---- groups

    /** A queue that gets what is sent to its group's topic, and by which subscription. */
    record Subscribed(QueueRef queue, String subscription) {}

    /** Makes the queue of a durable group and subscribes it; only looks for it unless things may be made. */
    CompletableFuture<QueueRef> declareGroup(Place group) {
        if (policy == Topology.NONE) {
            return queues.find(group);
        }
        if (policy == Topology.ASSERT) {
            return queues.declared(group, null);
        }
        return again(group, () -> declareGroupOnce(group), TRIES);
    }

    private CompletableFuture<QueueRef> declareGroupOnce(Place group) {
        return arnFor(group).thenCompose(topic -> {
            String queueArn = queueArn(topic, names.queue(group));
            return queues.declared(group, QueuePolicy.allow(queueArn, topic))
                    .thenCompose(ref ->
                            subscribe(topic, queueArn, FilterPolicy.of(group)).thenApply(subscription -> ref));
        });
    }

    private CompletableFuture<String> arnFor(Place group) {
        String known = arns.get(name(group));
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        return policy == Topology.CREATE ? make(name(group)) : find(group);
    }

    /** Makes a queue of its own for an ephemeral group and subscribes it. */
    CompletableFuture<Subscribed> subscribePrivate(
            Place group,
            String queueName,
            java.util.function.BiFunction<String, String, CompletableFuture<QueueRef>> make) {
        return again(group, () -> subscribePrivateOnce(group, queueName, make), TRIES);
    }

    private CompletableFuture<Subscribed> subscribePrivateOnce(
            Place group,
            String queueName,
            java.util.function.BiFunction<String, String, CompletableFuture<QueueRef>> make) {
        return arnFor(group).thenCompose(topic -> {
            String queueArn = queueArn(topic, queueName);
            return make.apply(queueName, QueuePolicy.allow(queueArn, topic))
                    .thenCompose(ref -> subscribe(topic, queueArn, FilterPolicy.of(group))
                            .thenApply(subscription -> new Subscribed(ref, subscription)));
        });
    }

    /** The queue of the same account and region as the topic. */
    private static String queueArn(String topicArn, String queue) {
        String[] parts = topicArn.split(":", 6);
        return parts[0] + ":" + parts[1] + ":sqs:" + parts[3] + ":" + parts[4] + ":" + queue;
    }

    private CompletableFuture<String> subscribe(String topic, String queueArn, Optional<String> filter) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("RawMessageDelivery", "true");
        filter.ifPresent(text -> attributes.put("FilterPolicy", text));
        return ask.sns(
                        "subscribe " + queueArn + " to " + topic,
                        sns -> sns.subscribe(r -> r.topicArn(topic)
                                .protocol("sqs")
                                .endpoint(queueArn)
                                .attributes(attributes)
                                .returnSubscriptionArn(true)))
                .thenApply(answer -> {
                    return answer.subscriptionArn();
                })
                .exceptionallyCompose(
                        failure -> SqsErrors.unwrapped(failure).getCause() instanceof InvalidParameterException e
                                        && String.valueOf(e.getMessage()).contains("already exists")
                                ? CompletableFuture.completedFuture("")
                                : CompletableFuture.failedFuture(failure));
    }

    /** Ends a subscription; no error if there is none. */
    CompletableFuture<Void> unsubscribe(String subscription) {
        if (subscription.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        return ask.sns("unsubscribe " + subscription, sns -> sns.unsubscribe(r -> r.subscriptionArn(subscription)))
                .handle((done, failure) -> null);
    }

    /** Ends the subscription of a group's queue. */
    CompletableFuture<Void> unsubscribe(Place group) {
        return find(group)
                .thenCompose(topic -> subscriptionOf(topic, queueArn(topic, names.queue(group)), null))
                .thenCompose(this::unsubscribe)
                .exceptionally(failure -> null);
    }

    private CompletableFuture<String> subscriptionOf(String topic, String queueArn, @Nullable String token) {
        return ask.sns(
                        "list the subscriptions of " + topic,
                        sns -> sns.listSubscriptionsByTopic(
                                r -> r.topicArn(topic).nextToken(token)))
                .thenCompose(answer -> {
                    Optional<String> found = answer.subscriptions().stream()
                            .filter(one -> queueArn.equals(one.endpoint()))
                            .map(one -> one.subscriptionArn())
                            .findFirst();
                    String next = answer.nextToken();
                    return found.isPresent() || next == null || next.isEmpty()
                            ? CompletableFuture.completedFuture(found.orElse(""))
                            : subscriptionOf(topic, queueArn, next);
                });
    }
}

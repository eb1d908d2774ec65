package dev.transload.mq.sqs;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.DestinationMismatchException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueNameExistsException;

/**
 * Finds, makes and checks queues, and remembers where they are.
 *
 * <p>Thread-safe; futures complete on the worker.
 */
final class SqsTopology {

    private static final Pattern LEVEL = Pattern.compile("(.*)--p[0-9]");
    private static final Pattern ARN = Pattern.compile("arn:[a-z-]+:sqs:([a-z0-9-]+):([0-9]+):(.+)");
    private static final Set<Role> LIMITED = Set.of(Role.QUEUE, Role.GROUP, Role.PRIORITY_LANE);

    private final SqsAsk ask;
    private final SqsOptions options;
    private final SqsNames names;
    private final Topology policy;
    private final Map<String, QueueRef> known = new ConcurrentHashMap<>();

    SqsTopology(SqsAsk ask, SqsOptions options, SqsNames names, Topology policy) {
        this.ask = ask;
        this.options = options;
        this.names = names;
        this.policy = policy;
    }

    SqsNames names() {
        return names;
    }

    Topology policy() {
        return policy;
    }

    /** Makes or checks a queue; under {@link Topology#NONE} nothing. */
    CompletableFuture<Void> declare(Place place) {
        return policy == Topology.NONE
                ? CompletableFuture.completedFuture(null)
                : declared(place, null).thenAccept(ref -> {});
    }

    /**
     * Makes or checks the queue of a place and finds it.
     *
     * @param resourcePolicy who else may send to a queue that is made, or null
     */
    CompletableFuture<QueueRef> declared(Place place, @Nullable String resourcePolicy) {
        String name = names.queue(place);
        known.remove(name);
        if (!place.portable() && place.shape().ordered() != name.endsWith(SqsNames.FIFO)) {
            return CompletableFuture.failedFuture(new DestinationMismatchException(
                    "sqs: queue " + name + " is " + (name.endsWith(SqsNames.FIFO) ? "" : "not ")
                            + "FIFO by its name, but it is declared " + ShapeTag.of(place.shape()),
                    null));
        }
        return look(name).thenCompose(found -> {
            if (found.isPresent()) {
                return checked(place, found.get());
            }
            if (policy != Topology.CREATE) {
                return CompletableFuture.failedFuture(missing(place.name(), name));
            }
            return create(place, name, resourcePolicy);
        });
    }

    /** Finds the queue of a place that should exist. */
    CompletableFuture<QueueRef> find(Place place) {
        return find(place.name(), names.queue(place));
    }

    private CompletableFuture<QueueRef> find(String place, String name) {
        QueueRef ref = known.get(name);
        if (ref != null) {
            return CompletableFuture.completedFuture(ref);
        }
        return look(name)
                .thenCompose(found -> found.isPresent()
                        ? CompletableFuture.completedFuture(found.get())
                        : CompletableFuture.failedFuture(missing(place, name)));
    }

    /** A queue that was found before, or null. */
    @Nullable
    QueueRef known(Place place) {
        return known.get(names.queue(place));
    }

    /** Looks whether there is a queue of this name. */
    CompletableFuture<Optional<QueueRef>> look(String name) {
        String owner = null;
        String plain = name;
        Matcher arn = ARN.matcher(name);
        if (arn.matches()) {
            owner = arn.group(2);
            plain = arn.group(3);
        }
        if (!SqsNames.isLegal(plain)) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        String account = owner;
        String queue = plain;
        return ask.sqs(
                        "look for queue " + queue,
                        sqs -> sqs.getQueueUrl(r -> r.queueName(queue).queueOwnerAWSAccountId(account)))
                .thenApply(answer -> {
                    QueueRef ref = new QueueRef(queue, answer.queueUrl());
                    known.put(name, ref);
                    return Optional.of(ref);
                })
                .exceptionallyCompose(failure -> {
                    known.remove(name);
                    return SqsErrors.unwrapped(failure) instanceof DestinationNotFoundException
                            ? CompletableFuture.completedFuture(Optional.empty())
                            : CompletableFuture.failedFuture(failure);
                });
    }

    /** The queue is gone, or may be: it is looked for anew. */
    void forget(QueueRef ref) {
        known.values().removeIf(one -> one.url().equals(ref.url()));
    }

    private static DestinationNotFoundException missing(String place, String queue) {
        return new DestinationNotFoundException("sqs: there is no " + place + ": no queue " + queue, null);
    }

    private CompletableFuture<QueueRef> checked(Place place, QueueRef ref) {
        if (place.role() != Role.QUEUE && place.role() != Role.GROUP) {
            return CompletableFuture.completedFuture(ref);
        }
        return tags(ref).thenCompose(tags -> {
            String is = tags.get(ShapeTag.KEY);
            String wanted = ShapeTag.of(place.shape());
            return is == null || is.equals(wanted)
                    ? CompletableFuture.completedFuture(ref)
                    : CompletableFuture.failedFuture(mismatch(place, is, wanted));
        });
    }

    private static DestinationMismatchException mismatch(Place place, String is, String wanted) {
        return new DestinationMismatchException(
                "sqs: " + place.name() + " exists as " + is + " and is declared as " + wanted, null);
    }

    /** Tags of a queue; none if we may not read them. */
    CompletableFuture<Map<String, String>> tags(QueueRef ref) {
        return ask.sqs("read the tags of queue " + ref.name(), sqs -> sqs.listQueueTags(r -> r.queueUrl(ref.url())))
                .thenApply(answer -> answer.tags())
                .exceptionallyCompose(failure -> SqsErrors.unwrapped(failure) instanceof AuthenticationException
                        ? CompletableFuture.completedFuture(Map.of())
                        : CompletableFuture.failedFuture(failure));
    }

    // ---- making

    private CompletableFuture<QueueRef> create(Place place, String name, @Nullable String resourcePolicy) {
        if (!SqsNames.isLegal(name)) {
            return CompletableFuture.failedFuture(
                    new DestinationNotFoundException("sqs: no queue can have the name " + name, null));
        }
        return withoutOther(place)
                .thenCompose(none -> backstop(place))
                .thenCompose(deadLetters -> {
                    Map<QueueAttributeName, String> attributes =
                            attributes(place.shape().ordered());
                    deadLetters.ifPresent(arn -> attributes.put(QueueAttributeName.REDRIVE_POLICY, redrivePolicy(arn)));
                    if (resourcePolicy != null) {
                        attributes.put(QueueAttributeName.POLICY, resourcePolicy);
                    }
                    return make(name, attributes, Map.of(ShapeTag.KEY, ShapeTag.of(place.shape())));
                })
                // Another client was faster, or made it with other attributes.
                .exceptionallyCompose(
                        failure -> SqsErrors.unwrapped(failure).getCause() instanceof QueueNameExistsException
                                ? find(place.name(), name).thenCompose(ref -> checked(place, ref))
                                : CompletableFuture.failedFuture(failure));
    }

    // An ordered destination and one that is not are two queues, so one name would be two destinations.
    private CompletableFuture<Void> withoutOther(Place place) {
        if (!place.portable() || (place.role() != Role.QUEUE && place.role() != Role.GROUP)) {
            return CompletableFuture.completedFuture(null);
        }
        return look(names.otherQueue(place)).thenCompose(other -> {
            if (other.isEmpty()) {
                return CompletableFuture.completedFuture(null);
            }
            return tags(other.get()).thenCompose(tags -> {
                String is = tags.get(ShapeTag.KEY);
                return is == null
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(mismatch(place, is, ShapeTag.of(place.shape())));
            });
        });
    }

    private CompletableFuture<Optional<String>> backstop(Place place) {
        if (!LIMITED.contains(place.role()) || place.shape().ordered() || !place.portable()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        Place deadLetters = Place.of(Role.DEAD_LETTERS, home(place) + ".dlq", dev.transload.mq.Shape.PLAIN);
        return declared(deadLetters, null).thenCompose(this::arn).thenApply(Optional::of);
    }

    private static String home(Place place) {
        String topic = place.topic();
        if (topic != null && place.group() != null) {
            Matcher level = LEVEL.matcher(topic);
            return level.matches() ? level.group(1) + "--" + place.group() : place.name();
        }
        Matcher level = LEVEL.matcher(place.name());
        return level.matches() ? level.group(1) : place.name();
    }

    private static String redrivePolicy(String arn) {
        return WireText.pack(Map.of("deadLetterTargetArn", arn))
                .replace("}", ",\"maxReceiveCount\":\"" + SqsCapabilities.RECEIVES + "\"}");
    }

    /** What every queue is made with. */
    Map<QueueAttributeName, String> attributes(boolean fifo) {
        Map<QueueAttributeName, String> all = new LinkedHashMap<>();
        all.put(QueueAttributeName.MESSAGE_RETENTION_PERIOD, Long.toString(SqsCapabilities.RETENTION.toSeconds()));
        all.put(QueueAttributeName.MAXIMUM_MESSAGE_SIZE, Integer.toString(options.maxMessageBytes()));
        if (fifo) {
            all.put(QueueAttributeName.FIFO_QUEUE, "true");
            all.put(QueueAttributeName.DEDUPLICATION_SCOPE, "messageGroup");
            all.put(QueueAttributeName.FIFO_THROUGHPUT_LIMIT, "perMessageGroupId");
        }
        all.putAll(options.queueAttributes());
        return all;
    }

    /** Makes a queue. */
    CompletableFuture<QueueRef> make(
            String name, Map<QueueAttributeName, String> attributes, Map<String, String> tags) {
        return ask.sqs(
                        "make queue " + name,
                        sqs -> sqs.createQueue(
                                r -> r.queueName(name).attributes(attributes).tags(tags)))
                .thenApply(answer -> {
                    QueueRef ref = new QueueRef(name, answer.queueUrl());
                    known.put(name, ref);
                    return ref;
                });
    }

    /** The ARN of a queue. */
    CompletableFuture<String> arn(QueueRef ref) {
        return ask.sqs(
                        "ask for the ARN of queue " + ref.name(),
                        sqs -> sqs.getQueueAttributes(
                                r -> r.queueUrl(ref.url()).attributeNames(QueueAttributeName.QUEUE_ARN)))
                .thenApply(answer -> {
                    String arn = answer.attributes().get(QueueAttributeName.QUEUE_ARN);
                    if (arn == null) {
                        throw missing(ref.name(), ref.name());
                    }
                    return arn;
                });
    }
}

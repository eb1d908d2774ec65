package dev.transload.mq.sqs;

import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.PlaceAdmin;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.PurgeQueueInProgressException;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** Counts, empties and deletes queues and topics. Thread-safe. */
final class SqsAdmin implements PlaceAdmin {

    // AWS says of a purge that it may take away what is sent up to a minute later.
    private static final long PURGE_MILLIS = 60_000;

    private final SqsAsk ask;
    private final SqsOptions options;
    private final SqsTopology queues;
    private final SnsTopics topics;
    private final Consumer<QueueRef> deleted;

    /**
     * @param deleted told of a queue that this client has deleted
     */
    SqsAdmin(SqsAsk ask, SqsOptions options, SqsTopology queues, SnsTopics topics, Consumer<QueueRef> deleted) {
        this.ask = ask;
        this.options = options;
        this.queues = queues;
        this.topics = topics;
        this.deleted = deleted;
    }

    @Override
    public CompletableFuture<OptionalLong> depth(Place place) {
        if (isWithoutTopics(place)) {
            return CompletableFuture.completedFuture(OptionalLong.empty());
        }
        if (place.role() == Role.TOPIC) {
            return topics.exists(place).thenApply(exists -> exists ? OptionalLong.of(0) : OptionalLong.empty());
        }
        return queues.find(place)
                .thenCompose(ref -> ask.sqs(
                                "count messages of queue " + ref.name(),
                                sqs -> sqs.getQueueAttributes(r -> r.queueUrl(ref.url())
                                        .attributeNames(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES)))
                        .handle((answer, failure) -> {
                            if (failure != null) {
                                queues.forget(ref);
                                throw SqsErrors.operation("count messages of " + place.name(), failure);
                            }
                            return OptionalLong.of(SqsMessages.number(
                                    answer.attributes().get(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES)));
                        }))
                .exceptionally(failure -> {
                    if (SqsErrors.unwrapped(failure) instanceof DestinationNotFoundException) {
                        return OptionalLong.empty();
                    }
                    throw SqsErrors.operation("count messages of " + place.name(), failure);
                });
    }

    @Override
    public CompletableFuture<Void> purge(Place place) {
        if (place.role() == Role.TOPIC || isWithoutTopics(place)) {
            return CompletableFuture.completedFuture(null);
        }
        return queues.find(place)
                .thenCompose(ref -> ask.sqs(
                                "purge queue " + ref.name(), sqs -> sqs.purgeQueue(r -> r.queueUrl(ref.url())))
                        .thenCompose(done -> settled())
                        .exceptionallyCompose(failure ->
                                SqsErrors.unwrapped(failure).getCause() instanceof PurgeQueueInProgressException
                                        ? drain(ref)
                                        : CompletableFuture.failedFuture(failure)));
    }

    // Where there are no topics none exists, and nobody has to be asked.
    private boolean isWithoutTopics(Place place) {
        return !options.topics() && (place.role() == Role.TOPIC || place.role() == Role.GROUP);
    }

    private CompletableFuture<Void> settled() {
        if (options.endpoint().isPresent()) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> over = new CompletableFuture<>();
        ask.worker().later(PURGE_MILLIS, () -> over.complete(null));
        return over;
    }

    // One purge a minute is allowed.
    private CompletableFuture<Void> drain(QueueRef ref) {
        return ask.sqs(
                        "purge queue " + ref.name(),
                        sqs -> sqs.receiveMessage(r -> r.queueUrl(ref.url())
                                .maxNumberOfMessages(Polls.MOST)
                                .waitTimeSeconds(1)))
                .thenCompose(answer -> {
                    if (!answer.hasMessages() || answer.messages().isEmpty()) {
                        return CompletableFuture.completedFuture(null);
                    }
                    List<DeleteMessageBatchRequestEntry> entries = new ArrayList<>();
                    answer.messages()
                            .forEach(message -> entries.add(DeleteMessageBatchRequestEntry.builder()
                                    .id(Integer.toString(entries.size()))
                                    .receiptHandle(message.receiptHandle())
                                    .build()));
                    return ask.sqs(
                                    "purge queue " + ref.name(),
                                    sqs -> sqs.deleteMessageBatch(
                                            r -> r.queueUrl(ref.url()).entries(entries)))
                            .thenCompose(done -> drain(ref));
                });
    }

    @Override
    public CompletableFuture<Void> delete(Place place) {
        if (isWithoutTopics(place)) {
            return CompletableFuture.completedFuture(null);
        }
        if (place.role() == Role.TOPIC) {
            return topics.delete(place);
        }
        CompletableFuture<Void> left =
                place.role() == Role.GROUP ? topics.unsubscribe(place) : CompletableFuture.completedFuture(null);
        return left.thenCompose(done -> queues.find(place))
                .thenCompose(ref -> ask.sqs(
                                "delete queue " + ref.name(), sqs -> sqs.deleteQueue(r -> r.queueUrl(ref.url())))
                        .thenAccept(done -> {
                            queues.forget(ref);
                            deleted.accept(ref);
                        }))
                .exceptionally(failure -> {
                    if (SqsErrors.unwrapped(failure) instanceof DestinationNotFoundException) {
                        return null;
                    }
                    throw SqsErrors.operation("delete " + place.name(), failure);
                });
    }
}

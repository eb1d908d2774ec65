package dev.transload.mq.sqs;

import dev.transload.mq.MessagingException;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.sqs.SqsSender.Sending;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sns.model.PublishBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResultEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

/** Batches of messages as requests of either service, and why entries of theirs are not stored, by place. */
final class SendRequests {

    private static volatile @Nullable MessageAttributeValue lastContentType;

    private SendRequests() {}

    // Why entries are not stored, by their place in the batch.
    private static Map<Integer, MessagingException> results(
            List<Sending> batch, List<String> stored, Map<String, MessagingException> refused) {
        Map<Integer, MessagingException> failures = new HashMap<>();
        for (int i = 0; i < batch.size(); i++) {
            String id = Batcher.id(i);
            MessagingException failure = refused.get(id);
            if (failure == null && !stored.contains(id)) {
                failure = TransportException.unknown(
                        "sqs: the service did not say what became of a message to "
                                + batch.get(i).name(),
                        null);
            }
            if (failure != null) {
                failures.put(i, failure);
            }
        }
        return failures;
    }

    static CompletableFuture<Map<Integer, MessagingException>> toQueue(
            SqsAsk ask, QueueRef queue, List<Sending> batch) {
        if (batch.size() == 1) {
            return aloneToQueue(ask, queue, batch.get(0));
        }
        List<SendMessageBatchRequestEntry> entries = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            Sending sending = batch.get(i);
            SqsMessages.Wire wire = sending.wire();
            entries.add(SendMessageBatchRequestEntry.builder()
                    .id(Batcher.id(i))
                    .messageBody(wire.body())
                    .messageAttributes(attributes(wire))
                    .messageGroupId(unlessEmpty(wire.groupId()))
                    .messageDeduplicationId(unlessEmpty(wire.deduplicationId()))
                    .delaySeconds(delaySeconds(queue, sending))
                    .build());
        }
        return ask.messages(
                        "send to " + batch.get(0).name(),
                        sqs -> sqs.sendMessageBatch(r -> r.queueUrl(queue.url()).entries(entries)))
                .thenApply(answer -> {
                    Map<String, MessagingException> refused = new HashMap<>();
                    answer.failed()
                            .forEach(one -> refused.put(
                                    one.id(),
                                    SqsErrors.entry(
                                            "send to " + queue.name(),
                                            one.code(),
                                            Boolean.TRUE.equals(one.senderFault()))));
                    List<String> stored = new ArrayList<>(batch.size());
                    answer.successful().forEach(one -> {
                        if (isAsSent(entries, one)) {
                            stored.add(one.id());
                        } else {
                            refused.put(one.id(), altered(queue.name()));
                        }
                    });
                    return results(batch, stored, refused);
                });
    }

    private static boolean isAsSent(List<SendMessageBatchRequestEntry> entries, SendMessageBatchResultEntry stored) {
        for (SendMessageBatchRequestEntry entry : entries) {
            if (entry.id().equals(stored.id())) {
                return Checksums.match(
                        entry.messageBody(),
                        stored.md5OfMessageBody(),
                        entry.messageAttributes(),
                        stored.md5OfMessageAttributes());
            }
        }
        return true; // of no message of ours
    }

    private static MessagingException altered(String name) {
        return TransportException.unknown(
                "sqs: what the service stored is not what was sent to " + name + ", by its MD5", null);
    }

    // Request and answer are smaller than those of a batch of one, and so is what the SDK makes of them.
    private static CompletableFuture<Map<Integer, MessagingException>> aloneToQueue(
            SqsAsk ask, QueueRef queue, Sending sending) {
        SqsMessages.Wire wire = sending.wire();
        SendMessageRequest request = SendMessageRequest.builder()
                .queueUrl(queue.url())
                .messageBody(wire.body())
                .messageAttributes(attributes(wire))
                .messageGroupId(unlessEmpty(wire.groupId()))
                .messageDeduplicationId(unlessEmpty(wire.deduplicationId()))
                .delaySeconds(delaySeconds(queue, sending))
                .build();
        return ask.messages("send to " + sending.name(), sqs -> sqs.sendMessage(request))
                .thenApply(answer -> Checksums.match(
                                request.messageBody(),
                                answer.md5OfMessageBody(),
                                request.messageAttributes(),
                                answer.md5OfMessageAttributes())
                        ? Map.of()
                        : Map.of(0, altered(queue.name())));
    }

    private static @Nullable String unlessEmpty(String text) {
        return text.isEmpty() ? null : text;
    }

    // In a FIFO queue the service delays all messages alike or none.
    private static @Nullable Integer delaySeconds(QueueRef queue, Sending sending) {
        int seconds = queue.isFifo() ? 0 : sending.delaySeconds();
        return seconds == 0 ? null : seconds;
    }

    private static Map<String, MessageAttributeValue> attributes(SqsMessages.Wire wire) {
        Map<String, MessageAttributeValue> attributes =
                new HashMap<>(wire.attributes().size() * 2);
        wire.attributes().forEach((name, value) -> attributes.put(name, attribute(name, value)));
        return attributes;
    }

    // Nearly all messages of a client have the same content type, so the last one serves again.
    private static MessageAttributeValue attribute(String name, String value) {
        boolean contentType = name.equals(Annotations.CONTENT_TYPE);
        MessageAttributeValue known = contentType ? lastContentType : null;
        if (known != null && value.equals(known.stringValue())) {
            return known;
        }
        MessageAttributeValue made = MessageAttributeValue.builder()
                .dataType(SqsMessages.STRING)
                .stringValue(value)
                .build();
        if (contentType) {
            lastContentType = made;
        }
        return made;
    }

    static CompletableFuture<Map<Integer, MessagingException>> toTopic(SqsAsk ask, String arn, List<Sending> batch) {
        boolean fifo = arn.endsWith(SqsNames.FIFO);
        List<PublishBatchRequestEntry> entries = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            Sending sending = batch.get(i);
            Map<String, software.amazon.awssdk.services.sns.model.MessageAttributeValue> attributes = new HashMap<>();
            sending.wire()
                    .attributes()
                    .forEach((name, value) -> attributes.put(
                            name,
                            software.amazon.awssdk.services.sns.model.MessageAttributeValue.builder()
                                    .dataType(SqsMessages.STRING)
                                    .stringValue(value)
                                    .build()));
            PublishBatchRequestEntry.Builder entry = PublishBatchRequestEntry.builder()
                    .id(Batcher.id(i))
                    .message(sending.wire().body())
                    .messageAttributes(attributes);
            if (!sending.wire().groupId().isEmpty()) {
                entry.messageGroupId(sending.wire().groupId());
            }
            if (fifo) {
                entry.messageDeduplicationId(sending.wire().deduplicationId());
            }
            entries.add(entry.build());
        }
        return ask.publish(
                        "send to " + batch.get(0).name(),
                        sns -> sns.publishBatch(r -> r.topicArn(arn).publishBatchRequestEntries(entries)))
                .thenApply(answer -> {
                    Map<String, MessagingException> refused = new HashMap<>();
                    answer.failed()
                            .forEach(one -> refused.put(
                                    one.id(),
                                    SqsErrors.entry(
                                            "send to " + batch.get(0).name(),
                                            one.code(),
                                            Boolean.TRUE.equals(one.senderFault()))));
                    return results(
                            batch,
                            answer.successful().stream().map(one -> one.id()).toList(),
                            refused);
                });
    }
}

package dev.transload.mq.sqs;

import dev.transload.mq.MessagingException;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;

/**
 * The requests for messages that one receiver has under way. A poll cannot be taken back: the service may hand a message
 * to it that nobody sees until its lease is over. So the end of a receiver waits for its polls, and they are short at
 * first and grow with the time in which nothing came, to what costs least.
 *
 * <p>Its state belongs to the worker.
 */
final class Polls {

    private static final Logger LOG = LoggerFactory.getLogger(Polls.class);

    /** Most messages of one answer. */
    static final int MOST = 10;

    private static final int AT_ONCE = 8;
    private static final Duration HELD_UP = Duration.ofSeconds(1);

    private static final List<MessageSystemAttributeName> OF_ALL =
            List.of(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT, MessageSystemAttributeName.SENT_TIMESTAMP);
    /** Elsewhere a message group tells whose a message is, for the service alone. */
    private static final List<MessageSystemAttributeName> OF_GROUPS = List.of(
            MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT,
            MessageSystemAttributeName.SENT_TIMESTAMP,
            MessageSystemAttributeName.MESSAGE_GROUP_ID);

    private final SqsAsk ask;
    private final SqsOptions options;
    private final int leaseSeconds;
    private final TimeSource time;
    private int underWay;
    private int reserved;
    private int width = 1;
    private long idleSince;
    private @Nullable ReceiveMessageRequest lastRequest;

    Polls(SqsAsk ask, SqsOptions options, int leaseSeconds, TimeSource time) {
        this.ask = ask;
        this.options = options;
        this.leaseSeconds = leaseSeconds;
        this.time = time;
        this.idleSince = time.nanos();
    }

    /** Takes what a poll brought. */
    interface Arrival {

        /** Messages, and since when the service may hide them at the earliest; or why there are none. */
        void arrived(QueueRef from, List<Message> messages, long sinceNanos, @Nullable MessagingException failure);
    }

    /** How many messages the next poll should ask for; 0 if there should be none. */
    int next(int credit) {
        return underWay < width ? Math.max(0, Math.min(MOST, credit)) : 0;
    }

    /** Credit that open polls may use up. */
    int reserved() {
        return reserved;
    }

    boolean isIdle() {
        return underWay == 0;
    }

    void start(QueueRef queue, int most, Arrival arrival) {
        int seconds = underWay > 0 ? 1 : seconds();
        String what = "receive from " + queue.name();
        long asked = time.nanos();
        reserved += most;
        underWay++;
        SqsAsk.told(ask.messages(
                        what, Duration.ofSeconds(seconds), sqs -> sqs.receiveMessage(request(queue, most, seconds)))
                .handle((answer, failure) -> {
                    reserved -= most;
                    underWay--;
                    if (failure != null) {
                        width = 1;
                        arrival.arrived(queue, List.of(), asked, SqsErrors.operation(what, failure));
                        return null;
                    }
                    List<Message> messages = answer.hasMessages() ? answer.messages() : List.of();
                    adapt(messages.size(), most);
                    arrival.arrived(queue, intact(queue, messages), hiddenSince(asked, seconds), null);
                    return null;
                }));
    }

    // The service answers as soon as it has hidden messages, and after the wait at the latest. A later answer was held
    // up, nobody knows where: what it brings may have been hidden when it was asked for.
    private long hiddenSince(long asked, int seconds) {
        long now = time.nanos();
        return now - asked > Duration.ofSeconds(seconds).plus(HELD_UP).toNanos() ? asked : now;
    }

    // One that was altered on its way comes again once its time of hiding is over.
    private static List<Message> intact(QueueRef queue, List<Message> messages) {
        boolean all = true;
        for (Message message : messages) {
            all &= isIntact(message);
        }
        if (all) {
            return messages;
        }
        // Of a group none may be handled before one that comes again.
        List<Message> intact = queue.isFifo()
                ? messages.stream().takeWhile(Polls::isIntact).toList()
                : messages.stream().filter(Polls::isIntact).toList();
        LOG.warn(
                "sqs: messages from {} were altered on their way, by their MD5; {} of {} are not handled, and the service"
                        + " delivers them again",
                queue.name(),
                messages.size() - intact.size(),
                messages.size());
        return intact;
    }

    private static boolean isIntact(Message message) {
        return message.body() == null
                || Checksums.match(
                        message.body(),
                        message.md5OfBody(),
                        message.messageAttributes(),
                        message.md5OfMessageAttributes());
    }

    // Where much comes one poll is like the other.
    private ReceiveMessageRequest request(QueueRef queue, int most, int seconds) {
        ReceiveMessageRequest last = lastRequest;
        if (last != null
                && last.maxNumberOfMessages() == most
                && last.waitTimeSeconds() == seconds
                && last.queueUrl().equals(queue.url())) {
            return last;
        }
        ReceiveMessageRequest made = ReceiveMessageRequest.builder()
                .queueUrl(queue.url())
                .maxNumberOfMessages(most)
                .waitTimeSeconds(seconds)
                .visibilityTimeout(leaseSeconds)
                .messageAttributeNames("All")
                .messageSystemAttributeNames(queue.isFifo() ? OF_GROUPS : OF_ALL)
                .build();
        lastRequest = made;
        return made;
    }

    private void adapt(int came, int asked) {
        if (came == 0) {
            width = 1;
        } else {
            idleSince = time.nanos();
            width = came == asked ? Math.min(AT_ONCE, width + 1) : Math.max(1, width - 1);
        }
    }

    private int seconds() {
        long idle = Duration.ofNanos(time.nanos() - idleSince).toSeconds();
        return (int) Math.max(1, Math.min(options.longestPoll().toSeconds(), idle / 2));
    }

    /** The receiver ends: later polls, if any, are short again. */
    void hurry() {
        idleSince = time.nanos();
    }
}

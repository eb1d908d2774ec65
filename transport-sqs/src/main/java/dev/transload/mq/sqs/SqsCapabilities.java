package dev.transload.mq.sqs;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capabilities.Limits;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Counting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the services do for a shape. Pure. */
final class SqsCapabilities {

    /** Longest time a message stays hidden from when it was received, renewals included. */
    static final Duration LONGEST_LEASE = Duration.ofHours(12);

    /** Longest delay of a send. */
    static final Duration LONGEST_DELAY = Duration.ofMinutes(15);

    /** Deliveries after which the service itself moves a message of a standard queue to the dead letters. */
    static final int RECEIVES = 100;

    /** The service keeps messages so long, handled or not. */
    static final Duration RETENTION = Duration.ofDays(14);

    // What was held before it is given back counts against the 12 hours, too.
    private static final Duration LONGEST_RELEASE = Duration.ofHours(11);
    private static final int IN_FLIGHT = 120_000;
    private static final int HEADERS = 16 * 1024;
    private static final int HEADER_COUNT = 100;
    private static final int FAILURE_RECORD = 24 * 1024;
    private static final int FRAMING = 8 * 1024;
    // Of a control character, as JSON writes it.
    private static final int WORST_ESCAPE = 6;
    private static final int NAME = 255;

    private SqsCapabilities() {}

    static Capabilities of(Shape shape, SqsOptions options, String region) {
        Capabilities.Builder all = Capabilities.builder(broker(options, region), limits(options))
                .durability("stored by the service, which answers when it has the message", warnings(options))
                .has(
                        Capability.RENEW,
                        "ChangeMessageVisibility, in batches of ten; 12 hours from the receive at most, in whole seconds")
                .releaseDelay(LONGEST_RELEASE)
                .maxLease(LONGEST_LEASE)
                .retention(RETENTION)
                .delayRetention(RETENTION)
                .volatileReplies(false)
                .exactDepth(false)
                .refuses(Capability.NOTE_ATTEMPTS, "SQS keeps nothing with a message that stays in its queue")
                .refuses(Capability.ATOMIC_MOVE, "SQS sends and deletes in two calls")
                .refuses(Capability.PRIORITY, "SQS has no priorities")
                .refuses(Capability.HISTORY, "SQS and SNS keep nothing of what was handled")
                .refuses(Capability.BROWSE, "SQS cannot show a message without handing it out");
        if (options.topics()) {
            all.has(
                            Capability.GROUPS,
                            "a queue for each, subscribed to the SNS topic of the first segment with raw delivery; SNS"
                                    + " takes messages of " + SqsOptions.SNS_BYTES + " bytes at most")
                    .has(
                            Capability.PATTERN,
                            "filter policy of the group's subscription; AWS may take 15 minutes to apply one, until"
                                    + " when the client drops what does not match; new topics at once");
        } else {
            all.refuses(Capability.GROUPS, "option topics=none: there is no SNS here, and SQS alone has no topics")
                    .refuses(Capability.PATTERN, "option topics=none: there is no SNS here");
        }
        if (shape.ordered()) {
            all.has(Capability.LANES, "message groups of a FIFO queue, one for each key, high throughput mode")
                    .has(Capability.KEY_HOLD, "a message group gives out nothing while a message of it is out")
                    .has(
                            Capability.SEND_ORDER,
                            "one request of a message group at a time; of entries that it refuses none goes behind a"
                                    + " later one")
                    .maxInFlightSpan(IN_FLIGHT)
                    .counting(new Counting(false, false, Integer.MAX_VALUE))
                    .sendDelay(Duration.ZERO, "a message of a FIFO queue has no delay of its own");
        } else {
            all.anyOrder("a standard queue of SQS keeps no order, and may hand out a message twice")
                    .refuses(Capability.LANES, "a standard queue has no order")
                    .refuses(Capability.SEND_ORDER, "a standard queue has no order")
                    .counting(new Counting(false, false, RECEIVES))
                    .sendDelay(LONGEST_DELAY, "DelaySeconds, in whole seconds, rounded up; SNS has no delay")
                    .topicDelay(Duration.ZERO);
        }
        return all.build();
    }

    private static String broker(SqsOptions options, String region) {
        return options.endpoint().isPresent() ? "SQS API, not of AWS" : "Amazon SQS in " + region;
    }

    private static Limits limits(SqsOptions options) {
        int reserve = WORST_ESCAPE * HEADERS + FAILURE_RECORD + FRAMING;
        // Base64 makes four characters of three bytes.
        int payload = Math.max(1024, (options.maxMessageBytes() - reserve) / 4 * 3);
        return new Limits(payload, HEADERS, HEADER_COUNT, NAME);
    }

    private static List<String> warnings(SqsOptions options) {
        List<String> all = new ArrayList<>();
        all.add("Messages are kept for 14 days, handled or not, dead letters too: what nobody handles by then is"
                + " lost.");
        if (options.endpoint().isPresent()) {
            all.add("Not AWS: whether this service keeps messages over a restart is its own affair.");
        }
        return all;
    }
}

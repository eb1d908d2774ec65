package dev.transload.mq.inmemory;

import static dev.transload.mq.spi.Capability.ATOMIC_MOVE;
import static dev.transload.mq.spi.Capability.BROWSE;
import static dev.transload.mq.spi.Capability.GROUPS;
import static dev.transload.mq.spi.Capability.HISTORY;
import static dev.transload.mq.spi.Capability.KEY_HOLD;
import static dev.transload.mq.spi.Capability.LANES;
import static dev.transload.mq.spi.Capability.NOTE_ATTEMPTS;
import static dev.transload.mq.spi.Capability.PATTERN;
import static dev.transload.mq.spi.Capability.PRIORITY;
import static dev.transload.mq.spi.Capability.RENEW;
import static dev.transload.mq.spi.Capability.SEND_ORDER;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capabilities.Limits;
import dev.transload.mq.spi.Counting;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Another broker's limits and gaps, imposed on the broker in memory, so that a unit test meets what production would
 * refuse. What a profile does not impose is the broker's speed, its failures and its durability.
 */
public enum Profile {

    /** No limits but those of this process: everything is native. */
    NONE(8) {
        @Override
        void describe(Capabilities.Builder b, Shape shape) {
            b.has(NOTE_ATTEMPTS, "with the stored message")
                    .has(RENEW, "by the broker's clock")
                    .has(ATOMIC_MOVE, "under the broker's lock")
                    .has(
                            PRIORITY,
                            "strict: a lower level waits while a higher one has messages; first in, first out"
                                    + " within a level")
                    .has(HISTORY, "topics declared retained keep their messages that long")
                    .has(PATTERN, "a new topic is found at once")
                    .has(BROWSE, "copies of what waits")
                    .has(SEND_ORDER, "one lock orders all sends")
                    .counting(new Counting(true, true, Integer.MAX_VALUE))
                    .sendDelay(YEAR, "exact to the timer, millisecond precision")
                    .exactDepth(true);
            if (shape.ordered()) {
                b.has(LANES, "8 lanes unless partitions are given, shared evenly among receivers");
            } else {
                b.releaseDelay(YEAR);
            }
        }

        @Override
        Limits limits(Shape shape) {
            return new Limits(16 << 20, 1 << 20, 1000, 255);
        }
    },

    /**
     * RabbitMQ with its defaults and quorum queues; where versions 4.0 to 4.3 differ, the narrower one.
     *
     * <p>Sources: {@code max_message_size} 16 MiB, counting the body alone (docs/configure); headers share one frame of
     * {@code frame_max} 131,072 bytes, less 8 KiB for the other properties and 16 KiB for a failure record; consumer
     * timeout 30 minutes without renewal (docs/consumers); one single-active-consumer queue unless partitions are
     * given; delay by a chain of queues with a time to live, in 29 bits of 0.25 s, whose path leaves names 195 characters of a routing key; replay refused, since
     * streams over AMQP 0.9.1 have neither a single active consumer nor an offset store; a lost connection counts
     * every unsettled delivery, {@code basic.nack} does not (4.3); {@code x-delivery-limit} 100 is our backstop.
     */
    RABBITMQ(1) {
        @Override
        void describe(Capabilities.Builder b, Shape shape) {
            b.has(PRIORITY, "strict, as RabbitMQ's: low levels may starve")
                    .has(PATTERN, "as a topic exchange binds: a new topic is found at once")
                    .refuses(RENEW, "RabbitMQ cannot prolong the consumer timeout of a delivery")
                    .refuses(NOTE_ATTEMPTS, "RabbitMQ keeps nothing with a message that stays in its queue")
                    .refuses(ATOMIC_MOVE, "AMQP 0.9.1 has no atomic publish and ack")
                    .refuses(
                            HISTORY,
                            "RabbitMQ streams have no single active consumer and no offset store over AMQP" + " 0.9.1")
                    .refuses(BROWSE, "RabbitMQ cannot show a message without handing it out")
                    .maxLease(Duration.ofMinutes(30))
                    .counting(new Counting(false, !shape.ordered(), 100))
                    .sendDelay(
                            Duration.ofMillis(250L * ((1L << 29) - 1)),
                            "in steps of 0.25 s, through queues with a time to live")
                    .volatileReplies(true);
            if (shape.ordered()) {
                b.has(LANES, "one lane unless partitions are given, as single-active-consumer queues");
            }
        }

        @Override
        Limits limits(Shape shape) {
            return new Limits(16 << 20, 131_072 - 8192 - RESERVE, 500, 195);
        }

        @Override
        Duration step() {
            return Duration.ofMillis(250);
        }
    },

    /**
     * Kafka 4.x with its defaults and consumer groups.
     *
     * <p>Sources: {@code message.max.bytes} 1,048,588 for the whole record (broker configuration), of which 64 KiB are
     * set apart for headers, 16 KiB for a failure record and 1 KiB for key and framing; no delay and no priority in the
     * broker; topic retention 7 days, consumed or not, of delay lanes 60 days as this library makes them; at most 10,000 messages past an unsettled one, as the
     * committed offset's metadata of 4,096 bytes can say which are done; topic names of 249 characters.
     */
    KAFKA(8) {
        @Override
        void describe(Capabilities.Builder b, Shape shape) {
            b.has(NOTE_ATTEMPTS, "in the committed offset's metadata")
                    .has(RENEW, "kept while the partition is assigned")
                    .has(HISTORY, "topics keep their messages for their retention")
                    .has(PATTERN, "a new topic is found at once here, within 30 s on Kafka")
                    .has(BROWSE, "reads without a group")
                    .has(SEND_ORDER, "as the idempotent producer's")
                    .refuses(ATOMIC_MOVE, "the idempotent producer is used without transactions")
                    .refuses(PRIORITY, "Kafka has no priorities")
                    .counting(new Counting(true, true, Integer.MAX_VALUE))
                    .maxInFlightSpan(10_000)
                    .retention(Duration.ofDays(7))
                    .delayRetention(Duration.ofDays(60));
            if (shape.ordered()) {
                b.has(LANES, "partitions, 8 unless given");
            }
        }

        @Override
        Limits limits(Shape shape) {
            return new Limits(1_048_588 - 65_536 - RESERVE - 1024, 65_536, 1000, 249);
        }
    },

    /**
     * Redis 8 streams.
     *
     * <p>Sources: {@code proto-max-bulk-len} 512 MB for one field, less 16 KiB for a failure record; sorted sets and a
     * script for delays, by server time; {@code XCLAIM … RETRYCOUNT} for counts and {@code XCLAIM … JUSTID} for leases;
     * no priorities; at most 10,000 messages past an unsettled one, which the client holds in memory.
     */
    REDIS(8) {
        @Override
        void describe(Capabilities.Builder b, Shape shape) {
            b.has(NOTE_ATTEMPTS, "in the pending list's count")
                    .has(RENEW, "by claiming again")
                    .has(ATOMIC_MOVE, "in one script")
                    .has(HISTORY, "streams declared retained keep their messages that long")
                    .has(PATTERN, "topics that some client has sent to")
                    .has(BROWSE, "reads without a group")
                    .has(SEND_ORDER, "one connection orders a client's sends")
                    .refuses(PRIORITY, "Redis streams have no priorities")
                    .counting(new Counting(true, true, Integer.MAX_VALUE))
                    .maxInFlightSpan(10_000)
                    .sendDelay(YEAR, "sorted set and script")
                    .exactDepth(true);
            if (shape.ordered()) {
                b.has(LANES, "8 shards unless partitions are given");
            } else {
                b.releaseDelay(YEAR);
            }
        }

        @Override
        Limits limits(Shape shape) {
            return new Limits((512 << 20) - RESERVE, 1 << 20, 1000, 255);
        }
    },

    /**
     * SQS without FIFO queues: order is refused.
     *
     * <p>Sources (service model of SQS, August 2026): 1,048,576 bytes for body and attributes, text only, so that any
     * content fits as base64 of three quarters of what 16 KiB of headers, 16 KiB for a failure record and 4 KiB of our
     * own leave; {@code DelaySeconds} at most 900; visibility at most 12 h from the receive, renewals included; every
     * receive counts; retention 14 days; depth approximate; names of 80 characters. User headers are packed into one
     * of the 10 attributes, so that their number is not bound by it.
     */
    SQS_STANDARD(1) {
        @Override
        void describe(Capabilities.Builder b, Shape shape) {
            describeSqs(b);
            b.refuses(LANES, "SQS standard queues have no order; FIFO queues have, see profile sqs-fifo")
                    .sendDelay(Duration.ofMinutes(15), "DelaySeconds");
        }

        @Override
        Limits limits(Shape shape) {
            return sqsLimits();
        }

        @Override
        Duration step() {
            return Duration.ofSeconds(1);
        }
    },

    /**
     * SQS where ordered destinations are FIFO queues and others standard queues.
     *
     * <p>Sources: as {@link #SQS_STANDARD}; on a FIFO queue a message has no delay of its own, a message group gives out
     * nothing more while one of its messages is invisible, and 120,000 messages may be in flight.
     */
    SQS_FIFO(1) {
        @Override
        void describe(Capabilities.Builder b, Shape shape) {
            describeSqs(b);
            if (shape.ordered()) {
                b.has(LANES, "message groups of a FIFO queue")
                        .has(KEY_HOLD, "a group waits for its message that is out or held back")
                        .maxInFlightSpan(120_000);
            } else {
                b.sendDelay(Duration.ofMinutes(15), "DelaySeconds");
            }
        }

        @Override
        Limits limits(Shape shape) {
            return sqsLimits();
        }

        @Override
        Duration step() {
            return Duration.ofSeconds(1);
        }
    };

    /** Room for a failure record, so that a message at the limit can still be dead-lettered. */
    private static final int RESERVE = 16 * 1024;

    private static final Duration YEAR = Duration.ofDays(365);

    private final int lanes;

    Profile(int lanes) {
        this.lanes = lanes;
    }

    /** Lanes of an ordered place that gives no number of partitions. */
    int lanes() {
        return lanes;
    }

    /** What delays are rounded up to; zero for nothing. */
    Duration step() {
        return Duration.ZERO;
    }

    /** A delay as this broker would keep it: never shorter. */
    final Duration inSteps(Duration delay) {
        long step = step().toNanos();
        long over = step == 0 ? 0 : Nanos.of(delay) % step;
        return over == 0 ? delay : delay.plusNanos(step - over);
    }

    abstract void describe(Capabilities.Builder b, Shape shape);

    abstract Limits limits(Shape shape);

    final Capabilities capabilities(Shape shape) {
        String broker = this == NONE ? "in memory" : "in memory, with the limits of " + text();
        Capabilities.Builder b = Capabilities.builder(broker, limits(shape))
                .durability("in this process only", List.of())
                .has(GROUPS, "each with a queue of its own");
        describe(b, shape);
        return b.build();
    }

    private static void describeSqs(Capabilities.Builder b) {
        b.has(RENEW, "by changing the visibility")
                .has(PATTERN, "one SNS topic per first segment")
                .refuses(NOTE_ATTEMPTS, "SQS keeps nothing with a message that stays in its queue")
                .refuses(ATOMIC_MOVE, "SQS sends and deletes in two calls")
                .refuses(PRIORITY, "SQS has no priorities")
                .refuses(HISTORY, "SQS and SNS keep nothing to replay")
                .refuses(BROWSE, "SQS cannot show a message without handing it out")
                .maxLease(Duration.ofHours(12))
                .releaseDelay(Duration.ofHours(12))
                .counting(new Counting(false, false, 100))
                .retention(Duration.ofDays(14));
    }

    private static Limits sqsLimits() {
        int headers = 16 * 1024;
        return new Limits((1_048_576 - headers - RESERVE - 4096) / 4 * 3, headers, 100, 80);
    }

    /** As it is written in a URI: {@code sqs-fifo}. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Reads what is written in a URI. */
    static Profile parse(String text) {
        for (Profile profile : values()) {
            if (profile.text().equals(text)) {
                return profile;
            }
        }
        throw new IllegalArgumentException("option profile must be one of none, rabbitmq, kafka, redis, sqs-standard,"
                + " sqs-fifo, was '" + text + "'");
    }
}

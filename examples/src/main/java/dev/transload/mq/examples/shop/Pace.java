package dev.transload.mq.examples.shop;

import dev.transload.mq.RetryPolicy;
import java.time.Duration;

/**
 * How patient the shop is.
 *
 * @param orders how an order is tried again
 * @param mails how an e-mail is tried again
 * @param reminder how long after an order its reminder is sent
 */
record Pace(RetryPolicy orders, RetryPolicy mails, Duration reminder) {

    /** As in production: an e-mail is tried seven times within 24 hours. */
    static final Pace PATIENT = new Pace(
            RetryPolicy.exponential(3, Duration.ofSeconds(1)),
            RetryPolicy.delays(
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(10),
                    Duration.ofHours(1),
                    Duration.ofHours(6),
                    Duration.ofHours(8),
                    Duration.ofMinutes(8 * 60 + 49)),
            Duration.ofHours(2));

    /** For those who watch. */
    static final Pace QUICK = new Pace(
            RetryPolicy.fixed(3, Duration.ofMillis(300)),
            RetryPolicy.fixed(3, Duration.ofMillis(300)),
            Duration.ofSeconds(1));
}

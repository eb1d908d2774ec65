package dev.transload.mq.spi;

/** Names that Transload writes on the envelope, see {@code docs/wire-format.md}. */
public final class Annotations {

    /** What every such name starts with. */
    public static final String PREFIX = "mq-";

    /** Number of the next handling, from 1; absent on the first. */
    public static final String ATTEMPT = "mq-attempt";

    /** Time of the send in milliseconds, where the broker's own stamp is coarser. */
    public static final String TIMESTAMP = "mq-timestamp";

    /** Message id, where the broker has no field for it. */
    public static final String ID = "mq-id";

    /** Key, where the broker has no field for it. */
    public static final String KEY = "mq-key";

    /** Type, where the broker has no field for it. */
    public static final String TYPE = "mq-type";

    /** Content type, where the broker has no field for it. */
    public static final String CONTENT_TYPE = "mq-content-type";

    /** Correlation id, where the broker has no field for it. */
    public static final String CORRELATION_ID = "mq-correlation-id";

    /** Reply address, where the broker has no field for it. */
    public static final String REPLY_TO = "mq-reply-to";

    /** Priority, where the broker has no field for it. */
    public static final String PRIORITY = "mq-priority";

    /** Time to live in milliseconds from the timestamp. */
    public static final String TTL = "mq-ttl";

    /** How long a message waits where it is, in milliseconds from when the broker stored it. */
    public static final String DELAY = "mq-delay";

    /** How long a message on a delay lane or relay waits in all, in milliseconds from the same time. */
    public static final String DELAY_TOTAL = "mq-delay-total";

    /** When that wait began by the clock of who sent the message there, for brokers that do not tell when they stored. */
    public static final String DELAY_SINCE = "mq-delay-since";

    /** Where a message on a delay lane or relay goes next. */
    public static final String TO = "mq-to";

    /** Queue or topic the message was sent to, when it is elsewhere now. */
    public static final String DESTINATION = "mq-destination";

    /** Deliveries without outcome before the message was moved to run alone. */
    public static final String CRASHES = "mq-crashes";

    /** When the message failed first, in milliseconds since 1970. */
    public static final String FIRST_FAILURE = "mq-first-failure";

    /** How often the message was redriven. */
    public static final String REDRIVES = "mq-redrives";

    /** Set on a redriven message that is handled even if it is known as done. */
    public static final String FORCE = "mq-force";

    /** What every name of a failure record starts with, on dead letters only. */
    public static final String FAILURE_PREFIX = "mq-failure-";

    /** Type of the exception, on a reply that carries a failure. */
    public static final String ERROR_TYPE = "mq-error-type";

    /** Text of the exception, on a reply that carries a failure. */
    public static final String ERROR_MESSAGE = "mq-error-message";

    private Annotations() {}
}

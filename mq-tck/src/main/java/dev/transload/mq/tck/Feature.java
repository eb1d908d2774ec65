package dev.transload.mq.tck;

/** A row of the compatibility matrix. Those with a name in {@code explain()} may be refused by a broker. */
enum Feature {
    ENVELOPE("envelope", "Payload, headers and properties arrive byte for byte"),
    SEND("send", "A send returns when the broker has the message"),
    QUEUE("queues", "Work queue: competing consumers"),
    TOPIC("topics", "Topic with durable groups"),
    EPHEMERAL("ephemeral groups", "Ephemeral groups"),
    ORDERED("ordered by key", "Order by key, during retries too"),
    SETTLE("leases", "Ack, retry, dead-letter, discard; manual settling"),
    RETRY("retry", "Retries with backoff"),
    DEAD_LETTERS("dead letters", "Dead letters with a failure record"),
    REDRIVE("redrive", "Browse, redrive and discard of dead letters"),
    DELAY("delay", "Delayed messages"),
    TTL("ttl", "Time to live"),
    PRIORITY("priority", "Priorities"),
    REQUEST_REPLY("request/reply", "Request and reply"),
    IDEMPOTENCY("idempotency", "Idempotent handling"),
    REPLAY("replay", "Replay of retained topics"),
    PATTERN("topic patterns", "Topic patterns"),
    HEADER_FILTER("header filters", "Header filters"),
    LIFECYCLE("lifecycle", "Pause, drain and close"),
    ADMIN("depth", "Exists, depth, purge, delete"),
    LIMITS("limits", "Limits, checked before anything is sent"),
    SECURITY("security", "No secret in any text; bad input is refused by name"),
    REFUSALS("refusals", "What a broker cannot do is refused at once, and says so");

    private final String explained;
    private final String title;

    Feature(String explained, String title) {
        this.explained = explained;
        this.title = title;
    }

    /** Its name in {@code explain()}. */
    String explained() {
        return explained;
    }

    /** Whether {@code explain()} has a row of that name; the rest is the same on every broker. */
    boolean hasRow() {
        return switch (this) {
            case ENVELOPE, SEND, LIFECYCLE, LIMITS, SECURITY, REFUSALS -> false;
            default -> true;
        };
    }

    /** What people read in the matrix. */
    String title() {
        return title;
    }
}

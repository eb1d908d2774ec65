package dev.transload.mq;

import static java.util.Objects.requireNonNull;

/**
 * One message of a batch.
 *
 * @param payload what is sent
 * @param options how
 * @param <T> type of the payload
 */
public record Outbound<T>(T payload, SendOptions options) {

    public Outbound {
        requireNonNull(payload, "payload");
        requireNonNull(options, "options");
    }

    /** A payload without options. */
    public static <T> Outbound<T> of(T payload) {
        return new Outbound<>(payload, SendOptions.none());
    }
}

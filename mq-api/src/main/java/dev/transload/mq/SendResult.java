package dev.transload.mq;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of one message of a batch.
 *
 * @param id id of the message
 * @param error why it was not sent, or null if the broker has it
 */
public record SendResult(String id, @Nullable MessagingException error) {

    /** Whether the broker has the message. */
    public boolean sent() {
        return error == null;
    }

    /** Why it was not sent. */
    public Optional<MessagingException> failure() {
        return Optional.ofNullable(error);
    }
}

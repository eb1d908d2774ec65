package dev.transload.mq;

/**
 * A message that was set aside.
 *
 * @param message the original: bytes, headers, id and key
 * @param failure why it is here
 */
public record DeadLetter(Message message, Failure failure) {

    /** Identity of the message. */
    public String id() {
        return message.id();
    }
}

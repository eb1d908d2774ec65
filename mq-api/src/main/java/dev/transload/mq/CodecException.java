package dev.transload.mq;

import org.jspecify.annotations.Nullable;

/** A payload could not be encoded or decoded. The text never contains the payload. */
public final class CodecException extends MessagingException {

    private static final long serialVersionUID = 1L;

    public CodecException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

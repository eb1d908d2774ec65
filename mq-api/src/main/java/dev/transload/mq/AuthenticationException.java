package dev.transload.mq;

import org.jspecify.annotations.Nullable;

/** The broker refused the credentials or the permission. Another try meets the same refusal. */
public final class AuthenticationException extends MessagingException {

    private static final long serialVersionUID = 1L;

    public AuthenticationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

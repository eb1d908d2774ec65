package dev.transload.mq;

import org.jspecify.annotations.Nullable;

/** The connected broker cannot do what was asked, natively or by emulation. Thrown before any I/O. */
public final class UnsupportedCapabilityException extends MessagingException {

    private static final long serialVersionUID = 1L;

    public UnsupportedCapabilityException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

package dev.transload.mq;

import org.jspecify.annotations.Nullable;

/** The handler of a request failed on the other side. Only names and text cross the wire, no classes are loaded. */
public final class RemoteHandlerException extends MessagingException {

    private static final long serialVersionUID = 1L;

    private final String remoteType;
    private final @Nullable String remoteMessage;

    public RemoteHandlerException(String destination, String remoteType, @Nullable String remoteMessage) {
        super("handler of " + destination + " failed: " + remoteType + suffix(remoteMessage), null);
        this.remoteType = remoteType;
        this.remoteMessage = remoteMessage;
    }

    private static String suffix(@Nullable String message) {
        return message == null ? "" : ": " + message;
    }

    /** Class name of the exception the handler threw. */
    public String remoteType() {
        return remoteType;
    }

    /** Text of the exception the handler threw, perhaps shortened, or null. */
    public @Nullable String remoteMessage() {
        return remoteMessage;
    }
}

package dev.transload.mq;

/** Too many sends are outstanding and the client is configured to fail instead of waiting. Nothing was sent. */
public final class BackpressureException extends MessagingException {

    private static final long serialVersionUID = 1L;

    public BackpressureException(String destination, int maxOutstanding) {
        super("send to " + destination + " refused: " + maxOutstanding + " sends are outstanding, the bound", null);
    }

    @Override
    public boolean retryable() {
        return true;
    }
}

package dev.transload.mq;

/** A message is larger than the connected broker takes. Thrown before anything is sent. */
public final class MessageTooLargeException extends MessagingException {

    private static final long serialVersionUID = 1L;

    private final long size;
    private final long limit;

    /**
     * @param part what is too large, such as {@code payload} or {@code headers}
     * @param size its size in bytes
     * @param limit the most that fits, in bytes
     */
    public MessageTooLargeException(String destination, String part, long size, long limit) {
        super(part + " of a message to " + destination + " has " + size + " bytes, the limit is " + limit, null);
        this.size = size;
        this.limit = limit;
    }

    /** Size found, in bytes. */
    public long size() {
        return size;
    }

    /** Largest size accepted, in bytes. */
    public long limit() {
        return limit;
    }
}

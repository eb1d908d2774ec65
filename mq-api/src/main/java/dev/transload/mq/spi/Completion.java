package dev.transload.mq.spi;

/**
 * Told once how an operation ended. A callback instead of a future, so that an operation costs no object of its own.
 *
 * <p>Called on any thread of the transport, perhaps within the call that started the operation; never blocks, never
 * throws.
 */
public interface Completion {

    /** Does nothing. */
    Completion IGNORED = new Completion() {
        @Override
        public void done() {}

        @Override
        public void failed(Throwable cause) {}
    };

    /** The broker has it. */
    void done();

    /** It failed, with a {@link dev.transload.mq.MessagingException} wherever one fits. */
    void failed(Throwable cause);
}

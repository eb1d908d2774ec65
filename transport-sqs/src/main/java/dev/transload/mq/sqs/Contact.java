package dev.transload.mq.sqs;

/**
 * Takes notice of whether the service answers. HTTP has no connection that could be lost, so requests that get no answer
 * stand for one.
 *
 * <p>Called on the worker, but for {@link #isUp}.
 */
interface Contact {

    /** Takes no notice, and believes that the service answers. */
    Contact NONE = new Contact() {
        @Override
        public void answered() {}

        @Override
        public void unanswered(Throwable cause) {}

        @Override
        public boolean isUp() {
            return true;
        }
    };

    /** An answer came. */
    void answered();

    /** None came. */
    void unanswered(Throwable cause);

    /** Whether the service is believed to answer. On any thread. */
    boolean isUp();
}

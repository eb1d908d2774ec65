package dev.transload.mq.tck;

/** What handlers of the kit throw. */
final class Boom extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Boom(String message) {
        super(message);
    }
}

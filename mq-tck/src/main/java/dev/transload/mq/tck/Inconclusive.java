package dev.transload.mq.tck;

/** A case could not show its rule: what it relies on did not happen, such as a fault that had no effect. */
final class Inconclusive extends AssertionError {
    private static final long serialVersionUID = 1L;

    Inconclusive(String message) {
        super(message);
    }
}

package dev.transload.mq.tck;

/** A feature works that the product says it refuses. */
final class Undeclared extends AssertionError {
    private static final long serialVersionUID = 1L;

    Undeclared(String message) {
        super(message);
    }
}

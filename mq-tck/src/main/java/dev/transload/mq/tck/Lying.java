package dev.transload.mq.tck;

import org.jspecify.annotations.Nullable;

/** The product says one thing of a feature and does another: refuses what it declares, or refuses badly what it does not. */
final class Lying extends AssertionError {
    private static final long serialVersionUID = 1L;

    Lying(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

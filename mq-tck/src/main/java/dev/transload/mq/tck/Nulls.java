package dev.transload.mq.tck;

import org.jspecify.annotations.NullUnmarked;

/** Hands null to what must refuse it. */
@NullUnmarked
final class Nulls {

    private Nulls() {}

    /** Null, of whatever type is wanted. */
    @SuppressWarnings("TypeParameterUnusedInFormals") // null is of every type
    static <T> T of() {
        return null;
    }
}

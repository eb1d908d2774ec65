package dev.transload.mq.tck;

import java.util.List;

/**
 * One thing in a history that may not be.
 *
 * @param invariant what it breaks
 * @param blamed the message, or whatever else the invariant is about, that is to be looked at first
 * @param text what happened
 * @param slice the events that show it, at most {@link #SLICE}
 */
record Violation(Invariant invariant, String blamed, String text, List<HistoryEvent> slice) {

    /** Most events that are shown. */
    static final int SLICE = 20;

    Violation {
        slice = List.copyOf(slice);
    }

    @Override
    public String toString() {
        return invariant + ": " + text;
    }
}

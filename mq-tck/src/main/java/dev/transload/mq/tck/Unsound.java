package dev.transload.mq.tck;

/** A history holds what may not happen; the text shows it. */
final class Unsound extends AssertionError {
    private static final long serialVersionUID = 1L;

    Unsound(Verdict verdict) {
        super("the history is not sound: " + verdict.violations().size() + " violations\n" + verdict.report());
    }
}

package dev.transload.mq.tck;

import java.util.List;

/**
 * What the checker says of a history.
 *
 * @param violations what may not be, the earliest first
 * @param inconclusive why the history shows nothing even if it is sound
 * @param measures numbers of each source that was judged
 */
record Verdict(List<Violation> violations, List<String> inconclusive, List<Measures> measures) {

    Verdict {
        violations = List.copyOf(violations);
        inconclusive = List.copyOf(inconclusive);
        measures = List.copyOf(measures);
    }

    /** Whether nothing is wrong with it. */
    boolean sound() {
        return violations.isEmpty();
    }

    /** Whether it is sound and shows something. */
    boolean conclusive() {
        return sound() && inconclusive.isEmpty();
    }

    /** All of it for people: for each violation what is required, what happened, and the events that show it. */
    String report() {
        StringBuilder text = new StringBuilder();
        for (Violation violation : violations) {
            text.append("required: ").append(violation.invariant()).append(", ");
            text.append(violation.invariant().rule()).append('\n');
            text.append("happened: ").append(violation.text()).append('\n');
            violation.slice().forEach(event -> text.append("  ").append(event).append('\n'));
        }
        inconclusive.forEach(
                reason -> text.append("shows nothing: ").append(reason).append('\n'));
        measures.forEach(each -> text.append("in numbers: ").append(each).append('\n'));
        return text.toString();
    }
}

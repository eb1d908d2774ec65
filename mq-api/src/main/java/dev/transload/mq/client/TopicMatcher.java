package dev.transload.mq.client;

/** Matches topic names against a pattern: {@code *} is one segment, {@code #} at the end any number. Immutable. */
final class TopicMatcher {

    private final String[] segments;
    private final boolean open;

    TopicMatcher(String pattern) {
        String[] all = pattern.split("\\.", -1);
        this.open = all[all.length - 1].equals("#");
        this.segments = open ? java.util.Arrays.copyOf(all, all.length - 1) : all;
    }

    /** Whether the name matches. */
    boolean matches(String name) {
        String[] given = name.split("\\.", -1);
        if (given.length < segments.length || (!open && given.length > segments.length)) {
            return false;
        }
        for (int i = 0; i < segments.length; i++) {
            if (!segments[i].equals("*") && !segments[i].equals(given[i])) {
                return false;
            }
        }
        return true;
    }
}

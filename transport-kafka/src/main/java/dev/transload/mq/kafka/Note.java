package dev.transload.mq.kafka;

/**
 * What is known of a message that is not done, beyond its offset.
 *
 * @param failures handler calls that failed
 * @param crashes handler calls that began and never ended
 * @param running whether a handler had begun when this was written
 */
record Note(int failures, int crashes, boolean running) {

    /** Nothing has happened yet. */
    static final Note NONE = new Note(0, 0, false);

    private static final Note FIRST_RUN = new Note(0, 0, true);

    /** Highest number that is told apart. */
    static final int MOST = 100_000;

    Note {
        failures = Math.max(0, Math.min(failures, MOST));
        crashes = Math.max(0, Math.min(crashes, MOST));
    }

    boolean isNone() {
        return failures == 0 && crashes == 0 && !running;
    }

    /**
     * The same after its owner died. The first crash under suspicion stands for one that went unseen, too: if there was
     * none, that is one too many. Until then it is one too few if there was one.
     */
    Note afterCrash(boolean suspected) {
        return running ? new Note(failures, crashes + (suspected && crashes == 0 ? 2 : 1), false) : this;
    }

    /** The same with a handler call that began and was given up. */
    Note cutShort() {
        return new Note(failures, crashes + 1, false);
    }

    Note withRunning(boolean yes) {
        if (yes == running) {
            return this;
        }
        return failures == 0 && crashes == 0 ? yes ? FIRST_RUN : NONE : new Note(failures, crashes, yes);
    }

    Note withFailures(int count) {
        return new Note(count, crashes, false);
    }
}

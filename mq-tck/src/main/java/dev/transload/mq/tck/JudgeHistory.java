package dev.transload.mq.tck;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/**
 * Judges a stored history again: that of a case that failed is under {@code target/mq-tck/histories}. For those who
 * look for the reason, or who have changed the checker.
 */
public final class JudgeHistory {

    private JudgeHistory() {}

    /**
     * Judges one file.
     *
     * @return what there is to say of it: nothing wrong, or what is required, what happened, and the events that show it
     */
    public static String judge(Path history) {
        HistoryFile file = HistoryFile.read(requireNonNull(history, "history"));
        Verdict verdict = HistoryChecker.check(file.events(), file.judges());
        String what = verdict.conclusive() ? "sound" : verdict.sound() ? "sound, and shows nothing" : "not sound";
        if (file.judges().isEmpty()) {
            what = "held against nothing";
        }
        return file.name() + ", seed " + file.seed() + ": " + file.events().size() + " events, " + what + "\n"
                + verdict.report();
    }

    /**
     * Judges files.
     *
     * @param files histories
     * @throws AssertionError if any of them is not sound; the text says what all of them are
     */
    public static void main(String... files) {
        StringBuilder all = new StringBuilder();
        boolean sound = true;
        for (String file : files) {
            String said = judge(Path.of(file));
            sound &= !said.contains("not sound");
            all.append(said);
        }
        if (!sound || files.length == 0) {
            throw new AssertionError(files.length == 0 ? "name at least one history" : all.toString());
        }
    }
}

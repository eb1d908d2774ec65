package dev.transload.mq.tck;

import java.util.List;

/** Carries all that a person needs who looks at a case that did not pass. */
final class CaseFailed extends AssertionError {
    private static final long serialVersionUID = 1L;

    CaseFailed(
            TckCase tckCase,
            CaseResult.Status status,
            Throwable thrown,
            List<String> history,
            String stored,
            long seed) {
        super(text(tckCase, status, thrown, history, stored, seed), thrown);
        setStackTrace(thrown.getStackTrace());
    }

    private static String text(
            TckCase tckCase,
            CaseResult.Status status,
            Throwable thrown,
            List<String> history,
            String stored,
            long seed) {
        StringBuilder text = new StringBuilder();
        text.append(tckCase.id()).append(' ').append(status).append('\n');
        text.append("required:    ").append(tckCase.value()).append('\n');
        text.append("happened:    ").append(what(thrown)).append('\n');
        if (!tckCase.check().isEmpty()) {
            text.append("check first: ").append(tckCase.check()).append('\n');
        }
        text.append("again with:  -D").append(TckSettings.SEED).append('=').append(seed);
        if (!stored.isEmpty()) {
            text.append("\nall of it:   ").append(stored);
        }
        if (!history.isEmpty()) {
            text.append("\nwhat happened last:\n").append(String.join("\n", history));
        }
        return text.toString();
    }

    private static String what(Throwable thrown) {
        StringBuilder text = new StringBuilder(one(thrown));
        Throwable cause = thrown.getCause();
        for (int i = 0; cause != null && i < 3; i++) {
            if (!text.toString().contains(one(cause))) {
                text.append("\n             because ").append(one(cause));
            }
            cause = cause.getCause();
        }
        return text.toString();
    }

    private static String one(Throwable thrown) {
        String message = thrown.getMessage();
        return thrown instanceof AssertionError && message != null ? message.strip() : thrown.toString();
    }
}

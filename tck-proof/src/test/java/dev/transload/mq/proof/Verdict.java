package dev.transload.mq.proof;

/**
 * What one case made of one mutant.
 *
 * @param caseId of the case
 * @param end how it ended
 * @param why text of the failure, empty if there was none
 * @param millis how long it took
 */
record Verdict(String caseId, End end, String why, long millis) {

    enum End {
        /** The case failed, as it should. */
        KILLED,
        /** The case passed. */
        SURVIVED,
        /** The case was not run, or showed a refusal instead. */
        NOT_RUN,
        /** The case fell over something that is not the rule it checks. */
        STUMBLED
    }

    /** Whether a failure says something about the product, rather than about the kit or this proof. */
    static End of(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof LinkageError || each instanceof VirtualMachineError) {
                return End.STUMBLED;
            }
        }
        Throwable first =
                failure instanceof AssertionError && failure.getCause() != null ? failure.getCause() : failure;
        if (first instanceof NullPointerException
                || first instanceof IndexOutOfBoundsException
                || first instanceof ClassCastException
                || first instanceof java.util.NoSuchElementException) {
            return End.STUMBLED;
        }
        String text = String.valueOf(first.getMessage());
        return first instanceof IllegalStateException && text.startsWith("provider ") ? End.STUMBLED : End.KILLED;
    }
}

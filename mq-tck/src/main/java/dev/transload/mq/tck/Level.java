package dev.transload.mq.tck;

import java.util.Collection;
import java.util.List;

/**
 * How far a transport has come on one broker.
 *
 * @param name {@code NONE}, {@code CORE} or {@code RELIABLE}
 * @param note why it is not the next one; empty for the highest
 */
record Level(String name, String note) {

    private static final String NONE = "NONE";
    private static final String CORE = "CORE";
    private static final String RELIABLE = "RELIABLE";

    /**
     * Judges the rows of a certificate. CORE: nothing failed, and every case of the tiers T0 and T1 was shown or properly
     * refused. RELIABLE: those of T2 too, on a real broker.
     */
    static Level of(BrokerKind kind, Collection<CaseResult> rows) {
        List<String> failed = ids(rows, row -> row.status().failed());
        if (!failed.isEmpty()) {
            return new Level(NONE, "failed: " + some(failed));
        }
        List<String> missing = ids(rows, row -> !row.tier().equals("T2") && required(row) && open(row));
        if (!missing.isEmpty()) {
            return new Level(NONE, "not shown: " + some(missing));
        }
        if (kind != BrokerKind.REAL && kind != BrokerKind.LOCAL) {
            return new Level(CORE, "the broker is not a real one, but " + kind);
        }
        List<String> faults = ids(rows, row -> row.tier().equals("T2") && required(row) && open(row));
        return faults.isEmpty() ? new Level(RELIABLE, "") : new Level(CORE, "not shown: " + some(faults));
    }

    // Rows that no case exists for carry no feature; they are the kit's debt, not the transport's.
    private static boolean required(CaseResult row) {
        return !row.proves().isEmpty() && !row.tier().equals("T3");
    }

    private static boolean open(CaseResult row) {
        return row.status() == CaseResult.Status.NOT_RUN || row.status() == CaseResult.Status.INCONCLUSIVE;
    }

    private static List<String> ids(Collection<CaseResult> rows, java.util.function.Predicate<CaseResult> which) {
        return rows.stream().filter(which).map(CaseResult::id).toList();
    }

    private static String some(List<String> ids) {
        return ids.size() <= 5
                ? String.join(", ", ids)
                : String.join(", ", ids.subList(0, 5)) + " and " + (ids.size() - 5) + " more";
    }
}

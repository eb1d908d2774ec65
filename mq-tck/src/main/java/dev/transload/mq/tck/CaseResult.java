package dev.transload.mq.tck;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * How one case ended.
 *
 * @param id of the case
 * @param rule what it shows
 * @param group heading it stands under
 * @param tier when it is run
 * @param proves names of features it proves
 * @param status how it ended
 * @param why text of the failure, or why it was not run; empty if there is nothing to say
 * @param millis how long it took
 * @param evidence deliveries and refusals it saw
 */
record CaseResult(
        String id,
        String rule,
        String group,
        String tier,
        List<String> proves,
        Status status,
        String why,
        long millis,
        int evidence) {

    CaseResult {
        proves = List.copyOf(proves);
    }

    /** A rule that no case of this run was about. */
    static CaseResult without(Catalogue.Entry entry, Map<String, CaseResult> results) {
        Status status = switch (entry.fate()) {
            case CASE, PLANNED -> Status.NOT_RUN;
            case COVERED -> covered(entry, results);
            case STORE_KIT, SELF_TEST, ELSEWHERE -> Status.ELSEWHERE;
            case NOT_APPLICABLE -> Status.NOT_APPLICABLE;
        };
        String why = switch (entry.fate()) {
            case CASE -> "not a part of this run";
            case COVERED -> "by " + entry.detail();
            case STORE_KIT -> "IdempotencyStoreTck." + entry.detail();
            case PLANNED -> "no case yet";
            case SELF_TEST, ELSEWHERE, NOT_APPLICABLE -> entry.detail();
        };
        Method method = CaseMethods.methods().get(entry.id());
        List<String> proves = method == null
                ? List.of()
                : Arrays.stream(CaseMethods.of(method).proves()).map(Enum::name).toList();
        return new CaseResult(entry.id(), entry.rule(), entry.group(), entry.tier(), proves, status, why, 0, 0);
    }

    // As bad as the worst of those that cover it.
    private static Status covered(Catalogue.Entry entry, Map<String, CaseResult> results) {
        List<Status> by = Arrays.stream(entry.detail().split(", ", -1))
                .map(id -> results.containsKey(id) ? results.get(id).status() : Status.NOT_RUN)
                .toList();
        return by.stream().filter(status -> !status.passed()).findFirst().orElse(by.get(0));
    }

    /** How a case can end. */
    enum Status {
        /** The rule held. */
        PASS("✔"),
        /** The rule held, and Transload does what it is about on top of what the broker has. */
        PASS_EMULATED("✔ᵉ"),
        /** The broker refuses what the rule is about, and does so properly. */
        REFUSED("–"),
        /** Cannot be shown on this kind of broker; a fixed list in the kit. */
        UNTESTABLE("∅"),
        /** The rule did not hold. */
        FAIL("✘"),
        /** What the product says it refuses works. */
        FAIL_UNDECLARED("✘"),
        /** The product refuses what it declares, or refuses improperly what it does not. */
        FAIL_LYING("✘"),
        /** Not among the tiers asked for, or nothing there to run it on. */
        NOT_RUN("○"),
        /** Nothing was shown: what the case relies on did not happen. */
        INCONCLUSIVE("?"),
        /** No case: shown by another kit, or by the tests of this one. */
        ELSEWHERE("·"),
        /** No case: the API has no such thing. */
        NOT_APPLICABLE("·");

        private final String mark;

        Status(String mark) {
            this.mark = mark;
        }

        /** One character for tables. */
        String mark() {
            return mark;
        }

        boolean failed() {
            return this == FAIL || this == FAIL_UNDECLARED || this == FAIL_LYING;
        }

        boolean passed() {
            return this == PASS || this == PASS_EMULATED;
        }
    }
}

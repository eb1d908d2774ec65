package dev.transload.mq.tck;

import java.util.List;

/**
 * How one case ended.
 *
 * @param id of the case
 * @param rule what it shows
 * @param group heading it stands under
 * @param proves names of features it proves
 * @param status how it ended
 * @param why text of the failure, empty if there was none
 * @param millis how long it took
 * @param evidence deliveries and refusals it saw
 */
record CaseResult(
        String id,
        String rule,
        String group,
        List<String> proves,
        Status status,
        String why,
        long millis,
        int evidence) {

    CaseResult {
        proves = List.copyOf(proves);
    }

    /** How a case can end. */
    enum Status {
        /** The rule held. */
        PASS,
        /** The broker refuses what the rule is about, and does so properly. */
        REFUSED,
        /** Cannot be shown on this kind of broker; a fixed list in the kit. */
        UNTESTABLE,
        /** The rule did not hold. */
        FAIL,
        /** Not among the tiers asked for, or nothing there to break the broker with. */
        NOT_RUN,
        /** Nothing was shown: what the case relies on did not happen. */
        INCONCLUSIVE
    }
}

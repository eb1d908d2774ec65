package dev.transload.mq.tck;

import dev.transload.mq.Explanation;
import dev.transload.mq.tck.CaseResult.Status;
import java.util.List;
import java.util.Locale;

/**
 * What one certificate says of one feature.
 *
 * @param who {@code native}, {@code emulated}, {@code refused}, or {@code by Transload} where the broker is not asked
 * @param mark whether it is proven
 * @param how in a sentence, empty if the product has none
 */
record FeatureCell(String who, String mark, String how) {

    static FeatureCell of(Certificate certificate, Feature feature) {
        Explanation.Feature row = certificate.features().stream()
                .filter(each -> each.name().equals(feature.explained()))
                .findFirst()
                .orElse(null);
        String who = row == null ? "by Transload" : row.support().name().toLowerCase(Locale.ROOT);
        return new FeatureCell(who, mark(certificate.proofs(feature)), row == null ? "" : row.how());
    }

    // Cases that were not asked for say nothing; a refusal is proven by refusals alone.
    private static String mark(List<CaseResult> proofs) {
        List<Status> statuses = proofs.stream()
                .map(CaseResult::status)
                .filter(status -> status != Status.NOT_RUN)
                .toList();
        if (statuses.isEmpty()) {
            return Status.NOT_RUN.mark();
        }
        if (statuses.stream().anyMatch(Status::failed)) {
            return Status.FAIL.mark();
        }
        if (statuses.contains(Status.INCONCLUSIVE)) {
            return Status.INCONCLUSIVE.mark();
        }
        return statuses.stream().anyMatch(Status::passed) ? Status.PASS.mark() : Status.REFUSED.mark();
    }
}

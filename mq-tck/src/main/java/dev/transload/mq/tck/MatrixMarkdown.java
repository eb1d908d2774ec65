package dev.transload.mq.tck;

import dev.transload.mq.Explanation;
import dev.transload.mq.tck.CaseResult.Status;
import dev.transload.mq.tck.Catalogue.Fate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The compatibility matrix in Markdown. */
final class MatrixMarkdown {

    private final List<Certificate> certificates;
    private final Catalogue catalogue;
    private final StringBuilder text = new StringBuilder();

    MatrixMarkdown(List<Certificate> certificates, Catalogue catalogue) {
        this.certificates = certificates;
        this.catalogue = catalogue;
    }

    String text() {
        text.setLength(0);
        intro();
        features();
        how();
        limits();
        brokers();
        notes();
        cases();
        return text.toString();
    }

    private void intro() {
        text.append("# Compatibility\n\n")
                .append(
                        "Written by the [conformance kit](tck.md) from its own runs; `bin/verify` fails when it is out of")
                .append(" date.\n\n")
                .append("- **native**: the broker does it; **emulated**: Transload does it on top of what the broker")
                .append(" has; **by Transload**: the same code on every broker.\n")
                .append("- **refused**: the broker cannot. Asking for it fails at once, before anything is sent, which")
                .append(" the kit has checked in every form of the API.\n")
                .append(
                        "- ✔ held; ✔ᵉ held, by emulation; – refusal verified; ∅ cannot be shown on this kind of broker;")
                .append(" ✘ failed; ? inconclusive; ○ not run.\n\n");
    }

    private void features() {
        text.append("## Features\n\n");
        header("feature", "proven by");
        for (Feature feature : Feature.values()) {
            text.append("| ").append(feature.title());
            for (Certificate certificate : certificates) {
                FeatureCell cell = FeatureCell.of(certificate, feature);
                text.append(" | ").append(cell.who()).append(' ').append(cell.mark());
            }
            text.append(" | ").append(ids(feature)).append(" |\n");
        }
    }

    private String ids(Feature feature) {
        return IdList.of(certificates.stream()
                .flatMap(certificate -> certificate.proofs(feature).stream())
                .map(CaseResult::id)
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    private void how() {
        text.append("\n## How\n\n").append("| feature | where | how |\n|---|---|---|\n");
        for (Feature feature : Feature.values()) {
            Map<String, List<String>> byText = new LinkedHashMap<>();
            for (Certificate certificate : certificates) {
                FeatureCell cell = FeatureCell.of(certificate, feature);
                if (!cell.how().isEmpty()) {
                    byText.computeIfAbsent(cell.who() + ": " + cell.how(), sentence -> new ArrayList<>())
                            .add(certificate.provider());
                }
            }
            byText.forEach((sentence, where) -> text.append("| ")
                    .append(feature.title())
                    .append(" | ")
                    .append(where.size() == certificates.size() ? "everywhere" : String.join(", ", where))
                    .append(" | ")
                    .append(Markdown.line(sentence))
                    .append(" |\n"));
        }
    }

    private void limits() {
        text.append("\n## Limits\n\n");
        header("limit", null);
        certificates.stream()
                .flatMap(certificate -> certificate.limits().stream())
                .map(Explanation.Limit::name)
                .distinct()
                .forEach(name -> {
                    text.append("| ").append(Markdown.line(name));
                    certificates.forEach(certificate -> text.append(" | ").append(limit(certificate, name)));
                    text.append(" |\n");
                });
    }

    private static String limit(Certificate certificate, String name) {
        return certificate.limits().stream()
                .filter(limit -> limit.name().equals(name))
                .map(limit -> Markdown.line(limit.value()))
                .findFirst()
                .orElse("");
    }

    private void brokers() {
        text.append("\n## Brokers\n\n");
        header("", null);
        row("broker", certificate -> Markdown.minor(certificate.broker().product()));
        row("kind", certificate -> switch (certificate.broker().kind()) {
            case REAL -> "real";
            case LOCAL -> "real, of one machine";
            case EMULATOR -> "emulator";
            case IN_PROCESS -> "in this process";
        });
        row("a confirmed send is", certificate -> certificate.broker().durability());
        row("level", certificate -> certificate.level().name());
        row("tiers", certificate -> String.join(", ", certificate.run().tiers()));
        row("passed", certificate -> "" + certificate.count(Status.PASS, Status.PASS_EMULATED));
        row("of these by emulation", certificate -> "" + certificate.count(Status.PASS_EMULATED));
        row("refusals verified", certificate -> "" + certificate.count(Status.REFUSED));
        row("cannot be shown here", certificate -> "" + certificate.count(Status.UNTESTABLE));
        row("failed or inconclusive", certificate -> {
            long bad = certificate.cases().stream()
                    .filter(each -> each.status().failed() || each.status() == Status.INCONCLUSIVE)
                    .count();
            return "" + bad;
        });
    }

    private void row(String name, Function<Certificate, String> value) {
        text.append("| ").append(name);
        certificates.forEach(certificate -> text.append(" | ").append(Markdown.line(value.apply(certificate))));
        text.append(" |\n");
    }

    private void notes() {
        text.append("\n## To be honest\n\n");
        long all = catalogue.entries().size();
        text.append("- Of the ")
                .append(all)
                .append(" rules in the [catalogue](tck.md) ")
                .append(count(Fate.CASE));
        text.append(" have a case, ").append(count(Fate.COVERED)).append(" are covered by cases of others, ");
        text.append(count(Fate.STORE_KIT)).append(" are in the kit for idempotency stores, ");
        text.append(count(Fate.SELF_TEST) + count(Fate.ELSEWHERE)).append(" are tests elsewhere, ");
        text.append(count(Fate.NOT_APPLICABLE)).append(" are about things that the API does not have, and ");
        text.append(count(Fate.PLANNED)).append(" have no case yet.\n");
        text.append("- CORE: nothing failed, and every case of the tiers T0 and T1 was shown or properly refused.")
                .append(" RELIABLE: those with faults (T2) too, which only a real broker can reach.\n");
        for (Certificate certificate : certificates) {
            if (!certificate.level().note().isEmpty()) {
                text.append("- ").append(certificate.provider()).append(" is ");
                text.append(certificate.level().name()).append(" and no more: ");
                text.append(Markdown.line(certificate.level().note())).append(".\n");
            }
            certificate
                    .broker()
                    .warnings()
                    .forEach(warning -> text.append("- ")
                            .append(certificate.provider())
                            .append(": ")
                            .append(Markdown.line(warning))
                            .append('\n'));
        }
    }

    private long count(Fate fate) {
        return catalogue.entries().stream()
                .filter(entry -> entry.fate() == fate)
                .count();
    }

    private void cases() {
        Map<String, List<CaseResult>> byGroup = new LinkedHashMap<>();
        certificates.get(0).cases().stream()
                .filter(this::isCase)
                .forEach(each -> byGroup.computeIfAbsent(group(each), group -> new ArrayList<>())
                        .add(each));
        byGroup.forEach((group, rows) -> {
            text.append("\n## ").append(group).append("\n\n");
            header("case | rule", null);
            rows.forEach(row -> {
                text.append("| ").append(row.id()).append(" | ").append(Markdown.line(row.rule()));
                certificates.forEach(certificate -> text.append(" | ").append(mark(certificate, row.id())));
                text.append(" |\n");
            });
        });
    }

    private boolean isCase(CaseResult row) {
        return catalogue.has(row.id()) && catalogue.get(row.id()).fate() == Fate.CASE;
    }

    private String group(CaseResult row) {
        return catalogue.get(row.id()).group();
    }

    private static String mark(Certificate certificate, String id) {
        return certificate.cases().stream()
                .filter(each -> each.id().equals(id))
                .map(each -> each.status().mark())
                .findFirst()
                .orElse(Status.NOT_RUN.mark());
    }

    private void header(String first, @org.jspecify.annotations.Nullable String last) {
        int columns = certificates.size() + (first.contains("|") ? 2 : 1) + (last == null ? 0 : 1);
        text.append("| ").append(first).append(" | ");
        text.append(certificates.stream().map(Certificate::provider).collect(Collectors.joining(" | ")));
        text.append(last == null ? "" : " | " + last);
        text.append(" |\n").append("|---".repeat(columns)).append("|\n");
    }
}

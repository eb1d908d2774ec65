package dev.transload.mq.tck;

import dev.transload.mq.Explanation;
import dev.transload.mq.tck.CaseResult.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The compatibility matrix as one page that needs no other file. */
final class MatrixHtml {

    private final List<Certificate> certificates;
    private final StringBuilder text = new StringBuilder();

    MatrixHtml(List<Certificate> certificates) {
        this.certificates = certificates;
    }

    String text() {
        text.setLength(0);
        text.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<title>Transload: compatibility</title>\n<style>\n")
                .append(style())
                .append("</style>\n</head>\n<body>\n<main>\n<h1>Compatibility</h1>\n")
                .append(
                        "<p>What Transload does on which broker, as the conformance kit has found it in its own runs.</p>\n");
        brokers();
        features();
        limits();
        cases();
        return text.append("</main>\n</body>\n</html>\n").toString();
    }

    private void brokers() {
        text.append("<div class=\"brokers\">\n");
        for (Certificate c : certificates) {
            text.append("<div class=\"broker\"><span class=\"level ")
                    .append(c.level().name())
                    .append("\" title=\"")
                    .append(escaped(c.level().note()))
                    .append("\">")
                    .append(c.level().name())
                    .append("</span><b>")
                    .append(escaped(c.provider()))
                    .append("</b>");
            paragraph(c.broker().product() + ", "
                    + c.broker()
                            .kind()
                            .name()
                            .toLowerCase(java.util.Locale.ROOT)
                            .replace('_', ' '));
            paragraph("a confirmed send is " + c.broker().durability());
            paragraph(CertificatePage.summary(c));
            c.broker().warnings().forEach(warning -> paragraph("⚠ " + warning));
            text.append("</div>\n");
        }
        text.append("</div>\n");
    }

    private void features() {
        text.append("<h2>Features</h2>\n<p><span class=\"chip native\">native</span> by the broker · ")
                .append("<span class=\"chip emulated\">emulated</span> by Transload on top of it · ")
                .append("<span class=\"chip by\">by Transload</span> the same everywhere · ")
                .append("<span class=\"chip refused\">refused</span> at once, which was checked. ")
                .append(
                        "Open a feature to see how, and by which cases it is proven.</p>\n<div class=\"scroll\"><table>\n");
        head("feature");
        for (Feature feature : Feature.values()) {
            text.append("<tr><td><details><summary>")
                    .append(escaped(feature.title()))
                    .append("</summary>");
            paragraph("proven by " + ids(feature));
            ways(feature).forEach((how, where) -> paragraph(String.join(", ", where) + ": " + how));
            text.append("</details></td>");
            for (Certificate c : certificates) {
                FeatureCell cell = FeatureCell.of(c, feature);
                String bad = cell.mark().equals(Status.FAIL.mark())
                        ? "bad"
                        : cell.who().split(" ", -1)[0];
                text.append("<td><span class=\"chip ").append(bad).append("\">");
                text.append(cell.who()).append(' ').append(cell.mark()).append("</span></td>");
            }
            text.append("</tr>\n");
        }
        text.append("</tbody></table></div>\n");
    }

    private String ids(Feature feature) {
        return IdList.of(certificates.stream()
                .flatMap(c -> c.proofs(feature).stream())
                .map(CaseResult::id)
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    private Map<String, List<String>> ways(Feature feature) {
        Map<String, List<String>> ways = new LinkedHashMap<>();
        for (Certificate c : certificates) {
            FeatureCell cell = FeatureCell.of(c, feature);
            if (!cell.how().isEmpty()) {
                ways.computeIfAbsent(cell.how(), how -> new ArrayList<>()).add(c.provider());
            }
        }
        return ways;
    }

    private void limits() {
        text.append("<h2>Limits</h2>\n<div class=\"scroll\"><table>\n");
        head("limit");
        certificates.stream()
                .flatMap(c -> c.limits().stream())
                .map(Explanation.Limit::name)
                .distinct()
                .forEach(name -> {
                    text.append("<tr><td>").append(escaped(name)).append("</td>");
                    certificates.forEach(c -> text.append("<td>")
                            .append(c.limits().stream()
                                    .filter(limit -> limit.name().equals(name))
                                    .map(limit -> escaped(limit.value()))
                                    .findFirst()
                                    .orElse(""))
                            .append("</td>"));
                    text.append("</tr>\n");
                });
        text.append("</tbody></table></div>\n");
    }

    private void cases() {
        text.append("<h2>Rules</h2>\n<p>✔ held · ✔ᵉ by emulation · – refusal verified · ∅ cannot be shown there · ")
                .append("✘ failed · ? inconclusive · ○ not run</p>\n<section>\n");
        Map<String, List<CaseResult>> byGroup = new LinkedHashMap<>();
        for (CaseResult row : certificates.get(0).cases()) {
            if (row.status() != Status.ELSEWHERE && row.status() != Status.NOT_APPLICABLE) {
                byGroup.computeIfAbsent(row.group(), group -> new ArrayList<>()).add(row);
            }
        }
        byGroup.forEach((group, rows) -> {
            text.append("<details><summary>")
                    .append(escaped(group))
                    .append(" (")
                    .append(rows.size());
            text.append(")</summary><div class=\"scroll\"><table class=\"narrow\">\n");
            head("rule");
            rows.forEach(this::row);
            text.append("</tbody></table></div></details>\n");
        });
        text.append("</section>\n");
    }

    private void row(CaseResult row) {
        text.append("<tr><td><span class=\"id\">").append(row.id()).append("</span> ");
        text.append(escaped(row.rule())).append("</td>");
        for (Certificate c : certificates) {
            CaseResult there = c.cases().stream()
                    .filter(each -> each.id().equals(row.id()))
                    .findFirst()
                    .orElse(row);
            text.append("<td><span class=\"mark ").append(there.status()).append("\" title=\"");
            text.append(there.status()).append(there.why().isEmpty() ? "" : ": " + escaped(there.why()));
            text.append("\">").append(there.status().mark()).append("</span></td>");
        }
        text.append("</tr>\n");
    }

    private void head(String first) {
        text.append("<thead><tr><th>").append(first).append("</th>");
        certificates.forEach(
                c -> text.append("<th>").append(escaped(c.provider())).append("</th>"));
        text.append("</tr></thead><tbody>\n");
    }

    private void paragraph(String words) {
        text.append("<p>").append(escaped(words)).append("</p>");
    }

    private static String escaped(String words) {
        return words.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static String style() {
        try (InputStream resource = MatrixHtml.class.getResourceAsStream("matrix.css")) {
            if (resource == null) {
                throw new IllegalStateException("matrix.css is missing beside " + MatrixHtml.class.getName());
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read matrix.css", e);
        }
    }
}

package dev.transload.mq.tck;

import dev.transload.mq.tck.CaseResult.Status;

/** A certificate for people, in Markdown. */
final class CertificatePage {

    private CertificatePage() {}

    static String of(Certificate c) {
        StringBuilder text = new StringBuilder();
        text.append("# ").append(c.provider()).append("\n\n");
        text.append("Level **").append(c.level().name()).append("**");
        text.append(c.level().note().isEmpty() ? "" : " (" + c.level().note() + ")")
                .append(". ");
        text.append(summary(c)).append("\n\n");
        text.append("| | |\n|---|---|\n");
        row(text, "broker", c.broker().product() + ", " + c.broker().kind());
        row(text, "image", c.broker().image());
        row(text, "a confirmed send", c.broker().durability());
        c.broker().warnings().forEach(warning -> row(text, "warning", warning));
        row(
                text,
                "run",
                c.run().started() + ", " + c.run().millis() / 1000 + " s, tiers "
                        + c.run().tiers());
        row(text, "machine", "Java " + c.run().java() + ", " + c.run().system());
        row(text, "seed", Long.toString(c.run().seed()));
        row(text, "time scale", Double.toString(c.run().timeScale()));
        row(text, "kit", c.kit() + ", catalogue " + c.catalogue());
        row(text, "transport", c.transport() + " " + c.code());
        row(text, "digest", c.digest());
        text.append("\n| rule | tier | what must hold | result |\n|---|---|---|---|\n");
        for (CaseResult each : c.cases()) {
            text.append("| ").append(each.id());
            text.append(" | ").append(each.tier());
            text.append(" | ").append(Markdown.cell(each.rule()));
            text.append(" | ").append(each.status().mark()).append(' ').append(each.status());
            text.append(each.why().isEmpty() ? "" : ": " + Markdown.cell(each.why()));
            text.append(" |\n");
        }
        return text.toString();
    }

    /** What a run came to, in a sentence. */
    static String summary(Certificate c) {
        long failed = c.cases().stream().filter(each -> each.status().failed()).count();
        return c.count(Status.PASS, Status.PASS_EMULATED) + " cases passed, " + c.count(Status.REFUSED)
                + " refusals verified, " + c.count(Status.UNTESTABLE) + " not testable here, " + failed + " failed, "
                + c.count(Status.INCONCLUSIVE) + " inconclusive, "
                + c.cases().stream()
                        .filter(each -> each.status() == Status.NOT_RUN
                                && !each.proves().isEmpty())
                        .count()
                + " not run.";
    }

    private static void row(StringBuilder text, String name, String value) {
        text.append("| ")
                .append(name)
                .append(" | ")
                .append(Markdown.cell(value))
                .append(" |\n");
    }
}

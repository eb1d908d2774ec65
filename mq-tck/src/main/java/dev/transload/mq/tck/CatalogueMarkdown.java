package dev.transload.mq.tck;

import dev.transload.mq.tck.Catalogue.Entry;
import dev.transload.mq.tck.Catalogue.Fate;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The catalogue of rules in Markdown, with how to run the kit and how to object to it. */
final class CatalogueMarkdown {

    private static final String INTRO = """
            # The conformance kit

            Every transport obeys the same rules, and `mq-tck` shows it: each rule below has an id that never changes its
            meaning, and what became of it. What the kit found on which broker is in [compatibility.md](compatibility.md).
            This page is written from the catalogue and the cases themselves.

            ## Running it

            | to | run |
            |---|---|
            | test a transport in its build | a class with `@RunMqTck` and `@ConfigurationParameter(key = "mqtck.provider", value = "…")`, see [writing a transport](writing-a-transport.md) |
            | test one from the command line | `bin/mq tck --provider com.acme.AcmeProvider --classpath acme.jar` |
            | run one case | `bin/mq tck --provider … --case ACK-04` |
            | run cases with faults too | `--tiers T0,T1,T2`, or `-Dmqtck.tiers=T0,T1,T2` in a build |
            | draw the same at random as an earlier run | `--seed N`, or `-Dmqtck.seed=N` |
            | make a certificate that counts | `--certificate`, or `-Dmqtck.certificate=true`: what was asked for and shows nothing fails the run |
            | check a certificate | `bin/mq tck --verify target/mq-tck/acme-3.2.json` |

            Tiers: **T0** runs everywhere, under a minute; **T1** puts load on a broker or waits, under five minutes; **T2**
            stops, kills and cuts, under fifteen; **T3** takes hours and is not a part of the kit.

            ## Endings

            | ending | meaning |
            |---|---|
            | `PASS` | the rule held, and the case saw something happen |
            | `PASS_EMULATED` | the same, and `explain()` says that Transload does it on top of what the broker has |
            | `REFUSED` | the broker has no such feature: every form of the API says so at once, with the right exception and no effect |
            | `UNTESTABLE` | cannot be shown on this kind of broker; a fixed list in the kit (`Verdicts`) |
            | `FAIL` | the rule did not hold |
            | `FAIL_UNDECLARED` | what `explain()` refuses works |
            | `FAIL_LYING` | what is declared is refused, or what is refused is refused badly |
            | `NOT_RUN` | not among the tiers asked for, or no broker or fault to be had |
            | `INCONCLUSIVE` | what the case relies on did not happen, such as a fault that had no effect |
            | `ELSEWHERE`, `NOT_APPLICABLE` | no case: see the rule below |

            ## Objecting to a case

            A case that asks for more than its rule says, or a rule that contradicts the design, is a defect of the kit. Open
            an issue with the id, the transport and its certificate, the history that the failure prints, and why it is
            right. Either the case is mended, or the rule becomes `n/a` here with the reason; ids are never used again for
            something else. Cases cannot be switched off by those who are tested.
            """;

    private final Catalogue catalogue;
    private final Map<String, Method> methods = CaseMethods.methods();

    CatalogueMarkdown(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    String text() {
        StringBuilder text = new StringBuilder(INTRO);
        text.append("\n## Rules\n\n| what became of it | rules | of priority 0 |\n|---|---|---|\n");
        for (Fate fate : Fate.values()) {
            text.append("| ").append(fate.word()).append(": ").append(meaning(fate));
            text.append(" | ")
                    .append(count(fate, 2))
                    .append(" | ")
                    .append(count(fate, 0))
                    .append(" |\n");
        }
        text.append(
                        "\nNeed: R where every transport must, by itself or by emulation; else the feature that a broker may")
                .append(" refuse, or the durability it has to have.\n");
        Map<String, List<Entry>> groups = new LinkedHashMap<>();
        catalogue
                .entries()
                .forEach(entry -> groups.computeIfAbsent(entry.group(), group -> new ArrayList<>())
                        .add(entry));
        groups.forEach((group, entries) -> {
            text.append("\n### ").append(group).append("\n\n");
            text.append("| id | priority | need | tier | rule | what became of it |\n|---|---|---|---|---|---|\n");
            entries.forEach(entry -> text.append("| ")
                    .append(String.join(
                            " | ",
                            entry.id(),
                            Integer.toString(entry.priority()),
                            entry.need(),
                            entry.tier(),
                            Markdown.line(entry.rule()),
                            fate(entry)))
                    .append(" |\n"));
        });
        return text.toString();
    }

    private String fate(Entry entry) {
        return switch (entry.fate()) {
            case CASE -> {
                Method method = methods.get(entry.id());
                yield method == null
                        ? "case"
                        : "`" + method.getDeclaringClass().getSimpleName() + "." + method.getName() + "`";
            }
            case COVERED -> "covered by " + entry.detail();
            case STORE_KIT -> "store kit: `IdempotencyStoreTck." + entry.detail() + "`";
            case SELF_TEST, ELSEWHERE -> entry.fate().word() + ": `" + entry.detail() + "`";
            case PLANNED -> "planned";
            case NOT_APPLICABLE -> "n/a: " + Markdown.line(entry.detail());
        };
    }

    private static String meaning(Fate fate) {
        return switch (fate) {
            case CASE -> "a case of this kit shows it";
            case COVERED -> "cases of other ids show it";
            case STORE_KIT -> "the kit for idempotency stores shows it";
            case SELF_TEST -> "it is about the kit, whose own tests show it";
            case ELSEWHERE -> "a test of another module shows it";
            case PLANNED -> "nothing shows it yet";
            case NOT_APPLICABLE -> "the API has no such thing";
        };
    }

    private long count(Fate fate, int lowest) {
        return catalogue.entries().stream()
                .filter(entry -> entry.fate() == fate && entry.priority() <= lowest)
                .count();
    }
}

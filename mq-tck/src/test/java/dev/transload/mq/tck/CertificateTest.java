package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.Explanation;
import dev.transload.mq.tck.CaseResult.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a certificate says, that it says all of it, and the pages made of it. */
class CertificateTest {

    private final Catalogue catalogue = Catalogue.load();

    @TempDir
    private Path folder;

    @Test
    void aCertificateIsReadAsItWasWritten() {
        Certificate written = certificate("acme-1.0", Status.PASS);
        written.write(folder);
        Path json = folder.resolve("acme-1.0.json");

        assertThat(Certificate.read(json)).isEqualTo(written);
        assertThat(MqTck.flaws(json)).isEmpty();
        assertThat(folder.resolve("acme-1.0.md"))
                .content(StandardCharsets.UTF_8)
                .contains(
                        "1 cases passed, 0 refusals verified, 0 not testable here, 0 failed",
                        "| seed | 7 |",
                        "| DLY-01 | T1 | never early");
    }

    @Test
    void everyRuleOfTheCatalogueIsInACertificateOnce() {
        List<String> ids = certificate("acme-1.0", Status.PASS).cases().stream()
                .map(CaseResult::id)
                .toList();

        assertThat(ids)
                .containsExactlyElementsOf(
                        catalogue.entries().stream().map(Catalogue.Entry::id).toList());
    }

    @Test
    void aRuleThatNoCaseIsAboutSaysWhy() {
        Certificate certificate = certificate("acme-1.0", Status.PASS);

        assertThat(certificate.cases())
                .filteredOn(each -> !each.id().equals("DLY-01"))
                .allSatisfy(each -> assertThat(each.why()).isNotEmpty());
    }

    @Test
    void aRuleThatOthersCoverIsAsBadAsTheWorstOfThem() {
        Catalogue.Entry entry = catalogue.entries().stream()
                .filter(each -> each.fate() == Catalogue.Fate.COVERED)
                .findFirst()
                .orElseThrow();
        String by = entry.detail().split(", ", -1)[0];

        assertThat(CaseResult.without(entry, java.util.Map.of(by, result(by, Status.FAIL)))
                        .status())
                .isEqualTo(Status.FAIL);
        assertThat(CaseResult.without(entry, java.util.Map.of()).status()).isEqualTo(Status.NOT_RUN);
    }

    @Test
    void aCertificateThatWasEditedDoesNotVerify() throws IOException {
        certificate("acme-1.0", Status.FAIL).write(folder);
        Path json = folder.resolve("acme-1.0.json");
        Files.writeString(json, Files.readString(json).replace("\"FAIL\"", "\"PASS\""));

        assertThat(MqTck.flaws(json)).anyMatch(flaw -> flaw.contains("changed after it was written"));
    }

    @Test
    void aCertificateWithoutARowOrWithTheWrongLevelDoesNotVerify() {
        Certificate whole = certificate("acme-1.0", Status.FAIL);
        List<CaseResult> rows = new ArrayList<>(whole.cases());
        rows.removeIf(each -> each.id().equals("ACK-01"));
        Certificate shortened = with(whole, rows, new Level("CORE", ""));

        assertThat(shortened.flaws(catalogue))
                .containsExactly("ACK-01 must be in it once, is in it 0 times", "the level is not what its rows say");
    }

    @Test
    void aCertificateOfAnotherKitSaysSo() {
        Certificate other = new Certificate(
                        "0.9", "other", "acme", "acme", "", broker(), run(), level(), List.of(), List.of(), List.of(),
                        "")
                .sealed();

        assertThat(other.flaws(catalogue)).anyMatch(flaw -> flaw.contains("another version of the kit (0.9)"));
    }

    @Test
    void whatIsNoCertificateIsRefusedByName() throws IOException {
        Path json = Files.writeString(folder.resolve("odd.json"), "{\"odd\": 1}");

        assertThatThrownBy(() -> Certificate.read(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("odd.json");
    }

    @Test
    void aFailureLeavesNoLevelAndWhatWasNotShownTheOneBelow() {
        List<CaseResult> shown = List.of(result("ACK-01", Status.PASS), result("FLT-01", "T2", Status.PASS));

        assertThat(Level.of(BrokerKind.REAL, shown)).isEqualTo(new Level("RELIABLE", ""));
        assertThat(Level.of(BrokerKind.EMULATOR, shown).name()).isEqualTo("CORE");
        assertThat(Level.of(BrokerKind.LOCAL, shown).name()).isEqualTo("RELIABLE");
        assertThat(Level.of(BrokerKind.REAL, List.of(result("FLT-01", "T2", Status.NOT_RUN))))
                .isEqualTo(new Level("CORE", "not shown: FLT-01"));
        assertThat(Level.of(BrokerKind.REAL, List.of(result("ACK-01", Status.INCONCLUSIVE))))
                .isEqualTo(new Level("NONE", "not shown: ACK-01"));
        assertThat(Level.of(BrokerKind.REAL, List.of(result("ACK-01", Status.FAIL_LYING))))
                .isEqualTo(new Level("NONE", "failed: ACK-01"));
    }

    @Test
    void theMatrixShowsWhoDoesAFeatureAndWhetherItIsProven() throws IOException {
        certificate("acme-1.0", Status.PASS).write(folder);
        certificate("acme-2.0", Status.FAIL).write(folder);
        Path docs = folder.resolve("docs");
        CompatibilityMatrix.main(docs.toString(), folder.toString());

        assertThat(docs.resolve("compatibility.md"))
                .content(StandardCharsets.UTF_8)
                .contains(
                        "| feature | acme-1.0 | acme-2.0 | proven by |",
                        "| Delayed messages | emulated ✔ | emulated ✘ | ",
                        "| Delayed messages | everywhere | emulated: lanes |",
                        "| DLY-01 | never early \\| never late | ✔ | ✘ |",
                        "| broker | Acme 1.2 | Acme 1.2 |",
                        "acme-2.0 is NONE and no more: failed: DLY-01");
        assertThat(docs.resolve("compatibility.html"))
                .content(StandardCharsets.UTF_8)
                .contains("<span class=\"chip bad\">emulated ✘</span>", "never early | never late");
        assertThat(docs.resolve("tck.md"))
                .content(StandardCharsets.UTF_8)
                .contains(
                        "| ACK-04 | 0 | R | T0 | a retry redelivers the same message | `SettleCases.retryRedelivers` |");
    }

    @Test
    void theMarkdownIsTheSameAfterAnotherRunWithTheSameResults() throws IOException {
        Path first = pages("one", 1);
        Path second = pages("two", 99);

        assertThat(first.resolve("compatibility.md")).hasSameTextualContentAs(second.resolve("compatibility.md"));
        assertThat(first.resolve("tck.md")).hasSameTextualContentAs(second.resolve("tck.md"));
    }

    private Path pages(String name, long millis) throws IOException {
        Certificate certificate = certificate("acme-1.0", Status.PASS);
        Path where = folder.resolve(name);
        new Certificate(
                        certificate.kit(),
                        certificate.catalogue(),
                        certificate.provider(),
                        certificate.transport(),
                        "code of " + name,
                        certificate.broker(),
                        new Certificate.Run("now", millis, name, name, 2, millis, List.of("T0"), true),
                        certificate.level(),
                        certificate.features(),
                        certificate.limits(),
                        certificate.cases(),
                        "")
                .sealed()
                .write(where);
        CompatibilityMatrix.main(where.toString(), where.toString());
        return where;
    }

    @Test
    void aMatrixIsNotMadeOfFlawedCertificatesOrNone() throws IOException {
        assertThatThrownBy(() -> CompatibilityMatrix.main(folder.toString(), folder.toString()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no certificate");
        certificate("acme-1.0", Status.FAIL).write(folder);
        Path json = folder.resolve("acme-1.0.json");
        Files.writeString(json, Files.readString(json).replace("\"FAIL\"", "\"PASS\""));
        assertThatThrownBy(() -> CompatibilityMatrix.main(folder.toString(), folder.toString()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("changed after it was written");
    }

    @Test
    void manyIdsAreToldInAFewWords() {
        assertThat(IdList.of(List.of("ACK-01", "ACK-02", "ACK-03", "ACK-05", "ACK-06", "RTY-10")))
                .isEqualTo("ACK 01–03, 05, 06; RTY 10");
    }

    private Certificate certificate(String name, Status status) {
        List<CaseResult> rows = Certificate.rows(catalogue, List.of(result("DLY-01", status)));
        return new Certificate(
                        "1.0",
                        Digests.sha256(catalogue.text()),
                        name,
                        "acme",
                        "",
                        broker(),
                        run(),
                        Level.of(BrokerKind.REAL, rows),
                        List.of(new Explanation.Feature("delay", Explanation.Support.EMULATED, "lanes")),
                        List.of(new Explanation.Limit("payload, bytes", "1,000")),
                        rows,
                        "")
                .sealed();
    }

    private static Certificate with(Certificate c, List<CaseResult> rows, Level level) {
        return new Certificate(
                        c.kit(),
                        c.catalogue(),
                        c.provider(),
                        c.transport(),
                        c.code(),
                        c.broker(),
                        c.run(),
                        level,
                        c.features(),
                        c.limits(),
                        rows,
                        "")
                .sealed();
    }

    private static Certificate.Broker broker() {
        return new Certificate.Broker("Acme 1.2.3", "acme:1.2.3", BrokerKind.REAL, "on disk", List.of());
    }

    private static Certificate.Run run() {
        return new Certificate.Run("1970-01-01T00:00:00Z", 5_000, "17", "Linux", 1, 7, List.of("T0", "T1"), true);
    }

    private static Level level() {
        return new Level("CORE", "");
    }

    private static CaseResult result(String id, Status status) {
        return result(id, "T1", status);
    }

    private static CaseResult result(String id, String tier, Status status) {
        return new CaseResult(id, "never early | never late", "Delay", tier, List.of("DELAY"), status, "", 12, 3);
    }
}

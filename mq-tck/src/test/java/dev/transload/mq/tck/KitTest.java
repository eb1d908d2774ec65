package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.Explanation;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.suite.api.SelectClasses;

/** The kit's own rules, and its reports. */
class KitTest {

    @TempDir
    private Path folder;

    private static List<Class<?>> groups() {
        return List.of(RunMqTck.class.getAnnotation(SelectClasses.class).value());
    }

    private static Stream<TckCase> cases() {
        return groups().stream()
                .flatMap(group -> Arrays.stream(group.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(TckCase.class))
                .map(method -> method.getAnnotation(TckCase.class));
    }

    @Test
    void everyClassOfCasesIsPartOfTheRunAndCannotBeOverridden() throws IOException {
        Path sources = Path.of("src/main/java/dev/transload/mq/tck");
        try (Stream<Path> files = Files.list(sources)) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith("Cases.java"))
                            .map(name -> name.replace(".java", "")))
                    .containsExactlyInAnyOrderElementsOf(
                            groups().stream().map(Class::getSimpleName).toList());
        }
        assertThat(groups()).allSatisfy(group -> {
            assertThat(Modifier.isFinal(group.getModifiers())).isTrue();
            assertThat(group.isAnnotationPresent(TckGroup.class)).isTrue();
        });
    }

    @Test
    void idsAreWellFormedAndUsedOnce() {
        List<String> ids = cases().map(TckCase::id).toList();

        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("[A-Z]{2,4}-[0-9]{2}"));
    }

    @Test
    void everyCaseProvesAFeatureAndEveryFeatureIsProven() {
        assertThat(cases()).allSatisfy(each -> assertThat(each.proves()).isNotEmpty());
        assertThat(cases().flatMap(each -> Arrays.stream(each.proves())).distinct())
                .containsExactlyInAnyOrder(Feature.values());
    }

    @Test
    void casesThatBreakThingsRunWhenAskedForAndAlone() {
        assertThat(groups().stream().flatMap(group -> Arrays.stream(group.getDeclaredMethods())))
                .filteredOn(method -> method.isAnnotationPresent(TckCase.class))
                .allSatisfy(method -> {
                    TckCase tckCase = method.getAnnotation(TckCase.class);
                    boolean breaks = tckCase.faults().length > 0;
                    assertThat(tckCase.tier() == Tier.T2)
                            .as("%s is of tier T2", tckCase.id())
                            .isEqualTo(breaks);
                    assertThat(method.getDeclaringClass().isAnnotationPresent(TckFaultGroup.class))
                            .as("%s runs alone", tckCase.id())
                            .isEqualTo(breaks);
                });
    }

    @Test
    void tiersAreReadFromText() {
        assertThat(Tier.of("T0, t2")).containsExactly(Tier.T0, Tier.T2);
        assertThatThrownBy(() -> Tier.of("T0,T9"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("mqtck.tiers")
                .hasMessageContaining("T0,T9");
    }

    @Test
    void everyTestMethodIsACase() {
        assertThat(groups().stream()
                        .flatMap(group -> Arrays.stream(group.getDeclaredMethods()))
                        .filter(method -> method.isAnnotationPresent(org.junit.jupiter.api.Test.class))
                        .map(Method::getName))
                .isEmpty();
    }

    @Test
    void aCaseIsNamedByItsIdAndItsRule() throws NoSuchMethodException {
        Method method = SettleCases.class.getDeclaredMethod("retryRedelivers", Tck.class);

        assertThat(new CaseNames().generateDisplayNameForMethod(List.of(), SettleCases.class, method))
                .isEqualTo("ACK-04 a retry redelivers the same message");
    }

    @Test
    void aReportIsReadAsItWasWritten() {
        RunReport report = report("acme-1.0", CaseResult.Status.PASS);
        report.write(folder);

        assertThat(RunReport.read(folder.resolve("acme-1.0.json"))).isEqualTo(report);
        assertThat(folder.resolve("acme-1.0.md"))
                .content(StandardCharsets.UTF_8)
                .contains("1 cases passed", "| DLY-01 | never early");
    }

    @Test
    void theMatrixShowsWhoDoesAFeatureAndWhetherItIsProven() throws IOException {
        report("acme-1.0", CaseResult.Status.PASS).write(folder);
        report("acme-2.0", CaseResult.Status.FAIL).write(folder);
        Path matrix = folder.resolve("docs/matrix.md");
        CompatibilityMatrix.main(matrix.toString(), folder.toString());

        assertThat(matrix)
                .content(StandardCharsets.UTF_8)
                .contains(
                        "| feature | acme-1.0 | acme-2.0 |",
                        "| Delayed messages | emulated ✔ | emulated ✘ |",
                        "| DLY-01 | never early \\| never late | ✔ | ✘ |");
    }

    private static RunReport report(String name, CaseResult.Status status) {
        Explanation explanation = new Explanation(
                "acme",
                "Acme 1",
                "on disk",
                List.of(),
                List.of(new Explanation.Feature("delay", Explanation.Support.EMULATED, "lanes")),
                List.of(new Explanation.Limit("payload, bytes", "1,000")));
        CaseResult result =
                new CaseResult("DLY-01", "never early | never late", "Delay", List.of("DELAY"), status, "", 12, 3);
        return RunReport.of(name, "", Instant.EPOCH, 5_000_000_000L, 1, explanation, List.of(result));
    }
}

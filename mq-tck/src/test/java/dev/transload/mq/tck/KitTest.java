package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.suite.api.SelectClasses;

/** The kit's own rules, and its reports. */
class KitTest {

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
    void everyCaseSaysWhatToLookAtFirst() {
        assertThat(cases())
                .allSatisfy(each -> assertThat(each.check())
                        .as("what to look at when %s fails", each.id())
                        .isNotBlank());
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
}

package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.tck.Catalogue.Entry;
import dev.transload.mq.tck.Catalogue.Fate;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The catalogue says of every rule what became of it, and it is so. */
class CatalogueTest {

    private static final Path FILE = Path.of("src/main/resources/dev/transload/mq/tck", Catalogue.RESOURCE);
    private static final Set<String> DURABILITIES = Set.of("DISK", "QUORUM");
    private static final String HINT =
            "; if it is meant: mvn test -pl mq-tck -am -Dtest=CatalogueTest -Dcatalogue.update=true";

    private final Catalogue catalogue = Catalogue.load();

    @Test
    void everyCaseIsInTheCatalogueWithItsRuleAndTier() throws IOException {
        if (Boolean.getBoolean("catalogue.update")) {
            update();
            return;
        }
        CaseMethods.methods().forEach((id, method) -> {
            TckCase tckCase = CaseMethods.of(method);
            assertThat(catalogue.has(id)).as(id + " is in the catalogue" + HINT).isTrue();
            Entry entry = catalogue.get(id);
            assertThat(entry.fate()).as("what became of " + id + HINT).isEqualTo(Fate.CASE);
            assertThat(entry.rule()).as("rule of " + id + HINT).isEqualTo(tckCase.value());
            assertThat(entry.tier())
                    .as("tier of " + id + HINT)
                    .isEqualTo(tckCase.tier().name());
        });
    }

    @Test
    void whatTheCatalogueCallsACaseIsOne() {
        assertThat(CaseMethods.methods().keySet()).containsAll(idsOf(Fate.CASE));
    }

    @Test
    void whatACaseNeedsIsAmongTheFeaturesItProves() {
        Map<String, Method> methods = CaseMethods.methods();
        Set<String> features = Arrays.stream(Feature.values()).map(Enum::name).collect(Collectors.toSet());
        for (Entry entry : catalogue.entries()) {
            if (entry.need().equals("R") || DURABILITIES.contains(entry.need())) {
                continue;
            }
            assertThat(features).as("what " + entry.id() + " needs").contains(entry.need());
            if (entry.fate() == Fate.CASE) {
                assertThat(CaseMethods.of(methods.get(entry.id())).proves())
                        .as("features that " + entry.id() + " proves")
                        .contains(Feature.valueOf(entry.need()));
            }
        }
    }

    @Test
    void noRequiredRuleIsPlanned() {
        assertThat(entriesOf(Fate.PLANNED))
                .filteredOn(entry -> entry.priority() == 0)
                .as("rules of the first priority that nothing shows")
                .isEmpty();
    }

    @Test
    void coveredRulesNameCases() {
        Set<String> cases = CaseMethods.methods().keySet();
        assertThat(entriesOf(Fate.COVERED))
                .allSatisfy(entry -> assertThat(cases).contains(entry.detail().split(", ", -1)));
    }

    @Test
    void rulesOfStoresNameTestsOfTheStoreKit() {
        Map<String, String> tests = Arrays.stream(IdempotencyStoreTck.class.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(org.junit.jupiter.api.DisplayName.class))
                .collect(Collectors.toMap(
                        Method::getName,
                        method -> method.getAnnotation(org.junit.jupiter.api.DisplayName.class)
                                .value()));
        assertThat(entriesOf(Fate.STORE_KIT))
                .allSatisfy(entry -> assertThat(tests.get(entry.detail()))
                        .as(entry.id() + " in the store kit")
                        .isEqualTo(entry.id() + " " + entry.rule()));
    }

    @Test
    void rulesThatAreTestedOutsideTheCasesNameTestsThatExist() {
        Path root = Path.of("").toAbsolutePath().getParent();
        for (Entry entry : catalogue.entries()) {
            if (entry.fate() == Fate.SELF_TEST || entry.fate() == Fate.ELSEWHERE) {
                for (String test : entry.detail().split(", ", -1)) {
                    assertThat(exists(root, test))
                            .as(entry.id() + " names " + test)
                            .isTrue();
                }
            }
        }
    }

    // module/Class or module/Class.method
    private static boolean exists(Path root, String test) {
        String[] parts = test.split("[/.]", -1);
        try (Stream<Path> files = Files.walk(root.resolve(parts[0]).resolve("src/test"))) {
            Path file = files.filter(each -> each.getFileName().toString().equals(parts[1] + ".java"))
                    .findFirst()
                    .orElse(null);
            return file != null && (parts.length < 3 || Files.readString(file).contains(" " + parts[2] + "("));
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void whatDoesNotApplySaysByWhichRuleOfTheDesign() {
        assertThat(entriesOf(Fate.NOT_APPLICABLE))
                .isNotEmpty()
                .allSatisfy(entry -> assertThat(entry.detail()).containsPattern("S[0-9]+|vocabulary"));
    }

    @Test
    void everyLineIsWellFormed() {
        assertThat(catalogue.entries()).hasSizeGreaterThan(382).allSatisfy(entry -> {
            assertThat(entry.id()).matches("[A-Z]{2,4}-[0-9]{2}");
            assertThat(entry.priority()).isBetween(0, 2);
            assertThat(entry.tier()).matches("T[0-3]");
            assertThat(entry.rule()).isNotBlank().doesNotEndWith(".");
            assertThat(entry.group()).isNotBlank();
        });
    }

    @Test
    void aLineTwiceOrWithoutAllItsPartsIsRefused() {
        String line = "ACK-01 | 0 | R | T0 | case | | a rule\n";

        assertThatThrownBy(() -> Catalogue.parse(line + line))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ACK-01 twice");
        assertThatThrownBy(() -> Catalogue.parse("ACK-01 | 0 | R\n"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("7 parts");
        assertThatThrownBy(() -> Catalogue.parse(line.replace("case", "dropped")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'dropped'");
    }

    private List<Entry> entriesOf(Fate fate) {
        return catalogue.entries().stream()
                .filter(entry -> entry.fate() == fate)
                .toList();
    }

    private List<String> idsOf(Fate fate) {
        return entriesOf(fate).stream().map(Entry::id).toList();
    }

    // Writes what the cases say of themselves into the file; new ids go to the end of their group.
    private void update() throws IOException {
        Map<String, Method> methods = CaseMethods.methods();
        List<String> lines = new ArrayList<>(Files.readAllLines(FILE));
        methods.forEach((id, method) -> {
            String need = catalogue.has(id) ? catalogue.get(id).need() : "R";
            int priority = catalogue.has(id) ? catalogue.get(id).priority() : 1;
            String line = new Entry(
                            id,
                            "",
                            priority,
                            need,
                            CaseMethods.of(method).tier().name(),
                            Fate.CASE,
                            "",
                            CaseMethods.of(method).value())
                    .line();
            place(lines, id, line);
        });
        Files.write(FILE, lines);
    }

    private static void place(List<String> lines, String id, String line) {
        int last = -1;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(id + " ")) {
                lines.set(i, line);
                return;
            }
            if (lines.get(i).matches("(## )?" + id.substring(0, id.indexOf('-')) + "[- ].*")
                    && (last < 0
                            || lines.get(i).startsWith("##")
                            || lines.get(i).compareTo(id) < 0)) {
                last = i;
            }
        }
        lines.add(last + 1, line);
    }
}

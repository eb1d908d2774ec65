package dev.transload.mq.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.tck.KitCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The stored kill matrix is that of the code, no case kills less than before, and every case of the first priority
 * kills something.
 *
 * <p>{@code -Dkills.update=true} writes the files anew, and {@code -Dkills.shrink=true} besides lets a case kill less.
 */
class KillMatrixTest {

    private static final Path ROOT =
            Path.of(System.getProperty("basedir", "")).toAbsolutePath().getParent();
    private static final Path JSON = ROOT.resolve("docs/tck-kills.json");
    private static final Path MARKDOWN = ROOT.resolve("docs/tck-kills.md");

    @Test
    void theStoredMatrixIsUpToDate() throws IOException {
        KillMatrix stored = KillMatrix.read(JSON);
        KillMatrix now = KillMatrix.of(Mutants.list());
        if (!Boolean.getBoolean("kills.shrink")) {
            assertThat(now.lessThan(stored))
                    .as("cases that prove less than they did; if that is meant, say -Dkills.update=true"
                            + " -Dkills.shrink=true, and say why in the pull request")
                    .isEmpty();
        }
        if (Boolean.getBoolean("kills.update")) {
            now.write(JSON, MARKDOWN);
        }
        String hint = "run mvn -q test -pl tck-proof -am -Dtest=KillMatrixTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dkills.update=true and commit docs/tck-kills.*";
        assertThat(Files.readString(JSON)).as(hint).isEqualTo(now.json());
        assertThat(Files.readString(MARKDOWN)).as(hint).isEqualTo(now.markdown());
    }

    @Test
    void everyMutantNamesCasesThatExist() {
        for (Mutant mutant : Mutants.list()) {
            assertThat(KitCases.byId().keySet()).as(mutant.id()).containsAll(mutant.killedBy());
        }
    }

    @Test
    void everyCaseOfTheFirstPriorityKillsAMutant() {
        Set<String> killers = new TreeSet<>();
        Mutants.list().forEach(mutant -> killers.addAll(mutant.killedBy()));
        List<String> unproven = KitCases.byId().values().stream()
                .filter(each -> each.priority() == 0 && !killers.contains(each.id()) && !Unproven.isListed(each.id()))
                .map(each -> each.id() + " " + each.rule())
                .toList();
        assertThat(unproven)
                .as("cases that no mutant shows to be able to fail: add one to tck-proof, or list it in Unproven")
                .isEmpty();
        assertThat(killers).as("listed as unproven although proven").doesNotContainAnyElementsOf(Unproven.ids());
    }
}

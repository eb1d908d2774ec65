package dev.transload.mq.architecture;

import static dev.transload.mq.architecture.Codebase.CLASSES;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import dev.transload.mq.architecture.Codebase.Module;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every published module offers is the {@code public-api.txt} beside its POM.
 *
 * <p>{@code mvn -q test -pl architecture-tests -am -Dapi.update=true} writes the files anew, so that the difference is
 * read where it belongs: in the review of the change.
 */
class PublicApiTest {
    @ParameterizedTest
    @MethodSource("modules")
    void changesOnlyOnPurpose(Module module) throws IOException {
        Path approved = Codebase.root().resolve(module.folder()).resolve("public-api.txt");
        String actual = apiOf(module);
        if (Boolean.getBoolean("api.update")) {
            Files.writeString(approved, actual);
        }

        assertThat(Files.readString(approved))
                .as(
                        "%s: the public API is not the approved one. If that is meant, run%n"
                                + "  mvn -q test -pl architecture-tests -am -Dapi.update=true%n"
                                + "and commit the file with the change.",
                        approved)
                .isEqualTo(actual);
    }

    private static List<Module> modules() {
        return Codebase.PUBLISHED;
    }

    private static String apiOf(Module module) {
        return CLASSES.stream()
                .filter(type -> module.packages().contains(type.getPackageName()))
                .filter(type -> Codebase.isPublic(type) && !type.getSimpleName().equals("package-info"))
                .sorted(Comparator.comparing(JavaClass::getName))
                .map(type -> ApiText.of(type.reflect()))
                .collect(Collectors.joining("\n"));
    }
}

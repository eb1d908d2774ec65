package dev.transload.mq.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What the rules look at: the compiled classes of every module, and where the sources are. */
final class Codebase {
    static final String VOCABULARY = "dev.transload.mq";
    static final String SPI = "dev.transload.mq.spi";
    static final String CLIENT = "dev.transload.mq.client";
    static final String INMEMORY = "dev.transload.mq.inmemory";
    static final String RABBITMQ = "dev.transload.mq.rabbitmq";
    static final String KAFKA = "dev.transload.mq.kafka";
    static final String SQS = "dev.transload.mq.sqs";
    static final String JUNIT = "dev.transload.mq.junit";
    static final String REDIS = "dev.transload.mq.redis";
    static final String TCK = "dev.transload.mq.tck";
    static final String FIXTURES = "dev.transload.mq.fixtures";
    static final String CLI = "dev.transload.mq.cli";
    static final String EXAMPLES = "dev.transload.mq.examples";
    static final String FILES = "dev.transload.mq.examples.files";

    /** The modules that users depend on, in the order of the BOM. */
    static final List<Module> PUBLISHED = List.of(
            new Module("mq-api", Set.of(VOCABULARY, SPI, CLIENT)),
            new Module("mq-junit", Set.of(JUNIT)),
            new Module("mq-tck", Set.of(TCK)),
            new Module("transport-inmemory", Set.of(INMEMORY)),
            new Module("transport-rabbitmq", Set.of(RABBITMQ)),
            new Module("transport-kafka", Set.of(KAFKA)),
            new Module("transport-redis", Set.of(REDIS)),
            new Module("transport-sqs", Set.of(SQS)));

    /** One package for each transport. */
    static final List<String> TRANSPORTS = List.of(INMEMORY, RABBITMQ, KAFKA, REDIS, SQS);

    static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(VOCABULARY);

    private Codebase() {}

    /** The top folder of the repository. */
    static Path root() {
        Path here = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
        return here.endsWith("architecture-tests") ? here.getParent() : here;
    }

    /** Whether code outside the package can name the class: it and all that enclose it are public. */
    static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(Codebase::isPublic).orElse(true);
    }

    /** A Maven module, by its folder and the packages it owns. */
    record Module(String folder, Set<String> packages) {
        @Override
        public String toString() {
            return folder;
        }
    }
}

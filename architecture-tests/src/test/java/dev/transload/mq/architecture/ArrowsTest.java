package dev.transload.mq.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static dev.transload.mq.architecture.Codebase.CLASSES;
import static dev.transload.mq.architecture.Codebase.CLI;
import static dev.transload.mq.architecture.Codebase.CLIENT;
import static dev.transload.mq.architecture.Codebase.EXAMPLES;
import static dev.transload.mq.architecture.Codebase.FILES;
import static dev.transload.mq.architecture.Codebase.FIXTURES;
import static dev.transload.mq.architecture.Codebase.INMEMORY;
import static dev.transload.mq.architecture.Codebase.JUNIT;
import static dev.transload.mq.architecture.Codebase.KAFKA;
import static dev.transload.mq.architecture.Codebase.RABBITMQ;
import static dev.transload.mq.architecture.Codebase.REDIS;
import static dev.transload.mq.architecture.Codebase.SPI;
import static dev.transload.mq.architecture.Codebase.SQS;
import static dev.transload.mq.architecture.Codebase.TCK;
import static dev.transload.mq.architecture.Codebase.VOCABULARY;

import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who may know whom: vocabulary, then SPI, then client; a transport beside them, knowing the first two. */
class ArrowsTest {
    private static final String JACKSON = "tools.jackson..";

    @Test
    void theVocabularyKnowsNeitherSpiNorClient() {
        check(mayKnowOnly(VOCABULARY, JACKSON));
    }

    @Test
    void theSpiKnowsTheVocabularyAndNoLibrary() {
        check(mayKnowOnly(SPI, VOCABULARY));
    }

    @Test
    void theClientKnowsSpiAndVocabularyButNoTransport() {
        check(mayKnowOnly(CLIENT, VOCABULARY, SPI, JACKSON, "io.github.resilience4j.."));
    }

    @Test
    void theInMemoryTransportKnowsVocabularyAndSpi() {
        check(mayKnowOnly(INMEMORY, VOCABULARY, SPI));
    }

    @Test
    void theRabbitMqTransportKnowsVocabularySpiAndItsBrokersClient() {
        check(mayKnowOnly(RABBITMQ, VOCABULARY, SPI, "com.rabbitmq.client..", "javax.net.ssl"));
    }

    @Test
    void theKafkaTransportKnowsVocabularySpiAndItsBrokersClient() {
        check(mayKnowOnly(KAFKA, VOCABULARY, SPI, "org.apache.kafka.."));
    }

    @Test
    void theModuleForJUnitKnowsTheApiTheBrokerInMemoryAndJUnitAlone() {
        check(mayKnowOnly(
                JUNIT,
                VOCABULARY,
                SPI,
                CLIENT,
                INMEMORY,
                "org.junit.jupiter.api..",
                "org.junit.platform.commons.support"));
    }

    @Test
    void theRedisTransportKnowsVocabularySpiAndItsBrokersClient() {
        check(mayKnowOnly(REDIS, VOCABULARY, SPI, "redis.clients.jedis.."));
    }

    @Test
    void theSqsTransportKnowsVocabularySpiAndItsBrokersClient() {
        check(mayKnowOnly(
                SQS,
                VOCABULARY,
                SPI,
                "software.amazon.awssdk..",
                "io.netty.channel..",
                "io.netty.util..",
                "javax.net.ssl"));
    }

    @Test
    void theKitKnowsTheApiAndTestLibrariesButNoTransport() {
        check(mayKnowOnly(
                TCK,
                JACKSON,
                "javax.net.ssl",
                "org.junit..",
                "org.opentest4j",
                "org.assertj..",
                "org.awaitility..",
                VOCABULARY,
                SPI,
                CLIENT));
    }

    @Test
    void brokerFixturesKnowTheKitAndNothingElseOfTheSdk() {
        check(noClasses()
                .that()
                .resideInAPackage(FIXTURES)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(VOCABULARY, SPI, CLIENT, INMEMORY, RABBITMQ, KAFKA, REDIS, SQS, CLI, EXAMPLES));
    }

    @Test
    void theCommandLineReachesBrokersByUriOnly() {
        check(noClasses()
                .that()
                .resideInAPackage(CLI)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(RABBITMQ));
    }

    @Test
    void examplesAreWrittenAgainstTheApiAlone() {
        check(noClasses()
                .that()
                .resideInAPackage(EXAMPLES)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(SPI, INMEMORY, RABBITMQ, TCK, FIXTURES));
    }

    @Test
    void theTransportOfTheExamplesKnowsVocabularyAndSpi() {
        check(mayKnowOnly(FILES, VOCABULARY, SPI));
    }

    @Test
    void packagesFormNoCycle() {
        check(slices().matching("dev.transload.(**)").should().beFreeOfCycles());
    }

    private static ArchRule mayKnowOnly(String from, String... others) {
        String[] allowed = Stream.of(List.of("java..", "org.jspecify.annotations", "org.slf4j", from), List.of(others))
                .flatMap(List::stream)
                .toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage(from)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed);
    }

    private static void check(ArchRule rule) {
        rule.check(CLASSES);
    }
}

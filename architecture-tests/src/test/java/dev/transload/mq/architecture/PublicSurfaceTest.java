package dev.transload.mq.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static dev.transload.mq.architecture.Codebase.CLASSES;
import static dev.transload.mq.architecture.Codebase.CLIENT;
import static dev.transload.mq.architecture.Codebase.FILES;
import static dev.transload.mq.architecture.Codebase.INMEMORY;
import static dev.transload.mq.architecture.Codebase.KAFKA;
import static dev.transload.mq.architecture.Codebase.RABBITMQ;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Which types are public where the rule is "almost none".
 *
 * <p>A name is added here in the same commit that makes the type public, by someone who can say who needs it.
 */
class PublicSurfaceTest {
    private static final Set<String> CLIENT_TYPES = Set.of("MqClient");
    private static final Set<String> INMEMORY_TYPES = Set.of("InMemoryTransportProvider", "InMemoryBroker", "Profile");
    private static final Set<String> RABBITMQ_TYPES = Set.of("RabbitMqTransportProvider", "RabbitMqOptions");
    private static final Set<String> KAFKA_TYPES = Set.of("KafkaTransportProvider", "KafkaOptions");

    @Test
    void theEngineBehindTheClientIsHidden() {
        assertThat(publicTypesIn(CLIENT)).isEqualTo(CLIENT_TYPES);
    }

    @Test
    void theInMemoryTransportShowsItsBroker() {
        assertThat(publicTypesIn(INMEMORY)).isEqualTo(INMEMORY_TYPES);
    }

    @Test
    void theRabbitMqTransportShowsItsProviderAndItsOptions() {
        assertThat(publicTypesIn(RABBITMQ)).isEqualTo(RABBITMQ_TYPES);
    }

    @Test
    void theKafkaTransportShowsItsProviderAndItsOptions() {
        assertThat(publicTypesIn(KAFKA)).isEqualTo(KAFKA_TYPES);
    }

    @Test
    void theTransportOfTheExamplesShowsItsProviderAlone() {
        assertThat(publicTypesIn(FILES)).containsExactly("FilesTransportProvider");
    }

    @Test
    void noPackageIsCalledInternal() {
        noClasses()
                .should()
                .resideInAPackage("..internal..")
                .because("package-private is the boundary")
                .check(CLASSES);
    }

    @ParameterizedTest
    @MethodSource("packages")
    void everyPackageIsNullMarked(String name) throws ClassNotFoundException {
        assertThat(Class.forName(name + ".package-info").getAnnotations())
                .extracting(annotation -> annotation.annotationType().getName())
                .contains("org.jspecify.annotations.NullMarked");
    }

    private static Set<String> packages() {
        return CLASSES.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> publicTypesIn(String name) {
        return CLASSES.stream()
                .filter(type -> type.getPackageName().equals(name) && type.isTopLevelClass())
                .filter(Codebase::isPublic)
                .map(JavaClass::getSimpleName)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}

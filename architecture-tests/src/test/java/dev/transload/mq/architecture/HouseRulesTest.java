package dev.transload.mq.architecture;

import static com.tngtech.archunit.core.domain.JavaModifier.SYNCHRONIZED;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static dev.transload.mq.architecture.Codebase.CLASSES;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Predicate;
import java.util.stream.BaseStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Habits that a reviewer would otherwise have to look for: threads, locks, names. */
class HouseRulesTest {
    private static final String[] LIBRARY = {
        Codebase.VOCABULARY,
        Codebase.SPI,
        Codebase.CLIENT,
        Codebase.INMEMORY,
        Codebase.RABBITMQ,
        Codebase.JUNIT,
        Codebase.TCK
    };

    @Test
    void asynchronousStagesNameTheirExecutor() {
        noClasses()
                .should()
                .accessTargetWhere(is("an *Async call without an executor", HouseRulesTest::runsOnTheCommonPool))
                .because("user code must never meet the common pool")
                .check(CLASSES);
    }

    @Test
    void nothingUsesTheCommonPoolOrTheDelayThreadOfFutures() {
        noClasses()
                .that()
                .resideInAnyPackage(LIBRARY)
                .should()
                .accessTargetWhere(is("a thread that outlives the client", HouseRulesTest::usesSharedThreads))
                .because("no thread is left after close, and every thread has our name")
                .check(CLASSES);
    }

    @Test
    void noMethodIsSynchronized() {
        noMethods()
                .should()
                .haveModifier(SYNCHRONIZED)
                .because("a private lock cannot be taken from outside, and does not pin a virtual thread")
                .check(CLASSES);
    }

    @Test
    void noObjectIsAMonitor() {
        noClasses()
                .should()
                .accessTargetWhere(is("wait or notify", HouseRulesTest::waitsOnAMonitor))
                .check(CLASSES);
    }

    @Test
    void theLibraryPrintsAndExitsNowhere() {
        noClasses()
                .that()
                .resideInAnyPackage(LIBRARY)
                .and()
                .haveSimpleNameNotStartingWith("Forked") // programs of their own, which the kit starts and kills
                .and()
                .doNotHaveSimpleName("LogTap") // listens to what others print, and prints nothing
                .should()
                .accessTargetWhere(is("System.out, System.err or System.exit", HouseRulesTest::talksToTheProcess))
                .because("a library logs through SLF4J and throws")
                .check(CLASSES);
    }

    @Test
    void namesSayWhatATypeIs() {
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .check(CLASSES);
    }

    private static boolean runsOnTheCommonPool(JavaAccess<?> access) {
        JavaClass owner = access.getTargetOwner();
        return access.getName().endsWith("Async")
                && (owner.isEquivalentTo(CompletableFuture.class) || owner.isEquivalentTo(CompletionStage.class))
                && parameterTypes(access).noneMatch(type -> type.isEquivalentTo(Executor.class));
    }

    private static boolean usesSharedThreads(JavaAccess<?> access) {
        JavaClass owner = access.getTargetOwner();
        String name = access.getName();
        if (owner.isEquivalentTo(CompletableFuture.class)) {
            return Set.of("orTimeout", "completeOnTimeout", "delayedExecutor").contains(name);
        }
        return (owner.isEquivalentTo(ForkJoinPool.class) && name.equals("commonPool"))
                || (owner.isAssignableTo(BaseStream.class) && name.equals("parallel"))
                || (owner.isAssignableTo(Collection.class) && name.equals("parallelStream"));
    }

    private static boolean waitsOnAMonitor(JavaAccess<?> access) {
        return access.getTargetOwner().isEquivalentTo(Object.class)
                && Set.of("wait", "notify", "notifyAll").contains(access.getName());
    }

    private static boolean talksToTheProcess(JavaAccess<?> access) {
        return access.getTargetOwner().isEquivalentTo(System.class)
                && Set.of("out", "err", "exit").contains(access.getName());
    }

    private static Stream<JavaClass> parameterTypes(JavaAccess<?> access) {
        return access instanceof JavaCodeUnitAccess<?> call
                ? call.getTarget().getRawParameterTypes().stream()
                : Stream.empty();
    }

    private static DescribedPredicate<JavaAccess<?>> is(String description, Predicate<JavaAccess<?>> predicate) {
        return DescribedPredicate.describe(description, predicate);
    }
}

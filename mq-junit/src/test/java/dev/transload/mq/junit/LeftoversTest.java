package dev.transload.mq.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.transload.mq.Queue;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.inmemory.InMemoryBroker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** A test that leaves something running fails, and says what. */
class LeftoversTest {

    @Test
    void aTidyTestPasses() {
        assertThat(failures(Tidy.class)).isEmpty();
    }

    @Test
    void aClientThatTheTestDidNotCloseIsNamed() {
        assertThat(failures(OpensAnother.class)).singleElement().asString().contains("still connected", "forgotten");
    }

    @Test
    void aHandlerThatDoesNotEndIsCounted() {
        assertThat(failures(NeverEnds.class)).singleElement().asString().contains("1 handlers", "interrupted");
    }

    @Test
    void theTestsOwnFailureComesFirst() {
        assertThat(failures(FailsAndLeaves.class)).singleElement().satisfies(failure -> {
            assertThat(failure).hasMessage("the test's own");
            assertThat(failure.getSuppressed()).hasSize(1);
        });
    }

    @Test
    void aBrokerForAllTestsIsRefused() {
        assertThat(failures(ForAll.class)).singleElement().asString().contains("lives for one test");
    }

    private static List<Throwable> failures(Class<?> test) {
        List<Throwable> failures = new ArrayList<>();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(test))
                                .build(),
                        new TestExecutionListener() {
                            @Override
                            public void executionFinished(TestIdentifier id, TestExecutionResult result) {
                                result.getThrowable().ifPresent(failures::add);
                            }
                        });
        return failures;
    }

    @InMemoryMq
    static class Tidy {
        @Test
        void test(InMemoryBroker broker, MqClient mq) {
            mq.subscribe(Queue.of("words", String.class), delivery -> {});
            try (MqClient other = MqClient.connect(broker.uri())) {
                other.send(Queue.of("words", String.class), "hello");
            }
        }
    }

    @InMemoryMq
    static class OpensAnother {
        @Test
        void test(InMemoryBroker broker) {
            MqClient.builder(broker.uri()).clientId("forgotten").connect();
        }
    }

    @InMemoryMq
    static class NeverEnds {
        @Test
        void test(MqClient mq) throws InterruptedException {
            CountDownLatch began = new CountDownLatch(1);
            mq.subscribe(Queue.of("words", String.class), delivery -> {
                began.countDown();
                new CountDownLatch(1).await();
            });
            mq.send(Queue.of("words", String.class), "hello");
            began.await();
        }
    }

    @InMemoryMq
    static class FailsAndLeaves {
        @Test
        void test(InMemoryBroker broker) {
            MqClient.connect(broker.uri());
            throw new AssertionError("the test's own");
        }
    }

    @InMemoryMq
    static class ForAll {
        @BeforeAll
        static void all(InMemoryBroker broker) {}

        @Test
        void test() {}
    }
}

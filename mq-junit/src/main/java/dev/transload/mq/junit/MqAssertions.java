package dev.transload.mq.junit;

import static java.util.Objects.requireNonNull;

import dev.transload.mq.inmemory.InMemoryBroker;

/**
 * Where assertions about a broker in memory begin. Needs no assertion library; beside one, both methods of the name
 * {@code assertThat} may be imported.
 *
 * <pre>{@code
 * assertThat(broker).at("email-queue").isEmpty().hasOneDeadLetter().becauseOf("IOException").afterAttempts(3);
 * }</pre>
 */
public final class MqAssertions {

    private MqAssertions() {}

    /** Starts an assertion about a broker. What is looked at is as it is now: move time on, or wait, before. */
    public static BrokerAssert assertThat(InMemoryBroker broker) {
        return new BrokerAssert(requireNonNull(broker, "broker"));
    }
}

package dev.transload.mq.rabbitmq;

import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Brokers that fault tests may break, one for each version and run. A test leaves its broker whole; the broker of a test
 * that failed is not used again.
 */
final class FaultBrokers implements BeforeAllCallback, AfterTestExecutionCallback {

    private static final ConcurrentHashMap<RabbitMqVersion, RabbitMqBroker> BROKERS = new ConcurrentHashMap<>();

    /** Versions that differ in what they count; those of the oldest line are {@link RabbitMqVersion#underTest}. */
    static List<RabbitMqVersion> versions() {
        return RabbitMqVersion.underTest().stream()
                .filter(version -> version != RabbitMqVersion.V3_10)
                .toList();
    }

    static RabbitMqBroker of(RabbitMqVersion version) {
        return BROKERS.computeIfAbsent(version, RabbitMqBroker::start);
    }

    /** Messages in a queue, those out for delivery included, as the broker's own tool counts them. */
    static int unsettled(RabbitMqVersion version, String queue) {
        String listed =
                of(version).exec("rabbitmqctl", "list_queues", "--silent", "--no-table-headers", "name", "messages");
        return listed.lines()
                .map(line -> line.split("\\s+"))
                .filter(columns -> columns[0].equals(queue))
                .mapToInt(columns -> Integer.parseInt(columns[1]))
                .findFirst()
                .orElseThrow(() -> new AssertionError(queue + " is not among:\n" + listed));
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        // Closed with the run.
        context.getRoot()
                .getStore(ExtensionContext.Namespace.create(FaultBrokers.class))
                .computeIfAbsent("end", key -> (AutoCloseable) FaultBrokers::end);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            end();
        }
    }

    private static void end() {
        BROKERS.values().forEach(RabbitMqBroker::close);
        BROKERS.clear();
    }
}

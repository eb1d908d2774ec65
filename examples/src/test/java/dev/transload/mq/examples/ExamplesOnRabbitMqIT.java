package dev.transload.mq.examples;

import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples on RabbitMQ. */
@ParameterizedClass
@MethodSource("dev.transload.mq.fixtures.RabbitMqVersion#underTest")
class ExamplesOnRabbitMqIT extends ExamplePrograms {

    @Parameter
    RabbitMqVersion version;

    @Override
    String uri() {
        return RabbitMqBroker.shared(version).uri().toString();
    }
}

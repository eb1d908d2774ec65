package dev.transload.mq.examples;

import dev.transload.mq.fixtures.KafkaBroker;
import dev.transload.mq.fixtures.KafkaVersion;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples on Kafka. */
@ParameterizedClass
@MethodSource("dev.transload.mq.fixtures.KafkaVersion#underTest")
class ExamplesOnKafkaIT extends ExamplePrograms {

    @Parameter
    KafkaVersion version;

    @Override
    String uri() {
        return KafkaBroker.shared(version).uri().toString();
    }
}

package dev.transload.mq.examples;

import dev.transload.mq.fixtures.RedisBroker;
import dev.transload.mq.fixtures.RedisVersion;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples on Redis. */
@ParameterizedClass
@MethodSource("dev.transload.mq.fixtures.RedisVersion#underTest")
class ExamplesOnRedisIT extends ExamplePrograms {

    @Parameter
    RedisVersion version;

    @Override
    String uri() {
        return RedisBroker.shared(version).uri().toString();
    }
}

package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.Outcome;
import dev.transload.mq.Topology;
import dev.transload.mq.fixtures.RabbitMqVersion;
import dev.transload.mq.spi.Place;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A user that may log in and no more. */
class RabbitMqPermissionIT {

    private final Place queue = Spi.queue(Spi.unique("forbidden"));
    private Spi nobody;

    @BeforeEach
    void connect() {
        String uri = new SideDoors(RabbitMqVersion.newest()).unauthorized().orElseThrow();
        nobody = Spi.connect(uri, Topology.NONE);
    }

    @AfterEach
    void close() {
        nobody.close();
    }

    @Test
    void aForbiddenSendFailsForGoodAndNamesTheQueue() {
        assertThat(nobody.send(queue, "x").failure()).isInstanceOfSatisfying(AuthenticationException.class, failure -> {
            assertThat(failure).hasMessageContaining(queue.name()).hasMessageContaining("send");
            assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT);
        });
    }

    @Test
    void noneOfManyForbiddenSendsIsTriedAgain() {
        List<Sent> all = IntStream.range(0, 200)
                .mapToObj(i -> nobody.send(queue, "m" + i))
                .toList();

        assertThat(all)
                .allSatisfy(sent -> assertThat(sent.failure())
                        .satisfiesAnyOf(
                                failure -> assertThat(failure).isInstanceOf(AuthenticationException.class),
                                failure -> assertThat(failure).hasMessageContaining("nothing sent")));
        assertThat(all.get(0).failure()).isInstanceOf(AuthenticationException.class);
    }
}

package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.Place;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeclarationsTest {

    private static final Place EMAILS = Place.of(Place.Role.QUEUE, "emails", Shape.PLAIN);
    private static final Place ORDERS = Place.of(Place.Role.QUEUE, "orders", Shape.PLAIN);

    private final ScriptedEngine engine = new ScriptedEngine();
    private final Declarations declarations = new Declarations(engine.transport, Topology.CREATE);

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void aPlaceIsDeclaredOnceItWasAskedForAndNoOtherIs() {
        assertThat(declarations.isDeclared(EMAILS)).isFalse();

        declarations.declared(EMAILS).join();

        assertThat(declarations.isDeclared(EMAILS)).isTrue();
        assertThat(declarations.isDeclared(ORDERS)).isFalse();
        assertThat(declarations.isDeclared(EMAILS)).isTrue();
    }

    @Test
    void aPlaceThatWasForgottenIsNotDeclaredUntilItIsMadeAgain() {
        declarations.declared(EMAILS).join();
        assertThat(declarations.isDeclared(EMAILS)).isTrue();

        assertThat(declarations.forget(EMAILS)).isTrue();
        assertThat(declarations.isDeclared(EMAILS)).isFalse();
        assertThat(declarations.isDeclared(EMAILS)).isFalse();

        declarations.declared(EMAILS).join();
        assertThat(declarations.isDeclared(EMAILS)).isTrue();
        assertThat(declarations.isDeclared(EMAILS)).isTrue();
    }
}

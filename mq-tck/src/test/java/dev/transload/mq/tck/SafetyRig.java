package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;

/** A history and what the judge finds in it; the base of the tests of its invariants. */
abstract class SafetyRig {

    static final Judge QUEUE = Judge.of(Script.Q, Script.Q, false);

    Script h = new Script();

    void sound() {
        sound(QUEUE);
    }

    void sound(Judge judge) {
        assertThat(h.judged(judge).violations()).isEmpty();
    }

    void breaks(Invariant invariant, String blamed) {
        breaks(QUEUE, invariant, blamed);
    }

    void breaks(Judge judge, Invariant invariant, String blamed) {
        assertThat(h.judged(judge).violations()).singleElement().satisfies(violation -> {
            assertThat(violation.invariant()).as(violation.toString()).isEqualTo(invariant);
            assertThat(violation.blamed()).isEqualTo(blamed);
            assertThat(violation.text()).contains(blamed);
            assertThat(violation.slice()).hasSizeBetween(1, Violation.SLICE);
        });
    }

    static Script h() {
        return new Script();
    }
}

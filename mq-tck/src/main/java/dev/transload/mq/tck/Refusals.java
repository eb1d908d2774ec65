package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.transload.mq.Explanation;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What happened when a client was asked for something it refuses, in every form of the API.
 *
 * @param name of the destination that was asked for
 * @param what was refused
 * @param explanation of that client
 * @param answers one for each form
 */
record Refusals(String name, Refusable what, Explanation explanation, List<Answer> answers) {

    /**
     * What became of one call.
     *
     * @param form of the API
     * @param thrown what it threw, null if it went through
     * @param took how long that took, at best of three
     * @param calls how often the engine turned to the transport meanwhile
     */
    record Answer(
            String form, @org.jspecify.annotations.Nullable Throwable thrown, Duration took, long calls) {

        /** The refusal, once {@link #areRefusals} has found it to be one. */
        UnsupportedCapabilityException refused() {
            return (UnsupportedCapabilityException) Objects.requireNonNull(thrown, form);
        }
    }

    /** Asks in every form, until one is not refused. */
    static Refusals ask(Tck t, Refusable what, Pretence pretence) {
        MqClient mq = t.through(pretence);
        // A first segment of its own: some brokers keep all topics that share one in one object.
        String name = t.name().replace('.', '-');
        PretendingTransport.Calls calls =
                mq.unwrap(PretendingTransport.Calls.class).orElseThrow();
        List<Answer> answers = new ArrayList<>();
        for (Refusable.Probe probe : what.probes(mq, name)) {
            long before = calls.count();
            Throwable thrown = null;
            Duration took = Duration.ofDays(1);
            for (int i = 0; i < 3 && took.compareTo(t.prompt()) >= 0; i++) {
                long start = System.nanoTime();
                thrown = catchThrowable(probe.call());
                Duration once = Duration.ofNanos(System.nanoTime() - start);
                took = once.compareTo(took) < 0 ? once : took;
            }
            answers.add(new Answer(what.row() + ": " + probe.form(), thrown, took, calls.count() - before));
            if (!(thrown instanceof UnsupportedCapabilityException)) {
                break; // what went through may have others wait for an answer that nobody gives
            }
        }
        return new Refusals(name, what, mq.explain(), answers);
    }

    /** All that can be asked of a feature that the product refuses by itself. */
    static void verify(Tck t, Feature feature) {
        Refusals refusals = ask(t, Refusable.of(feature), Pretence.NONE);
        refusals.areRefusals(t);
        refusals.tellAll();
        refusals.areImmediate(t);
        refusals.leaveNothing(t);
    }

    void areRefusals(Tck t) {
        for (Answer answer : answers) {
            assertThat(answer.thrown())
                    .as("%s, which explain() refuses", answer.form())
                    .isExactlyInstanceOf(UnsupportedCapabilityException.class);
            t.evidence();
        }
    }

    void tellAll() {
        for (Answer answer : answers) {
            UnsupportedCapabilityException refused = answer.refused();
            assertThat(explanation.feature(refused.capability()).support())
                    .as("%s names a row of explain() that refuses", answer.form())
                    .isEqualTo(Explanation.Support.REFUSED);
            assertThat(refused.broker())
                    .as("%s names the broker and its version", answer.form())
                    .isEqualTo(explanation.broker());
            assertThat(refused.remedy())
                    .as("%s says what to do instead", answer.form())
                    .isNotBlank();
            assertThat(refused)
                    .hasMessageContaining(name)
                    .hasMessageContaining(refused.broker())
                    .hasMessageContaining(refused.remedy());
        }
    }

    void areImmediate(Tck t) {
        for (Answer answer : answers) {
            assertThat(answer.took()).as("%s is refused at once", answer.form()).isLessThan(t.prompt());
            assertThat(answer.calls())
                    .as("%s: calls of the transport", answer.form())
                    .isZero();
        }
    }

    void leaveNothing(Tck t) {
        assertThat(t.client().admin().exists(what.destination(name)))
                .as("something was made for what was refused: %s", what.row())
                .isFalse();
    }
}

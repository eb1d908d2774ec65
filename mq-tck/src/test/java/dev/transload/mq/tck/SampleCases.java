package dev.transload.mq.tck;

import dev.transload.mq.UnsupportedCapabilityException;

/** Cases that end in every way a case can end, to see what the kit makes of them. */
@SuppressWarnings("DoNotCallSuggester")
@TckGroup("Samples")
final class SampleCases {

    @TckCase(id = "ENV-01", value = "holds", proves = Feature.ENVELOPE)
    void holds(Tck t) {
        t.evidence();
    }

    @TckCase(id = "DLY-01", value = "holds by emulation", proves = Feature.DELAY)
    void holdsByEmulation(Tck t) {
        t.evidence();
    }

    @TckCase(id = "ENV-02", value = "shows nothing", proves = Feature.ENVELOPE)
    void showsNothing(Tck t) {}

    @TckCase(id = "ENV-03", value = "does not hold", check = "the sample", proves = Feature.ENVELOPE)
    void fails(Tck t) {
        throw new AssertionError("expected one, was two");
    }

    @TckCase(id = "PUB-01", value = "refuses what is declared", proves = Feature.TOPIC)
    void refusesWhatIsDeclared(Tck t) {
        throw new UnsupportedCapabilityException("topics", "topics", "Idle 1.0", "not today", "try tomorrow");
    }

    @TckCase(id = "UNS-08", value = "works undeclared", proves = Feature.ENVELOPE)
    void worksUndeclared(Tck t) {
        throw new Undeclared("it works");
    }

    @TckCase(id = "ENV-05", value = "cannot tell", proves = Feature.ENVELOPE)
    void cannotTell(Tck t) {
        throw new Inconclusive("nothing happened");
    }

    @TckCase(id = "FLT-01", value = "breaks", tier = Tier.T2, faults = Fault.KILL, proves = Feature.ENVELOPE)
    void breaks(Tck t) {
        t.evidence();
    }

    @TckCase(id = "ENV-06", value = "throws elsewhere", proves = Feature.ENVELOPE)
    void throwsElsewhere(Tck t) throws InterruptedException {
        t.evidence();
        Thread other = new Thread(
                () -> {
                    throw new IllegalStateException("on another thread");
                },
                "sample");
        other.start();
        other.join();
    }
}

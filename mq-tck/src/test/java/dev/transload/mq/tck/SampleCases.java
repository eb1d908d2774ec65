package dev.transload.mq.tck;

import dev.transload.mq.UnsupportedCapabilityException;
import java.util.List;

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

    @TckCase(id = "ENV-10", value = "meets another run", proves = Feature.ENVELOPE)
    void meetsAnotherRun(Tck t) {
        HistoryLog log = t.history().log();
        String own = t.ids() + "1";
        log.sending(own, "", "q", "sender", "#", 0);
        log.sent(own, "q");
        for (String id : List.of(own, "tck:before:ENV-10:1")) {
            long call = log.delivered(id, "", "q", "c", 1, false, "#", "");
            log.ended(HistoryEvent.Kind.ACKED, id, "q", call, "");
        }
        t.history().assertSound(Judge.of("q", "q", false).ids(t.ids()));
        t.evidence();
    }

    @TckCase(id = "FLT-01", value = "breaks", tier = Tier.T2, faults = Fault.KILL, proves = Feature.ENVELOPE)
    void breaks(Tck t) {
        t.evidence();
    }

    @TckCase(id = "FLT-02", value = "breaks order", tier = Tier.T2, faults = Fault.KILL, proves = Feature.ORDERED)
    void breaksOrder(Tck t) {
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

package dev.transload.mq.tck;

import dev.transload.mq.Explanation;
import dev.transload.mq.Explanation.Support;
import dev.transload.mq.UnsupportedCapabilityException;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/** Decides how a case ended. */
final class Verdicts {

    private static final Set<Fault> LINK =
            EnumSet.of(Fault.CUT, Fault.HALF_OPEN, Fault.CUT_AFTER, Fault.LATENCY, Fault.SLICE, Fault.BANDWIDTH);
    /** What needs a process, a link or a disk of the broker's own. */
    private static final Set<Fault> NOT_IN_PROCESS = Set.of(
            Fault.KILL, Fault.FORGET, Fault.CUT_AFTER, Fault.LATENCY, Fault.SLICE, Fault.BANDWIDTH, Fault.CLIENT_STOP);

    private static final Set<Fault> RESTARTS = EnumSet.of(Fault.STOP, Fault.KILL);

    private Verdicts() {}

    /** Features of the case that the product says it refuses. */
    static List<Feature> refused(Explanation explanation, TckCase tckCase) {
        return Arrays.stream(tckCase.proves())
                .filter(feature -> support(explanation, feature) == Support.REFUSED)
                .toList();
    }

    /** A case that held: marked where the product says that it emulates what the case is about. */
    static CaseResult.Status held(Explanation explanation, TckCase tckCase) {
        boolean emulated = Arrays.stream(tckCase.proves()).anyMatch(f -> support(explanation, f) == Support.EMULATED);
        return emulated ? CaseResult.Status.PASS_EMULATED : CaseResult.Status.PASS;
    }

    private static @Nullable Support support(Explanation explanation, Feature feature) {
        return explanation.features().stream()
                .filter(row -> row.name().equals(feature.explained()))
                .map(Explanation.Feature::support)
                .findFirst()
                .orElse(null);
    }

    /** What became of a case that threw. */
    static CaseResult.Status thrown(Throwable thrown) {
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            if (each instanceof Lying || each instanceof UnsupportedCapabilityException) {
                return CaseResult.Status.FAIL_LYING;
            }
            if (each instanceof Undeclared) {
                return CaseResult.Status.FAIL_UNDECLARED;
            }
            if (each instanceof Inconclusive) {
                return CaseResult.Status.INCONCLUSIVE;
            }
            if (each instanceof TestAbortedException || each instanceof NoBrokerException) {
                return CaseResult.Status.NOT_RUN;
            }
        }
        return CaseResult.Status.FAIL;
    }

    /**
     * Why a case can say nothing about this kind of broker, if it cannot. This is the whole list; nobody who is tested
     * adds to it.
     */
    static Optional<String> untestable(TckCase tckCase, BrokerKind kind, boolean virtualTime) {
        if (kind == BrokerKind.IN_PROCESS) {
            Set<Fault> impossible = new TreeSet<>(Set.of(tckCase.faults()));
            impossible.retainAll(NOT_IN_PROCESS);
            if (!impossible.isEmpty()) {
                return Optional.of("the broker is in this process, where there can be no " + impossible);
            }
        }
        if (tckCase.needs().length > 0 && kind == BrokerKind.IN_PROCESS) {
            return Optional.of("the broker is in this process: there is nothing to connect to");
        }
        if (kind == BrokerKind.LOCAL && (tckCase.needs().length > 0 || breaksTheLink(tckCase))) {
            return Optional.of("the broker is of this machine: there is no address, no account and no link to break");
        }
        if (tckCase.realTime() && virtualTime) {
            return Optional.of("virtual time waits for handlers, and this one has to outlive a deadline");
        }
        return Optional.empty();
    }

    /** What an emulator does not have and the broker that it stands for has, if a case is about that. */
    static Optional<String> onlyReal(TckCase tckCase, TckRun run) {
        if (run.kind() != BrokerKind.EMULATOR) {
            return Optional.empty();
        }
        Set<Need> lacking = new TreeSet<>();
        for (Need need : tckCase.needs()) {
            if (need.missing(run.provider()).isPresent()) {
                lacking.add(need);
            }
        }
        if (!lacking.isEmpty()) {
            return Optional.of("the broker is an emulator that has no " + lacking);
        }
        Set<Fault> restarts = new TreeSet<>(Set.of(tckCase.faults()));
        restarts.retainAll(RESTARTS);
        if (restarts.isEmpty()) {
            return Optional.empty();
        }
        Optional<BrokerControl> opened = run.openControl();
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        try (BrokerControl control = opened.get()) {
            if (Collections.disjoint(control.supported(), restarts)) {
                return Optional.of("the broker is an emulator that does not keep what it has over " + restarts);
            }
            return isAboutOrder(tckCase) && !control.keepsOrder()
                    ? Optional.of("the broker is an emulator that keeps messages over " + restarts
                            + ", and not the order in which it had them")
                    : Optional.empty();
        }
    }

    private static boolean isAboutOrder(TckCase tckCase) {
        return Set.of(tckCase.proves()).contains(Feature.ORDERED);
    }

    private static boolean breaksTheLink(TckCase tckCase) {
        return Arrays.stream(tckCase.faults()).anyMatch(LINK::contains);
    }
}

package dev.transload.mq.proof;

import dev.transload.mq.tck.Fault;
import dev.transload.mq.tck.KitCases.KitCase;
import java.util.EnumSet;
import java.util.Set;

/** In what surroundings a case runs: by whose clock, and whether its broker counts as one with a link and a disk. */
enum Stage {
    /** A broker inside of the JVM whose time moves when the case says so. */
    VIRTUAL(false, false),
    /** The same by the system's clock. */
    REAL(true, false),
    /** The same behind a {@link Wire}, which can do what happens to real brokers only. */
    WIRED(false, true),
    /** Behind a wire, by the system's clock: what is slow takes its time while threads wait for it. */
    WIRED_REAL(true, true);

    private static final Set<Fault> ON_A_WIRE = EnumSet.of(Fault.KILL, Fault.FORGET, Fault.CUT_AFTER, Fault.LATENCY);

    private final boolean realTime;
    private final boolean wired;

    Stage(boolean realTime, boolean wired) {
        this.realTime = realTime;
        this.wired = wired;
    }

    boolean realTime() {
        return realTime;
    }

    boolean wired() {
        return wired;
    }

    static Stage of(KitCase kitCase) {
        boolean wired = kitCase.faults().stream().anyMatch(ON_A_WIRE::contains);
        boolean realTime = kitCase.realTime() || kitCase.faults().contains(Fault.LATENCY);
        if (wired) {
            return realTime ? WIRED_REAL : WIRED;
        }
        return realTime ? REAL : VIRTUAL;
    }
}

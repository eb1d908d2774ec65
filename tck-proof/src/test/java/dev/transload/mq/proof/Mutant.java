package dev.transload.mq.proof;

import dev.transload.mq.inmemory.Profile;
import java.util.List;
import java.util.function.Supplier;

/**
 * A product that is broken in one way. Immutable.
 *
 * @param id names it for ever
 * @param what it does wrong, as a sentence without a full stop
 * @param seen where it was seen in the wild, or nothing
 * @param layer what is broken
 * @param killedBy cases that must fail with it
 * @param twist makes what breaks the transport
 * @param changes what breaks the product's own classes
 * @param profile whose limits the broker underneath takes on
 * @param saying text that the cases must fail with, so that they fail for this; empty for any
 * @param patienceSeconds how long a case waits for what must happen, at least
 */
public record Mutant(
        String id,
        String what,
        String seen,
        Layer layer,
        List<String> killedBy,
        Supplier<? extends Twist> twist,
        List<Change> changes,
        Profile profile,
        String saying,
        double patienceSeconds) {

    /** Enough for a large run on a slow machine. */
    private static final double LARGE_RUN_SECONDS = 20;

    /** What is broken. */
    public enum Layer {
        /** Any transport, from outside. */
        TRANSPORT,
        /** The in-memory broker, from inside. */
        BROKER,
        /** What stands above all transports. */
        ENGINE
    }

    public Mutant {
        killedBy = List.copyOf(killedBy);
        changes = List.copyOf(changes);
    }

    /** A transport that is broken as the twist says. */
    static Mutant transport(String id, String what, Supplier<? extends Twist> twist) {
        return new Mutant(id, what, "", Layer.TRANSPORT, List.of(), twist, List.of(), Profile.NONE, "", 0);
    }

    /** An in-memory broker whose classes are changed. */
    public static Mutant broker(String id, String what, Change... changes) {
        return changed(Layer.BROKER, id, what, changes);
    }

    /** An engine whose classes are changed. */
    public static Mutant engine(String id, String what, Change... changes) {
        return changed(Layer.ENGINE, id, what, changes);
    }

    private static Mutant changed(Layer layer, String id, String what, Change... changes) {
        return new Mutant(id, what, "", layer, List.of(), Truthful::new, List.of(changes), Profile.NONE, "", 0);
    }

    /** Cases that must fail with it. */
    public Mutant killedBy(String... cases) {
        return new Mutant(id, what, seen, layer, List.of(cases), twist, changes, profile, saying, patienceSeconds);
    }

    /** Where it was seen in the wild. */
    public Mutant seen(String where) {
        return new Mutant(id, what, where, layer, killedBy, twist, changes, profile, saying, patienceSeconds);
    }

    /** The broker underneath has that one's limits, since without them the broken part is not used. */
    public Mutant on(Profile limits) {
        return new Mutant(id, what, seen, layer, killedBy, twist, changes, limits, saying, patienceSeconds);
    }

    /** The engine above is changed too, since the transport alone does nothing that an engine could not mend. */
    Mutant with(Change... more) {
        return new Mutant(id, what, seen, layer, killedBy, twist, List.of(more), profile, saying, patienceSeconds);
    }

    /**
     * The cases must fail with this text. For cases that a slow machine fails too when they are given little time, which
     * they are then given more of.
     */
    public Mutant saying(String text) {
        return new Mutant(id, what, seen, layer, killedBy, twist, changes, profile, text, LARGE_RUN_SECONDS);
    }

    /** Does nothing wrong. */
    static final class Truthful extends Twist {}

    @Override
    public String toString() {
        return id + ": " + what;
    }
}

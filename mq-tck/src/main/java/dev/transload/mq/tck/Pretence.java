package dev.transload.mq.tck;

import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.TimeSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a transport is made to say of itself: less than it can, to see the engine emulate or refuse, or more, to see that
 * what it does not declare does not work either; or what time it is. Part of a URI, so that other processes can do the
 * same. Immutable.
 *
 * @param hidden capabilities that are taken away
 * @param claimed capabilities that are added
 * @param delays whether the broker may hold messages back
 * @param ahead how many milliseconds the client's clock is ahead of the true time
 */
record Pretence(Set<Capability> hidden, Set<Capability> claimed, boolean delays, long ahead) {

    static final String SCHEME = "tck";
    /** The transport as it is, with its calls counted. */
    static final Pretence NONE = new Pretence(Set.of(), Set.of(), true, 0);
    /** Nothing but the primitives: what the engine can emulate it has to. */
    static final Pretence BARE = new Pretence(
            EnumSet.of(
                    Capability.PRIORITY,
                    Capability.HEADER_FILTER,
                    Capability.BROWSE,
                    Capability.ATOMIC_MOVE,
                    Capability.NOTE_ATTEMPTS),
            Set.of(),
            true,
            0);

    Pretence {
        hidden = Set.copyOf(hidden);
        claimed = Set.copyOf(claimed);
    }

    static Pretence without(Capability... hidden) {
        return new Pretence(Set.of(hidden), Set.of(), true, 0);
    }

    static Pretence with(Capability... claimed) {
        return new Pretence(Set.of(), Set.of(claimed), true, 0);
    }

    /** The transport as it is, on a machine whose clock is wrong. */
    static Pretence clockAhead(Duration by) {
        return new Pretence(Set.of(), Set.of(), true, by.toMillis());
    }

    /** What a client connects to in order to reach a broker under this pretence. */
    String uri(String brokerUri) {
        return SCHEME + ":" + names(hidden) + "/" + names(claimed) + "/" + delays + "/" + ahead + "/"
                + Base64.getUrlEncoder().withoutPadding().encodeToString(brokerUri.getBytes(StandardCharsets.UTF_8));
    }

    private static String names(Set<Capability> capabilities) {
        return capabilities.isEmpty()
                ? "-"
                : capabilities.stream().map(Enum::name).sorted().collect(Collectors.joining("+"));
    }

    /** Reads the path of what {@link #uri} wrote. */
    static Pretence read(String path) {
        String[] parts = path.split("/", -1);
        return new Pretence(
                capabilities(parts[0]),
                capabilities(parts[1]),
                Boolean.parseBoolean(parts[2]),
                Long.parseLong(parts[3]));
    }

    /** The broker's own URI in the path of what {@link #uri} wrote. */
    static String brokerUri(String path) {
        String encoded = path.substring(path.lastIndexOf('/') + 1);
        return new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8);
    }

    private static Set<Capability> capabilities(String names) {
        return names.equals("-")
                ? Set.of()
                : Arrays.stream(names.split("\\+", -1)).map(Capability::valueOf).collect(Collectors.toSet());
    }

    /** What time it is on the client's machine under this pretence. */
    TimeSource of(TimeSource real) {
        return ahead == 0 ? real : new WrongClock(real, ahead);
    }

    /** A clock that goes right and shows the wrong time. */
    private record WrongClock(TimeSource real, long ahead) implements TimeSource {

        @Override
        public long millis() {
            return real.millis() + ahead;
        }

        @Override
        public long nanos() {
            return real.nanos();
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            return real.schedule(delay, task);
        }

        @Override
        public void workBegan() {
            real.workBegan();
        }

        @Override
        public void workEnded() {
            real.workEnded();
        }
    }

    /** What the transport says under this pretence. */
    Capabilities of(Capabilities real) {
        Capabilities.Builder b = Capabilities.builder(real.broker(), real.limits())
                .durability(real.durability(), real.warnings())
                .sendDelay(delays ? real.maxSendDelay() : Duration.ZERO, delays ? real.delayNote() : "")
                .releaseDelay(delays ? real.maxReleaseDelay() : Duration.ZERO)
                .maxLease(real.maxLease())
                .maxInFlightSpan(real.maxInFlightSpan())
                .counting(real.counting())
                .retention(real.retention())
                .volatileReplies(real.volatileReplies())
                .exactDepth(real.exactDepth());
        for (Capability each : Capability.values()) {
            if (hidden.contains(each)) {
                b.refuses(each, "the kit pretends that the broker cannot");
            } else if (real.has(each)) {
                b.has(each, real.note(each));
            } else if (claimed.contains(each)) {
                b.has(each, "the kit pretends that the broker can");
            } else {
                b.refuses(each, real.refusal(each));
            }
        }
        return b.build();
    }
}

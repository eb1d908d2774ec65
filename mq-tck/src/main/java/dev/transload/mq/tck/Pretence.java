package dev.transload.mq.tck;

import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a transport is made to say of itself: less than it can, to see the engine emulate or refuse, or more, to see that
 * what it does not declare does not work either. Part of a URI, so that other processes can do the same. Immutable.
 *
 * @param hidden capabilities that are taken away
 * @param claimed capabilities that are added
 * @param delays whether the broker may hold messages back
 */
record Pretence(Set<Capability> hidden, Set<Capability> claimed, boolean delays) {

    static final String SCHEME = "tck";
    /** The transport as it is, with its calls counted. */
    static final Pretence NONE = new Pretence(Set.of(), Set.of(), true);
    /** Nothing but the primitives: what the engine can emulate it has to. */
    static final Pretence BARE = new Pretence(
            EnumSet.of(
                    Capability.PRIORITY,
                    Capability.HEADER_FILTER,
                    Capability.BROWSE,
                    Capability.ATOMIC_MOVE,
                    Capability.NOTE_ATTEMPTS),
            Set.of(),
            true);

    Pretence {
        hidden = Set.copyOf(hidden);
        claimed = Set.copyOf(claimed);
    }

    static Pretence without(Capability... hidden) {
        return new Pretence(Set.of(hidden), Set.of(), true);
    }

    static Pretence with(Capability... claimed) {
        return new Pretence(Set.of(), Set.of(claimed), true);
    }

    /** What a client connects to in order to reach a broker under this pretence. */
    String uri(String brokerUri) {
        return SCHEME + ":" + names(hidden) + "/" + names(claimed) + "/" + delays + "/"
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
        return new Pretence(capabilities(parts[0]), capabilities(parts[1]), Boolean.parseBoolean(parts[2]));
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

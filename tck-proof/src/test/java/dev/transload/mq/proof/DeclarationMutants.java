package dev.transload.mq.proof;

import dev.transload.mq.Message;
import dev.transload.mq.Shape;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.inmemory.Profile;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Place;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Transports that say of themselves what is not so. */
final class DeclarationMutants {

    private static final long MONTH = Duration.ofDays(30).toMillis();

    private DeclarationMutants() {}

    static List<Mutant> all() {
        return List.of(
                Mutant.transport(
                                "refuses-what-it-declares",
                                "retained topics are declared, and refused when one is made",
                                () -> new Twist() {
                                    @Override
                                    CompletableFuture<Void> declare(Place place) {
                                        if (place.shape().retained() == null) {
                                            return real().declare(place);
                                        }
                                        return CompletableFuture.failedFuture(new UnsupportedCapabilityException(
                                                "replay", place.name(), "in memory", "not now", "try again"));
                                    }
                                })
                        .killedBy("UNS-07"),
                Mutant.transport(
                                "declares-no-topics-and-has-them",
                                "topics are not declared, although they work",
                                () -> says(Set.of(), Set.of(Capability.GROUPS)))
                        .killedBy("UNS-08"),
                Mutant.transport(
                                "declares-no-history-and-has-it",
                                "history is not declared, although it can be replayed",
                                () -> says(Set.of(), Set.of(Capability.HISTORY)))
                        .killedBy("UNS-08"),
                Mutant.transport(
                                "declares-order-and-has-none",
                                "order is declared by a broker that keeps none",
                                () -> says(Set.of(Capability.LANES), Set.of()))
                        .on(Profile.SQS_STANDARD)
                        .killedBy("UNS-08"),
                Mutant.transport("long-delays-are-dropped", "a delay of more than a month is none", () -> new Twist() {
                            @Override
                            long delay(long millis, Message message, Place to) {
                                return millis > MONTH ? 0 : millis;
                            }
                        })
                        .killedBy("DLY-06"));
    }

    private static Twist says(Set<Capability> more, Set<Capability> less) {
        return new Twist() {
            @Override
            Capabilities capabilities(Shape shape, Capabilities truth) {
                Capabilities.Builder said = Capabilities.builder(truth.broker(), truth.limits())
                        .durability(truth.durability(), truth.warnings())
                        .sendDelay(truth.maxSendDelay(), truth.delayNote())
                        .releaseDelay(truth.maxReleaseDelay())
                        .maxLease(truth.maxLease())
                        .maxInFlightSpan(truth.maxInFlightSpan())
                        .counting(truth.counting())
                        .retention(truth.retention())
                        .volatileReplies(truth.volatileReplies())
                        .exactDepth(truth.exactDepth())
                        .sharedByLanes(truth.sharedByLanes());
                for (Capability each : Capability.values()) {
                    if (less.contains(each)) {
                        said.refuses(each, "the broker has no such thing");
                    } else if (more.contains(each)) {
                        said.has(each, "as well as any");
                    } else if (truth.has(each)) {
                        said.has(each, truth.note(each));
                    } else {
                        said.refuses(each, truth.refusal(each));
                    }
                }
                return said.build();
            }
        };
    }
}

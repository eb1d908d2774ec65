package dev.transload.mq.inmemory;

import dev.transload.mq.Message;
import dev.transload.mq.proof.Change;
import dev.transload.mq.proof.Mutant;
import dev.transload.mq.spi.Place;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import net.bytebuddy.asm.Advice;

/** Brokers that keep, order or hand out wrongly where no decorator reaches. */
@SuppressWarnings("UnusedVariable") // what advice assigns is used where it is put
public final class BrokerMutants {

    private BrokerMutants() {}

    public static List<Mutant> all() {
        return List.of(
                Mutant.broker(
                                "keys-in-any-lane",
                                "a message goes to a lane drawn at random",
                                Change.advise("inmemory.Keys", "lane", AnyLane.class))
                        .killedBy("ORD-02", "ORD-20"),
                Mutant.broker(
                                "nobody-there-nothing-kept",
                                "what arrives while nobody consumes is dropped",
                                Change.advise("inmemory.OpenMailbox", "add", OnlyIfReceived.class))
                        .killedBy("WQ-03", "DLY-10", "PUB-05"),
                Mutant.broker(
                                "first-consumer-gets-all",
                                "only the first consumer of a queue gets messages",
                                Change.advise("inmemory.OpenMailbox", "credited", OnlyTheFirst.class))
                        .killedBy("WQ-05"),
                Mutant.broker(
                                "one-group-gets-all",
                                "a message of a topic reaches its first group only",
                                Change.advise("inmemory.TopicState", "arrive", FirstGroup.class))
                        .killedBy("PUB-01", "DLY-15"),
                Mutant.broker(
                                "groups-end-with-their-member",
                                "a durable group ends when nobody receives",
                                Change.advise("inmemory.Broker", "left", ForgetsGroups.class))
                        .killedBy("PUB-05", "RPL-05"),
                Mutant.broker(
                                "bytes-are-shared",
                                "the broker keeps the sender's own bytes",
                                Change.advise("inmemory.Copies", "of", NotCopied.class))
                        .killedBy("ENV-16"),
                Mutant.broker(
                                "priorities-are-ignored",
                                "all priorities are one",
                                Change.advise("inmemory.PriorityBacklog", "<init>", OneLevel.class))
                        .killedBy("PRI-01"),
                Mutant.broker(
                                "last-in-first-out",
                                "the newest message comes first",
                                Change.advise("inmemory.Backlog", "poll", Newest.class))
                        .killedBy("PRI-02", "PUB-05"),
                Mutant.broker(
                                "hash-needs-a-segment",
                                "a '#' does not match nothing",
                                Change.advise("inmemory.TopicNames", "matches/2", AtLeastOne.class))
                        .killedBy("RTE-05"),
                Mutant.broker(
                                "later-topics-are-missed",
                                "a pattern does not find topics made later",
                                Change.omit("inmemory.Places", "topic", "add"))
                        .killedBy("RTE-11"),
                Mutant.broker(
                                "replay-misses-the-first",
                                "a replay leaves the oldest message out",
                                Change.advise("inmemory.History", "select", WithoutFirst.class))
                        .killedBy("RPL-01", "RPL-03"),
                Mutant.broker(
                                "depth-is-one-more",
                                "the depth counts one too many",
                                Change.advise("inmemory.InMemoryAdmin", "depth", OneMore.class))
                        .killedBy("ADM-02"),
                Mutant.broker(
                                "a-close-ends-all-clients",
                                "the first client that closes takes the others along",
                                Change.advise("inmemory.InMemoryTransport", "close", KillsAll.class))
                        .killedBy("LIF-11", "ACK-01"),
                Mutant.broker(
                                "two-shapes-for-one-name",
                                "one name may be used with two shapes",
                                Change.omit("client.Shapes", "check", "putIfAbsent"),
                                Change.returns("inmemory.Places", "fits", true))
                        .killedBy("SND-24"),
                Mutant.broker(
                                "deleted-group-comes-back",
                                "a deleted group keeps what it held",
                                Change.advise("inmemory.Places", "delete", NotGroups.class))
                        .killedBy("ADM-04"));
    }

    private static final class AnyLane {
        @Advice.OnMethodExit
        static void exit(@Advice.Argument(1) int lanes, @Advice.Return(readOnly = false) int lane) {
            lane = ThreadLocalRandom.current().nextInt(lanes);
        }
    }

    private static final class OnlyIfReceived {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.This Mailbox mailbox) {
            return mailbox.flows.isEmpty();
        }
    }

    private static final class OnlyTheFirst {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.This Mailbox mailbox, @Advice.Argument(0) Flow flow) {
            return !mailbox.flows.isEmpty() && mailbox.flows.get(0) != flow;
        }
    }

    private static final class FirstGroup {
        @Advice.OnMethodEnter
        static void enter(@Advice.This TopicState topic) {
            while (topic.groups.size() > 1) {
                topic.groups.remove(1);
            }
        }
    }

    private static final class ForgetsGroups {
        @Advice.OnMethodEnter
        static void enter(@Advice.FieldValue("places") Places places, @Advice.Argument(0) Mailbox mailbox) {
            if (mailbox.place.role() == Place.Role.GROUP && mailbox.place.group() != null && mailbox.flows.isEmpty()) {
                places.delete(mailbox.place);
            }
        }
    }

    private static final class NotCopied {
        @Advice.OnMethodExit
        static void exit(@Advice.Argument(0) Message message, @Advice.Return(readOnly = false) Message copy) {
            copy = message;
        }
    }

    private static final class OneLevel {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 0, readOnly = false) int levels) {
            levels = 1;
        }
    }

    private static final class Newest {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static Entry enter(@Advice.FieldValue("fresh") java.util.ArrayDeque<Entry> fresh) {
            return fresh.pollLast();
        }

        @Advice.OnMethodExit
        static void exit(@Advice.Enter Entry newest, @Advice.Return(readOnly = false) Entry entry) {
            entry = newest == null ? entry : newest;
        }
    }

    private static final class AtLeastOne {
        @Advice.OnMethodExit
        static void exit(
                @Advice.Argument(0) String pattern,
                @Advice.Argument(1) String name,
                @Advice.Return(readOnly = false) boolean matches) {
            matches = matches && !(pattern.endsWith(".#") && pattern.equals(name + ".#"));
        }
    }

    private static final class WithoutFirst {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) List<Entry> selected) {
            selected = selected.isEmpty() ? selected : selected.subList(1, selected.size());
        }
    }

    private static final class OneMore {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) CompletableFuture<OptionalLong> depth) {
            if (!depth.isCompletedExceptionally() && depth.join().isPresent()) {
                depth = CompletableFuture.completedFuture(
                        OptionalLong.of(depth.join().getAsLong() + 1));
            }
        }
    }

    private static final class KillsAll {
        @Advice.OnMethodEnter
        static void enter(@Advice.FieldValue("broker") Broker broker) {
            for (InMemoryTransport client : broker.clients()) {
                var unused = client.kill();
            }
        }
    }

    private static final class NotGroups {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.Argument(0) Place place) {
            return place.role() == Place.Role.GROUP;
        }
    }
}

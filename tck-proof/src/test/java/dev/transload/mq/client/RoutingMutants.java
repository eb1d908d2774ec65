package dev.transload.mq.client;

import dev.transload.mq.Explanation;
import dev.transload.mq.proof.Change;
import dev.transload.mq.proof.Mutant;
import java.util.List;
import java.util.Map;
import net.bytebuddy.asm.Advice;

/** Engines that filter, replay, explain or look after destinations wrongly. */
@SuppressWarnings("UnusedVariable") // what advice assigns is used where it is put
public final class RoutingMutants {

    private RoutingMutants() {}

    public static List<Mutant> all() {
        return List.of(
                Mutant.engine(
                                "header-filter-is-ignored",
                                "a header filter lets everything through",
                                Change.returns("client.DeliveryPipeline", "matches", true))
                        .killedBy("RTE-01"),
                Mutant.engine(
                                "header-filter-ignores-case",
                                "a header filter does not mind the case",
                                Change.advise("client.DeliveryPipeline", "matches", AnyCase.class))
                        .killedBy("RTE-01"),
                Mutant.engine(
                                "filters-may-differ",
                                "members of a group may have different filters",
                                Change.skip("client.GroupFilters", "join"))
                        .killedBy("RTE-12"),
                Mutant.engine(
                                "patterns-are-not-checked",
                                "a pattern outside the grammar is taken",
                                Change.advise("Names", "topicPattern", AnyPattern.class))
                        .killedBy("RTE-03"),
                Mutant.engine(
                                "names-are-not-checked",
                                "a name outside the grammar is taken",
                                Change.advise("Names", "portable", AnyPattern2.class))
                        .killedBy("RTE-03"),
                Mutant.engine(
                                "group-without-its-topic",
                                "groups of one name on two topics are one",
                                Change.advise("Group", "name", GroupOnly.class))
                        .killedBy("PUB-10"),
                Mutant.engine(
                                "replay-of-nothing",
                                "a topic that keeps nothing may be replayed",
                                Change.advise("Group", "from", Anything.class))
                        .killedBy("RPL-08", "RPL-10"),
                Mutant.engine(
                                "start-is-ignored",
                                "a new group starts now, whatever it asks for",
                                Change.returns("Group", "start", null))
                        .killedBy("RPL-01", "RPL-03"),
                Mutant.engine(
                                "uri-in-exceptions",
                                "what is wrong with a URI is shown with the URI",
                                Change.advise("spi.TransportUri", "parse", ShowsIt.class))
                        .killedBy("SEC-01"),
                Mutant.engine(
                                "unknown-options-are-ignored",
                                "an unknown option is accepted",
                                Change.skip("spi.TransportUri", "requireKnownOptions"))
                        .killedBy("SEC-14"),
                Mutant.engine(
                                "options-are-not-checked",
                                "a subscription of no handlers is taken",
                                Change.advise("SubscribeOptions$Builder", "concurrency", OneAtLeast.class))
                        .killedBy("SEC-15"),
                Mutant.engine(
                                "subscriptions-are-not-checked",
                                "dead letters may go to the queue itself",
                                Change.skip("client.Subscribing", "checkOptions"))
                        .killedBy("SEC-16"),
                Mutant.engine(
                                "a-feature-is-not-explained",
                                "explain leaves a feature out",
                                Change.advise("client.Explanations", "rest", Forgets.class))
                        .killedBy("OBS-11"),
                Mutant.engine(
                                "a-limit-is-not-told",
                                "explain leaves the limits out",
                                Change.skip("client.Explanations", "limits"))
                        .killedBy("LIM-10"),
                Mutant.engine(
                                "everything-exists",
                                "every destination exists",
                                Change.returns("client.EngineAdmin", "exists", true))
                        .killedBy("ADM-01"),
                Mutant.engine(
                                "purge-does-nothing",
                                "a purge leaves what waits",
                                Change.skip("client.EngineAdmin", "purge"))
                        .killedBy("ADM-03"),
                Mutant.engine(
                                "delete-does-nothing",
                                "a delete leaves the destination",
                                Change.skip("client.EngineAdmin", "delete"))
                        .killedBy("ADM-01", "ADM-04"),
                Mutant.engine(
                                "dead-letters-are-not-counted",
                                "dead letters are always none",
                                Change.returns("client.EngineAdmin", "deadLetterDepth", 0L))
                        .killedBy("ADM-03"));
    }

    private static final class AnyCase {
        @Advice.OnMethodExit
        static void exit(
                @Advice.FieldValue("spec") FlowSpec<?> spec,
                @Advice.Argument(1) dev.transload.mq.Message message,
                @Advice.Return(readOnly = false) boolean matches) {
            boolean all = true;
            for (Map.Entry<String, String> wanted : spec.headerFilter().entrySet()) {
                all &= wanted.getValue().equalsIgnoreCase(message.headers().get(wanted.getKey()));
            }
            matches = matches || all;
        }
    }

    private static final class AnyPattern {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.Argument(0) String pattern) {
            return true;
        }

        @Advice.OnMethodExit
        static void exit(@Advice.Argument(0) String pattern, @Advice.Return(readOnly = false) String result) {
            result = pattern;
        }
    }

    private static final class AnyPattern2 {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter() {
            return true;
        }

        @Advice.OnMethodExit
        static void exit(@Advice.Argument(1) String name, @Advice.Return(readOnly = false) String result) {
            result = name;
        }
    }

    private static final class GroupOnly {
        @Advice.OnMethodExit
        static void exit(@Advice.FieldValue("group") String group, @Advice.Return(readOnly = false) String name) {
            name = group == null ? name : "group--" + group;
        }
    }

    private static final class Anything {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(
                @Advice.FieldValue("shape") dev.transload.mq.Shape shape, @Advice.FieldValue("group") String group) {
            return shape.retained() == null || group == null;
        }

        @Advice.OnMethodExit
        static void exit(
                @Advice.This dev.transload.mq.Group<Object> group,
                @Advice.Enter boolean skipped,
                @Advice.Return(readOnly = false) dev.transload.mq.Group<Object> result) {
            result = skipped ? group : result;
        }
    }

    private static final class ShowsIt {
        @Advice.OnMethodExit(onThrowable = IllegalArgumentException.class)
        static void exit(@Advice.Argument(0) String uri, @Advice.Thrown(readOnly = false) Throwable thrown) {
            if (thrown != null) {
                thrown = new IllegalArgumentException(thrown.getMessage() + ": " + uri);
            }
        }
    }

    private static final class OneAtLeast {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 0, readOnly = false) int number) {
            number = Math.max(1, number);
        }
    }

    private static final class Forgets {
        @Advice.OnMethodExit
        static void exit(@Advice.FieldValue("features") List<Explanation.Feature> features) {
            features.remove(features.size() - 1);
            features.remove(0);
        }
    }
}

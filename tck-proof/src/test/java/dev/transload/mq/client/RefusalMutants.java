package dev.transload.mq.client;

import dev.transload.mq.Destination;
import dev.transload.mq.Outbound;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SendResult;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.inmemory.Profile;
import dev.transload.mq.proof.Change;
import dev.transload.mq.proof.Mutant;
import dev.transload.mq.spi.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** Engines that refuse what they should not, too late, in the wrong words, or not at all. */
@SuppressWarnings("UnusedVariable") // what advice assigns is used where it is put
public final class RefusalMutants {

    private static final String REFUSED = "client.Refused";
    private static final String REFUSAL = "UnsupportedCapabilityException";

    private RefusalMutants() {}

    public static List<Mutant> all() {
        return List.of(
                Mutant.engine(
                                "refusals-are-forgotten",
                                "what the broker cannot do is accepted without a word",
                                Change.skip("client.Shapes", "require"))
                        .killedBy("UNS-01", "UNS-04", "ORD-15"),
                Mutant.engine(
                                "refused-by-another-exception",
                                "what the broker cannot do is called a wrong argument",
                                Change.advise(REFUSED, "capability", AsArgument.class))
                        .killedBy("UNS-01", "ORD-15"),
                Mutant.engine(
                                "refusal-names-no-version",
                                "a refusal does not say which broker refuses",
                                Change.advise(REFUSAL, "<init>", NamelessBroker.class))
                        .killedBy("UNS-02", "ORD-15"),
                Mutant.engine(
                                "refusal-without-advice",
                                "a refusal does not say what to do instead",
                                Change.advise(REFUSAL, "<init>", NoAdvice.class))
                        .killedBy("UNS-02"),
                Mutant.engine(
                                "refusal-names-what-is-not-refused",
                                "a refusal names a feature that the broker has",
                                Change.advise(REFUSAL, "<init>", AnotherRow.class))
                        .killedBy("UNS-02"),
                Mutant.engine(
                                "made-before-it-is-refused",
                                "a destination is made before its shape is looked at",
                                Change.advise("client.Shapes", "check", DeclaresFirst.class))
                        .killedBy("UNS-03", "UNS-04", "ORD-15", "SND-18"),
                Mutant.engine(
                                "asked-before-it-is-refused",
                                "the broker is asked about a destination before its shape is looked at",
                                Change.advise("client.Shapes", "check", AsksFirst.class))
                        .killedBy("UNS-03", "ORD-15", "SND-18"),
                Mutant.engine(
                                "refused-and-sent-all-the-same",
                                "a message that is refused for the shape of its destination is sent to a plain one",
                                Change.advise("client.Sending", "send", SentPlain.class))
                        .killedBy("UNS-04"),
                Mutant.engine(
                                "batches-are-refused-by-item",
                                "a batch to what is refused fails message by message",
                                Change.advise("client.Sending", "sendAll", ByItem.class))
                        .killedBy("UNS-05", "UNS-01"),
                Mutant.engine(
                                "forms-are-refused-by-different-names",
                                "a subscription is refused by another name than a send",
                                Change.advise("client.Subscribing", "subscribe", ByAnotherName.class))
                        .killedBy("UNS-05"),
                Mutant.engine(
                                "waits-are-looked-at-when-they-begin",
                                "a retry that waits longer than is possible is refused when it is due",
                                Change.omit("client.Subscribing", "checkOptions", "ifPresent"))
                        .killedBy("UNS-06"),
                Mutant.engine(
                                "options-of-a-send-are-not-looked-at",
                                "a priority that the destination does not have is left out",
                                Change.skip("client.Sending", "check"))
                        .killedBy("SND-18"),
                Mutant.engine(
                                "any-delay-is-taken",
                                "a delay beyond the longest is taken",
                                Change.advise("client.DelayRoutes", "maxDelay", Centuries.class))
                        .killedBy("DLY-06", "UNS-09", "SND-18"),
                Mutant.engine(
                                "another-limit-is-told",
                                "a refusal tells a longer delay than is possible",
                                Change.advise(REFUSED, "delay", TellsMore.class))
                        .killedBy("DLY-06"),
                Mutant.engine(
                                "copies-for-a-retry-do-not-wait",
                                "where the broker cannot wait, a retry comes at once",
                                Change.advise("client.Retries", "retryByCopy", AtOnce.class))
                        .on(Profile.KAFKA)
                        .seen("watermill-nats #26")
                        .killedBy("ACK-20"),
                Mutant.engine(
                                "control-characters-are-taken",
                                "ids, keys and types may have line ends",
                                Change.advise("SendOptions$Settings", "text", AsItIs.class))
                        .killedBy("SEC-05"),
                Mutant.engine(
                                "log-lines-as-they-come",
                                "what others wrote is printed with its line ends",
                                Change.advise("client.LogText", "of/1", PrintedAsItIs.class))
                        .killedBy("SEC-05"),
                Mutant.engine(
                                "hostile-text-in-records",
                                "the record of a failure keeps what could colour a terminal",
                                Change.advise("client.BoundedText", "carried", AsGiven.class))
                        .killedBy("SEC-05"));
    }

    private static final class AsArgument {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(1) String what) {
            if (!what.isEmpty()) {
                throw new IllegalArgumentException(what + " is wrong");
            }
        }
    }

    private static final class NamelessBroker {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 2, readOnly = false) String broker) {
            broker = "the broker";
        }
    }

    private static final class NoAdvice {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 4, readOnly = false) String remedy) {
            remedy = " ";
        }
    }

    private static final class AnotherRow {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 0, readOnly = false) String capability) {
            capability = "dead letters";
        }
    }

    private static final class DeclaresFirst {
        @Advice.OnMethodEnter
        static void enter(@Advice.FieldValue("engine") Engine engine, @Advice.Argument(0) Place place) {
            if (place.role() != Place.Role.GROUP) {
                var unused = engine.transport().declare(place);
            }
        }
    }

    private static final class AsksFirst {
        @Advice.OnMethodEnter
        static void enter(@Advice.FieldValue("engine") Engine engine, @Advice.Argument(0) Place place) {
            if (place.role() == Place.Role.QUEUE) {
                var unused = engine.transport().admin().depth(place);
            }
        }
    }

    private static final class PrintedAsItIs {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object text) {
            System.err.println(String.valueOf(text).replace('\u001B', ' '));
        }
    }

    private static final class Centuries {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Duration most) {
            most = Duration.ofDays(99_999);
        }
    }

    private static final class AsGiven {
        @Advice.OnMethodExit
        static void exit(@Advice.Argument(0) int point, @Advice.Return(readOnly = false) int carried) {
            carried = point;
        }
    }

    private static final class SentPlain {
        @Advice.OnMethodExit(onThrowable = UnsupportedCapabilityException.class)
        static void exit(
                @Advice.This Sending sending,
                @Advice.Argument(0) Destination<String> destination,
                @Advice.Argument(1) Object payload,
                @Advice.Thrown Throwable refused) {
            if (refused instanceof UnsupportedCapabilityException && payload instanceof String text) {
                sending.send(Queue.of(destination.name(), String.class), text, SendOptions.none());
            }
        }
    }

    private static final class ByItem {
        @Advice.OnMethodExit(onThrowable = UnsupportedCapabilityException.class)
        static void exit(
                @Advice.Argument(1) List<Outbound<String>> messages,
                @Advice.Thrown(readOnly = false) Throwable thrown,
                @Advice.Return(readOnly = false) List<SendResult> results) {
            if (thrown instanceof UnsupportedCapabilityException refused) {
                results = new ArrayList<>();
                for (Outbound<String> message : messages) {
                    results.add(new SendResult("none", refused));
                }
                thrown = null;
            }
        }
    }

    private static final class ByAnotherName {
        @Advice.OnMethodExit(onThrowable = UnsupportedCapabilityException.class)
        static void exit(@Advice.Thrown(readOnly = false) Throwable thrown) {
            if (thrown instanceof UnsupportedCapabilityException refused) {
                thrown = new UnsupportedCapabilityException(
                        "subscriptions", "a subscription", refused.broker(), "refused", refused.remedy());
            }
        }
    }

    private static final class TellsMore {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 1, readOnly = false) Duration most) {
            most = most.plusSeconds(1);
        }
    }

    private static final class AtOnce {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 2, readOnly = false) Duration wait) {
            wait = Duration.ZERO;
        }
    }

    private static final class AsItIs {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter() {
            return true;
        }

        @Advice.OnMethodExit
        static void exit(
                @Advice.Argument(1) String value,
                @Advice.Return(readOnly = false, typing = Assigner.Typing.DYNAMIC) Object text) {
            text = value;
        }
    }
}

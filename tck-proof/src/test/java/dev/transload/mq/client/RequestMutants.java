package dev.transload.mq.client;

import dev.transload.mq.Message;
import dev.transload.mq.proof.Change;
import dev.transload.mq.proof.Mutant;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.bytebuddy.asm.Advice;

/** Engines that ask, answer or skip duplicates wrongly. */
@SuppressWarnings("UnusedVariable") // what advice assigns is used where it is put
public final class RequestMutants {

    private static final String REPLIES = "client.RequestReplies";
    private static final String ANSWERING = "client.Answering";
    private static final String STEP = "client.IdempotencyStep";

    private RequestMutants() {}

    public static List<Mutant> all() {
        return List.of(
                Mutant.engine(
                                "any-reply-will-do",
                                "a reply completes the oldest request, whichever it answers",
                                Change.advise(REPLIES + "$Inbox", "deliver", OldestFirst.class))
                        .seen("Boulder #1051")
                        .killedBy("RPC-02", "RPC-05", "RPC-07"),
                Mutant.engine(
                                "replies-have-no-correlation",
                                "a reply does not say what it answers",
                                Change.advise(REPLIES, "reply", NoCorrelation.class))
                        .killedBy("RPC-01", "RPC-02"),
                Mutant.engine(
                                "late-replies-are-not-counted",
                                "a reply that reaches nobody is dropped without a word",
                                Change.skip(REPLIES, "drop"))
                        .killedBy("RPC-05", "RPC-06", "RPC-07"),
                Mutant.engine(
                                "a-forged-reply-ends-the-inbox",
                                "a reply that answers nothing ends the inbox",
                                Change.advise(REPLIES, "drop", EndsTheInbox.class))
                        .killedBy("RPC-07"),
                Mutant.engine(
                                "timeouts-are-late",
                                "a request fails at ten times its timeout",
                                Change.advise(REPLIES + "$Pending", "<init>", TenTimes.class))
                        .killedBy("RPC-03"),
                Mutant.engine(
                                "timeouts-are-early",
                                "a request fails at half its timeout",
                                Change.advise(REPLIES + "$Pending", "<init>", HalfTheTime.class))
                        .killedBy("RPC-03"),
                Mutant.engine(
                                "remote-failure-is-a-timeout",
                                "a handler that fails sends no reply",
                                Change.advise(REPLIES, "errorReply", ToNobody.class))
                        .killedBy("RPC-04"),
                Mutant.engine(
                                "remote-failure-has-no-text",
                                "what a handler throws reaches the caller without its text",
                                Change.advise(REPLIES, "errorReply", NoText.class))
                        .killedBy("RPC-04"),
                Mutant.engine(
                                "remote-failure-is-retried",
                                "a request whose handler fails is tried again",
                                Change.advise(ANSWERING, "respond", Retries.class))
                        .killedBy("RPC-04"),
                Mutant.engine(
                                "pending-requests-hang-at-close",
                                "requests that wait when their client closes never end",
                                Change.advise(REPLIES, "close", LeavesPending.class))
                        .killedBy("RPC-10"),
                Mutant.engine(
                                "one-inbox-for-all-callers",
                                "a reply may reach another caller",
                                Change.advise(REPLIES, "send", StaticAddress.class))
                        .killedBy("RPC-11"),
                Mutant.engine(
                                "a-request-without-an-address-fails",
                                "a message without a reply address is set aside",
                                Change.advise(ANSWERING, "dropped", DeadLetters.class))
                        .killedBy("RPC-13"),
                Mutant.engine(
                                "bad-requests-are-not-named",
                                "a request that makes no sense is refused without a name",
                                Change.advise(ANSWERING, "requestAsync", Nameless.class))
                        .killedBy("RPC-21"),
                Mutant.engine(
                                "duplicates-are-handled",
                                "a duplicate of a completed message is handled",
                                Change.advise("InMemoryIdempotencyStore", "complete", NeverDone.class))
                        .killedBy("IDM-03", "IDM-20"),
                Mutant.engine(
                                "duplicates-are-dead-letters",
                                "a duplicate of a completed message is set aside",
                                Change.advise("client.Outcomes", "duplicate", SetsAside.class))
                        .killedBy("IDM-03"),
                Mutant.engine(
                                "duplicates-are-not-told",
                                "a duplicate is skipped without a word",
                                Change.omit("client.Outcomes", "duplicate", "tell"))
                        .killedBy("IDM-03", "IDM-08", "IDM-20"),
                Mutant.engine(
                                "failure-keeps-its-claim",
                                "a failed attempt does not give its claim up",
                                Change.omit("client.Outcomes", "failed", "abandon"),
                                Change.omit("client.Outcomes", "giveUp", "abandon"))
                        .killedBy("IDM-04"),
                Mutant.engine(
                                "failure-counts-as-done",
                                "a failed attempt completes its claim",
                                Change.advise(STEP, "abandon", Completes.class))
                        .killedBy("IDM-04", "IDM-21"),
                Mutant.engine(
                                "claims-are-not-respected",
                                "a message that is claimed elsewhere is handled",
                                Change.advise(STEP, "begin", HandlesClaimed.class))
                        .killedBy("IDM-05"),
                Mutant.engine(
                                "what-must-wait-is-acked",
                                "a message that is claimed elsewhere, or whose claim cannot be asked for, is acked",
                                Change.advise("client.Outcomes", "giveBack", AsDone.class))
                        .killedBy("IDM-05", "IDM-11"),
                Mutant.engine(
                                "claimed-elsewhere-counts",
                                "waiting for another's claim counts as a failed attempt",
                                Change.advise("client.Outcomes", "giveBack", CountsAsFailure.class))
                        .killedBy("IDM-05", "IDM-11"),
                Mutant.engine(
                                "keys-have-no-scope",
                                "two groups share the keys of their messages",
                                Change.advise(STEP, "keyOf", WithoutSource.class))
                        .killedBy("IDM-08"),
                Mutant.engine(
                                "store-down-handles",
                                "while the store is down messages are handled without it",
                                Change.advise(STEP, "begin", FailsOpen.class))
                        .killedBy("IDM-11"),
                Mutant.engine(
                                "store-down-after-the-handler-is-silent",
                                "if the store fails after the handler nobody is told",
                                Change.skip(STEP, "bypassed"))
                        .killedBy("IDM-19"),
                Mutant.engine(
                                "own-keys-are-ignored",
                                "the key is always the id of the message",
                                Change.returns("Idempotency", "keyOf", null))
                        .killedBy("IDM-20"));
    }

    private static final class OldestFirst {
        @Advice.OnMethodEnter
        static void enter(
                @Advice.FieldValue("this$0") RequestReplies replies,
                @Advice.Argument(value = 0, readOnly = false) dev.transload.mq.spi.Incoming delivery) {
            delivery = AnyReply.of(replies, delivery);
        }
    }

    private static final class NoCorrelation {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Message reply) {
            reply = reply.toBuilder().correlationId(null).build();
        }
    }

    private static final class EndsTheInbox {
        @Advice.OnMethodEnter
        static void enter(@Advice.This RequestReplies replies) {
            replies.close();
        }
    }

    private static final class TenTimes {
        @Advice.OnMethodExit
        static void exit(@Advice.FieldValue(value = "timeout", readOnly = false) Duration timeout) {
            timeout = timeout.multipliedBy(10);
        }
    }

    private static final class HalfTheTime {
        @Advice.OnMethodExit
        static void exit(@Advice.FieldValue(value = "timeout", readOnly = false) Duration timeout) {
            timeout = timeout.dividedBy(2);
        }
    }

    private static final class ToNobody {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Message reply) {
            reply = reply.toBuilder().correlationId("nobody").build();
        }
    }

    private static final class NoText {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Message reply) {
            reply = reply.toBuilder()
                    .removeAnnotation(dev.transload.mq.spi.Annotations.ERROR_MESSAGE)
                    .build();
        }
    }

    private static final class Retries {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.Argument(0) dev.transload.mq.Delivery<?> delivery) {
            boolean again = delivery.attempt() == 1;
            if (again) {
                delivery.retry(Duration.ZERO);
            }
            return again;
        }
    }

    private static final class LeavesPending {
        @Advice.OnMethodEnter
        static void enter(@Advice.FieldValue("pending") Map<?, ?> pending) {
            pending.clear();
        }
    }

    private static final class StaticAddress {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 2, readOnly = false) dev.transload.mq.spi.Receiver receiver) {
            receiver = SharedInbox.first(receiver);
        }
    }

    private static final class DeadLetters {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(1) String why) {
            if (why.contains("no reply address")) {
                throw new IllegalStateException("no reply address");
            }
        }
    }

    private static final class Nameless {
        @Advice.OnMethodExit(onThrowable = IllegalArgumentException.class)
        static void exit(@Advice.Thrown(readOnly = false) Throwable thrown) {
            if (thrown != null) {
                thrown = new IllegalArgumentException("bad request");
            }
        }
    }

    private static final class NeverDone {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(
                @Advice.This dev.transload.mq.InMemoryIdempotencyStore store,
                @Advice.Argument(0) String key,
                @Advice.Argument(1) String token) {
            return store.abandon(key, token);
        }

        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) boolean held) {
            held = true;
        }
    }

    private static final class SetsAside {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(
                @Advice.This Outcomes<Object> outcomes, @Advice.Argument(0) EngineDelivery<Object> delivery) {
            outcomes.giveUp(delivery, dev.transload.mq.Failure.Reason.NOT_RETRYABLE, null);
            return true;
        }

        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) int result) {
            result = DeliveryPipeline.PARKED;
        }
    }

    private static final class Completes {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(
                @Advice.This IdempotencyStep<Object> step, @Advice.Argument(0) EngineDelivery<Object> delivery) {
            step.complete(delivery);
            return true;
        }
    }

    private static final class HandlesClaimed {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter() {
            return true;
        }

        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) int decided) {
            decided = IdempotencyStep.HANDLE;
        }
    }

    private static final class AsDone {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(
                @Advice.This Outcomes<Object> outcomes, @Advice.Argument(0) EngineDelivery<Object> delivery) {
            delivery.move(EngineDelivery.RUNNING, EngineDelivery.SETTLING);
            outcomes.discard(delivery, "claimed elsewhere");
            return true;
        }
    }

    private static final class CountsAsFailure {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(0) EngineDelivery<Object> delivery) {
            delivery.heldFailures++;
        }
    }

    private static final class WithoutSource {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) String key) {
            key = key == null ? null : key.substring(key.indexOf('/') + 1);
        }
    }

    private static final class FailsOpen {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(
                @Advice.FieldValue("store") dev.transload.mq.IdempotencyStore store,
                @Advice.Argument(0) EngineDelivery<Object> delivery) {
            try {
                store.begin("probe-" + delivery.id(), "probe", Duration.ofSeconds(1));
                return false;
            } catch (RuntimeException down) {
                return true;
            }
        }

        @Advice.OnMethodExit
        static void exit(@Advice.Enter boolean down, @Advice.Return(readOnly = false) int decided) {
            decided = down ? IdempotencyStep.HANDLE : decided;
        }
    }
}

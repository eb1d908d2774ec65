package dev.transload.mq.client;

import dev.transload.mq.Failure;
import dev.transload.mq.Message;
import dev.transload.mq.proof.Change;
import dev.transload.mq.proof.Mutant;
import java.time.Duration;
import java.util.List;
import net.bytebuddy.asm.Advice;

/** Engines that retry or give up wrongly. */
@SuppressWarnings("UnusedVariable") // what advice assigns is used where it is put
public final class AttemptMutants {

    private AttemptMutants() {}

    public static List<Mutant> all() {
        return List.of(
                Mutant.engine(
                                "one-attempt-too-many",
                                "a message is tried once more than the policy says",
                                Change.advise("client.Attempts", "mayRetry", OneMore.class))
                        .killedBy("RTY-01", "ACK-21"),
                Mutant.engine(
                                "one-attempt-too-few",
                                "a message is tried once less than the policy says",
                                Change.advise("client.Attempts", "mayRetry", OneLess.class))
                        .killedBy("RTY-01"),
                Mutant.engine(
                                "attempts-never-end",
                                "a message is tried for ever",
                                Change.returns("client.Attempts", "mayRetry", true))
                        .seen("Watermill #414")
                        .killedBy("RTY-01", "ACK-21"),
                Mutant.engine(
                                "attempts-start-at-zero",
                                "the first attempt has number 0",
                                Change.advise("client.Attempts", "attempt", Minus1.class))
                        .killedBy("ACK-06", "RTY-07"),
                Mutant.engine(
                                "redelivered-is-never-set",
                                "a delivery never says that it is one more",
                                Change.returns("client.EngineDelivery", "redelivered", false))
                        .killedBy("ACK-06", "ACK-02"),
                Mutant.engine(
                                "redelivered-is-always-set",
                                "a delivery always says that it is one more",
                                Change.returns("client.EngineDelivery", "redelivered", true))
                        .killedBy("ACK-06"),
                Mutant.engine(
                                "every-failure-is-retried",
                                "failures that may not be retried are",
                                Change.returns("RetryPolicy", "retries", true))
                        .killedBy("RTY-05", "RTY-15"),
                Mutant.engine(
                                "only-the-outer-exception-counts",
                                "the cause of a failure is not looked at",
                                Change.advise("RetryPolicy", "matches", NoCause.class))
                        .killedBy("RTY-05"),
                Mutant.engine(
                                "retry-on-is-ignored",
                                "a policy that names what is retried retries everything",
                                Change.advise("RetryPolicy", "retries", UnlessNever.class))
                        .killedBy("RTY-15"),
                Mutant.engine(
                                "backoff-does-not-grow",
                                "every wait is as long as the first",
                                Change.advise("client.RetrySchedule", "delayAfter", AlwaysFirst.class))
                        .killedBy("RTY-03"),
                Mutant.engine(
                                "backoff-is-halved",
                                "every wait is half as long as the policy says",
                                Change.advise("client.RetrySchedule", "delayAfter", Halved.class))
                        .killedBy("RTY-03", "ORD-04"),
                Mutant.engine(
                                "backoff-is-much-longer",
                                "every wait is five times as long as the policy says",
                                Change.advise("client.RetrySchedule", "delayAfter", FiveTimes.class))
                        .killedBy("RTY-03"),
                Mutant.engine(
                                "policies-are-not-checked",
                                "a policy of no attempts is taken",
                                Change.advise("RetryPolicy$Builder", "maxAttempts", AnyNumber.class))
                        .killedBy("RTY-12"),
                Mutant.engine(
                                "waits-are-not-checked",
                                "a policy with a negative wait is taken",
                                Change.advise("RetryPolicy$Builder", "notNegative", ReturnsSecond.class))
                        .killedBy("RTY-12"),
                Mutant.engine(
                                "errors-are-swallowed",
                                "an Error thrown by a handler leaves the delivery as it is",
                                Change.advise("client.DeliveryPipeline", "failed", ForgetErrors.class))
                        .killedBy("ACK-05"),
                Mutant.engine(
                                "a-failure-is-a-success",
                                "a handler that throws has its message acked",
                                Change.advise("client.DeliveryPipeline", "failed", Succeeds.class))
                        .killedBy("ACK-05", "RTY-01"),
                Mutant.engine(
                                "waiting-holds-the-message",
                                "a message that waits for its retry is held and takes its place in the prefetch",
                                Change.advise("client.Retries", "retry/4", HeldWhileItWaits.class))
                        .killedBy("RTY-16"),
                Mutant.engine(
                                "success-after-failure-is-a-dead-letter",
                                "a message that succeeds at a later attempt is set aside",
                                Change.advise("client.Outcomes", "acknowledge", DeadAfterFailure.class))
                        .killedBy("RTY-02"),
                Mutant.engine(
                                "dead-letter-by-hand-is-a-retry",
                                "a handler that dead-letters gets its message again",
                                Change.advise("client.Outcomes", "deadLetterByHand", RetriesInstead.class))
                        .killedBy("ACK-18"),
                Mutant.engine(
                                "reason-is-forgotten",
                                "what a handler says when it dead-letters is not written down",
                                Change.advise("client.Outcomes", "deadLetterByHand", NoReason.class))
                        .killedBy("ACK-18"),
                Mutant.engine(
                                "retry-by-hand-has-no-wait",
                                "a retry with a wait comes at once",
                                Change.advise("client.Outcomes", "retryByHand", AtOnce.class))
                        .killedBy("ACK-19"),
                Mutant.engine(
                                "second-settle-is-silent",
                                "a delivery that is settled may be settled again without an error",
                                Change.skip("client.EngineDelivery", "claimSettle"))
                        .killedBy("ACK-10"),
                Mutant.engine(
                                "settled-by-hand-is-settled-again",
                                "a handler that has settled and returns has its message acked once more",
                                Change.advise("client.DeliveryPipeline", "succeeded", AcksAgain.class))
                        .killedBy("ACK-26"),
                Mutant.engine(
                                "asynchronous-handlers-ack-at-once",
                                "an asynchronous handler's message is acked when the call returns",
                                Change.advise("client.DeliveryPipeline", "handleAsync", AckedAtOnce.class))
                        .killedBy("ACK-24"),
                Mutant.engine(
                                "undecodable-is-retried",
                                "a payload that cannot be decoded comes again and again",
                                Change.advise("client.DeliveryPipeline", "decode", HoldsWhatItCannotRead.class))
                        .killedBy("ENV-21"),
                Mutant.engine(
                                "undecodable-is-acked",
                                "a payload that cannot be decoded is dropped",
                                Change.advise("client.Outcomes", "giveUp", DropsUndecodable.class))
                        .killedBy("ENV-21", "SEC-06"));
    }

    private static final class OneMore {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 0, readOnly = false) int maxAttempts) {
            maxAttempts = maxAttempts + 1;
        }
    }

    private static final class OneLess {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 0, readOnly = false) int maxAttempts) {
            maxAttempts = maxAttempts - 1;
        }
    }

    private static final class Minus1 {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) int number) {
            number = number - 1;
        }
    }

    private static final class NoCause {
        @Advice.OnMethodExit
        static void exit(
                @Advice.Argument(0) List<Class<? extends Throwable>> types,
                @Advice.Argument(1) Throwable failure,
                @Advice.Return(readOnly = false) boolean matches) {
            boolean outer = false;
            for (int i = 0; i < types.size(); i++) {
                outer |= types.get(i).isInstance(failure);
            }
            matches = outer;
        }
    }

    private static final class UnlessNever {
        @Advice.OnMethodExit
        static void exit(
                @Advice.FieldValue("retryOn") List<Class<? extends Throwable>> retryOn,
                @Advice.Return(readOnly = false) boolean retries) {
            retries = retries || !retryOn.isEmpty();
        }
    }

    private static final class AlwaysFirst {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 0, readOnly = false) int failures) {
            failures = 1;
        }
    }

    private static final class Halved {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Duration wait) {
            wait = wait.dividedBy(2);
        }
    }

    private static final class FiveTimes {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Duration wait) {
            wait = wait.multipliedBy(5);
        }
    }

    private static final class AnyNumber {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 0, readOnly = false) int number) {
            number = Math.max(1, Math.min(1000, number));
        }
    }

    private static final class ReturnsSecond {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 1, readOnly = false) Duration duration) {
            duration = duration == null || duration.isNegative() ? Duration.ZERO : duration;
        }
    }

    private static final class ForgetErrors {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.Argument(1) Throwable failure) {
            return failure instanceof Error;
        }

        @Advice.OnMethodExit
        static void exit(@Advice.Enter boolean skipped, @Advice.Return(readOnly = false) int result) {
            result = skipped ? DeliveryPipeline.PARKED : result;
        }
    }

    private static final class Succeeds {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter() {
            return true;
        }

        @Advice.OnMethodExit
        static void exit(
                @Advice.Argument(0) EngineDelivery<Object> delivery,
                @Advice.FieldValue("outcomes") Outcomes<Object> outcomes,
                @Advice.Return(readOnly = false) int result) {
            delivery.move(EngineDelivery.RUNNING, EngineDelivery.SETTLING);
            result = outcomes.acknowledge(delivery, false);
        }
    }

    private static final class HeldWhileItWaits {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(
                @Advice.FieldValue("outcomes") Outcomes<Object> outcomes,
                @Advice.Argument(0) EngineDelivery<Object> delivery,
                @Advice.Argument(1) Attempts attempts,
                @Advice.Argument(2) Duration wait) {
            delivery.heldFailures = attempts.failures() + 1;
            outcomes.hold(delivery, wait);
            return true;
        }
    }

    private static final class DeadAfterFailure {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(
                @Advice.This Outcomes<Object> outcomes, @Advice.Argument(0) EngineDelivery<Object> delivery) {
            boolean failedBefore = outcomes.attempts(delivery).failures() > 0;
            if (failedBefore) {
                outcomes.giveUp(delivery, Failure.Reason.ATTEMPTS_EXHAUSTED, null);
            }
            return failedBefore;
        }

        @Advice.OnMethodExit
        static void exit(@Advice.Enter boolean skipped, @Advice.Return(readOnly = false) int result) {
            result = skipped ? DeliveryPipeline.PARKED : result;
        }
    }

    private static final class RetriesInstead {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(
                @Advice.This Outcomes<Object> outcomes, @Advice.Argument(0) EngineDelivery<Object> delivery) {
            outcomes.retryByHand(delivery, Duration.ZERO);
            return true;
        }
    }

    private static final class NoReason {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 1, readOnly = false) String reason) {
            reason = "";
        }
    }

    private static final class AtOnce {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 1, readOnly = false) Duration wait) {
            wait = Duration.ZERO;
        }
    }

    private static final class AcksAgain {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(0) EngineDelivery<Object> delivery) {
            if (delivery.state() == EngineDelivery.SETTLED) {
                delivery.incoming().ack(delivery);
            }
        }
    }

    private static final class AckedAtOnce {
        @Advice.OnMethodExit
        static void exit(
                @Advice.Argument(0) EngineDelivery<Object> delivery,
                @Advice.FieldValue("outcomes") Outcomes<Object> outcomes,
                @Advice.Return(readOnly = false) int result) {
            if (delivery.move(EngineDelivery.RUNNING, EngineDelivery.SETTLING)) {
                result = outcomes.acknowledge(delivery, false);
            }
        }
    }

    private static final class HoldsWhatItCannotRead {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(
                @Advice.FieldValue("spec") FlowSpec<?> spec,
                @Advice.FieldValue("outcomes") Outcomes<Object> outcomes,
                @Advice.Argument(0) EngineDelivery<Object> delivery,
                @Advice.Argument(1) Message message) {
            try {
                spec.codec().decode(message);
                return false;
            } catch (RuntimeException unreadable) {
                outcomes.giveBack(delivery, Duration.ofSeconds(1));
                return true;
            }
        }
    }

    private static final class DropsUndecodable {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(
                @Advice.This Outcomes<Object> outcomes,
                @Advice.Argument(0) EngineDelivery<Object> delivery,
                @Advice.Argument(1) Failure.Reason reason) {
            if (reason != Failure.Reason.UNDECODABLE) {
                return false;
            }
            delivery.move(EngineDelivery.RUNNING, EngineDelivery.SETTLING);
            outcomes.discard(delivery, "cannot be read");
            return true;
        }
    }
}

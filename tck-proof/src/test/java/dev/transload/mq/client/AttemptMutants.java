package dev.transload.mq.client;

import dev.transload.mq.proof.Change;
import dev.transload.mq.proof.Mutant;
import java.util.List;
import net.bytebuddy.asm.Advice;

/** Engines that count or schedule attempts wrongly. */
public final class AttemptMutants {

    private AttemptMutants() {}

    public static List<Mutant> all() {
        return List.of(
                Mutant.engine(
                                "one-attempt-too-many",
                                "a message is tried once more than the policy says",
                                Change.advise("client.Attempts", "mayRetry", OneMore.class))
                        .killedBy("RTY-01"),
                Mutant.engine(
                                "one-attempt-too-few",
                                "a message is tried once less than the policy says",
                                Change.advise("client.Attempts", "mayRetry", OneLess.class))
                        .killedBy("RTY-01"),
                Mutant.engine(
                                "failure-keeps-its-claim",
                                "a failed attempt does not give its claim up",
                                Change.omit("client.Outcomes", "failed", "abandon"),
                                Change.omit("client.Outcomes", "giveUp", "abandon"))
                        .killedBy("IDM-04"));
    }

    private static final class OneMore {
        @Advice.OnMethodEnter
        @SuppressWarnings("UnusedVariable")
        static void enter(@Advice.Argument(value = 0, readOnly = false) int maxAttempts) {
            maxAttempts = maxAttempts + 1;
        }
    }

    private static final class OneLess {
        @Advice.OnMethodEnter
        @SuppressWarnings("UnusedVariable")
        static void enter(@Advice.Argument(value = 0, readOnly = false) int maxAttempts) {
            maxAttempts = maxAttempts - 1;
        }
    }
}

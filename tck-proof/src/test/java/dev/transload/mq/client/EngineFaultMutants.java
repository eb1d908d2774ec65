package dev.transload.mq.client;

import dev.transload.mq.Outcome;
import dev.transload.mq.SendTimeoutException;
import dev.transload.mq.inmemory.Profile;
import dev.transload.mq.proof.Change;
import dev.transload.mq.proof.Mutant;
import java.time.Duration;
import java.util.List;
import net.bytebuddy.asm.Advice;

/** Engines that are right until something breaks. */
@SuppressWarnings("UnusedVariable") // what advice assigns is used where it is put
public final class EngineFaultMutants {

    private static final String OUTCOMES = "client.Outcomes";

    private EngineFaultMutants() {}

    public static List<Mutant> all() {
        return List.of(
                Mutant.engine(
                                "sends-wait-for-ever",
                                "a send that nobody answers does not end with its timeout",
                                Change.skip("client.Sends", "sweep"))
                        .saying("ms until the send failed")
                        .killedBy("SND-08"),
                Mutant.engine(
                                "what-timed-out-was-not-sent",
                                "a send that nobody answered is reported as not sent",
                                Change.advise("client.SendRetries", "timeout", NotSent.class))
                        .seen("Kafka clients: a timeout that is taken for a failure")
                        .saying("UNKNOWN")
                        .killedBy("SND-08"),
                Mutant.engine(
                                "connections-are-always-up",
                                "a lost connection is told to nobody",
                                Change.skip("client.ConnectionState", "changed"))
                        .killedBy("FLT-08"),
                Mutant.engine(
                                "nobody-waits-for-the-broker",
                                "a client gives up at its first try to connect",
                                Change.advise("client.EngineSettings", "waitForBroker", NotAtAll.class))
                        .saying("there is nobody to connect to")
                        .killedBy("FLT-11"),
                Mutant.engine(
                                "acked-before-its-dead-letter",
                                "the original is acked, and then its dead letter is sent",
                                Change.advise(OUTCOMES, "move", AckedFirst.class))
                        .seen("MassTransit, Spring Cloud Stream DLQ by republishing")
                        .on(Profile.RABBITMQ)
                        .killedBy("DLQ-06"),
                Mutant.engine(
                                "completed-after-the-ack",
                                "a message is acked before its key is completed",
                                Change.advise(OUTCOMES, "acknowledge", AckedBeforeCompleted.class))
                        .killedBy("IDM-06"),
                Mutant.engine(
                                "crashes-convict-nobody",
                                "a message that kills its process is handed out for ever",
                                Change.returns("client.Attempts", "suspect", false))
                        .saying("processes needed")
                        .killedBy("ORD-21", "RTY-18"),
                Mutant.engine(
                                "crashes-convict-neighbours",
                                "what was held when a process died is set aside with its killer",
                                Change.advise("client.Isolation", "mayRun", ConvictsAll.class))
                        .on(Profile.RABBITMQ)
                        .killedBy("RTY-18"));
    }

    private static final class NotSent {
        @Advice.OnMethodExit
        static void exit(
                @Advice.Argument(0) PendingSend send,
                @Advice.FieldValue("sendTimeout") Duration timeout,
                @Advice.Return(readOnly = false) SendTimeoutException failure) {
            failure = new SendTimeoutException(send.to().name(), timeout, Outcome.NOT_SENT, null);
        }
    }

    private static final class NotAtAll {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Duration wait) {
            wait = Duration.ZERO;
        }
    }

    private static final class AckedFirst {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(
                @Advice.FieldValue("engine") EngineContext engine,
                @Advice.FieldValue("flow") SubscriptionFlow<Object> flow,
                @Advice.Argument(0) EngineDelivery<Object> delivery,
                @Advice.Argument(1) dev.transload.mq.spi.Place to,
                @Advice.Argument(2) dev.transload.mq.Message message,
                @Advice.Argument(4) Runnable then) {
            if (to.role() != dev.transload.mq.spi.Place.Role.DEAD_LETTERS) {
                return false;
            }
            flow.settleBegan();
            delivery.incoming().ack(delivery);
            flow.leave(delivery);
            engine.complete(then);
            LateLetter.send(engine, to, message);
            return true;
        }
    }

    private static final class AckedBeforeCompleted {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(0) EngineDelivery<Object> delivery) {
            delivery.incoming().ack(dev.transload.mq.spi.Completion.IGNORED);
        }
    }

    private static final class ConvictsAll {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(
                @Advice.FieldValue("outcomes") Outcomes<Object> outcomes,
                @Advice.Argument(0) EngineDelivery<Object> delivery,
                @Advice.Argument(1) Attempts attempts) {
            if (attempts.crashes() == 0) {
                return false;
            }
            outcomes.giveUp(delivery, dev.transload.mq.Failure.Reason.CRASHED, null);
            return true;
        }
    }
}

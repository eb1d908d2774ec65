package dev.transload.mq.inmemory;

import dev.transload.mq.proof.Change;
import dev.transload.mq.proof.Mutant;
import java.util.List;
import net.bytebuddy.asm.Advice;

/** Brokers that do not come back whole from what happens to them. */
@SuppressWarnings("UnusedVariable") // what advice assigns is used where it is put
public final class BrokerFaultMutants {

    private static final String FLOW = "inmemory.Flow";

    private BrokerFaultMutants() {}

    public static List<Mutant> all() {
        return List.of(
                Mutant.broker(
                                "receivers-stay-away",
                                "a receiver is not put back when the connection is",
                                Change.skip(FLOW, "reconnect"))
                        .seen("many clients after a RabbitMQ restart")
                        .killedBy("FLT-28"),
                Mutant.broker(
                                "what-is-out-goes-with-the-link",
                                "what clients hold is gone when their link breaks",
                                Change.advise(FLOW, "lose", TakesAlong.class))
                        .killedBy("ACK-03", "DLQ-05", "FLT-07"),
                Mutant.broker(
                                "credit-grows-with-each-outage",
                                "a receiver comes back with more credit than it had",
                                Change.advise(FLOW, "reconnect", MoreCredit.class))
                        .saying("deliveries held by a subscription")
                        .killedBy("FLT-12"),
                Mutant.broker(
                                "credit-goes-with-the-link",
                                "credit that was not used is gone when the link is back",
                                Change.advise(FLOW, "disconnect", NoCredit.class))
                        .killedBy("FLT-01", "FLT-12"),
                Mutant.broker(
                                "silence-is-not-noticed",
                                "a broker that says nothing counts as there",
                                Change.omit("inmemory.InMemoryBroker", "freeze", "schedule"))
                        .killedBy("FLT-04", "FLT-08"),
                Mutant.broker(
                                "delays-end-with-the-broker",
                                "what waits for its time is gone when the broker stops",
                                Change.advise("inmemory.Broker", "away", ForgetsHeld.class))
                        .killedBy("DLY-04"),
                Mutant.broker(
                                "what-was-forgotten-stays-away",
                                "a receiver whose queue was lost waits at what is left of it",
                                Change.returns("inmemory.Mailbox", "deleted", false))
                        .killedBy("FLT-14"),
                Mutant.broker(
                                "an-heir-starts-at-the-wrong-end",
                                "what a dead consumer held comes back the wrong way round",
                                Change.advise("inmemory.Backlog", "giveBack", Backwards.class))
                        .on(Profile.KAFKA)
                        .saying("key0")
                        .killedBy("ORD-05"),
                Mutant.broker(
                                "an-inbox-ends-with-the-link",
                                "the inbox of a caller is not there when its connection is back",
                                Change.skip("inmemory.Places", "restore"))
                        .saying("ms from the loss of the connection")
                        .killedBy("RPC-09"));
    }

    private static final class TakesAlong {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(
                @Advice.This Flow flow,
                @Advice.FieldValue("connected") boolean connected,
                @Advice.FieldValue("leases") Leases leases,
                @Advice.Argument(0) List<InMemoryDelivery> deliveries,
                @Advice.Argument(1) String why) {
            boolean gone = !connected || why.contains("killed");
            if (gone) {
                Lost.alongWith(flow, leases, deliveries, why);
            }
            return gone;
        }
    }

    private static final class MoreCredit {
        @Advice.OnMethodEnter
        static void enter(@Advice.FieldValue(value = "credit", readOnly = false) long credit) {
            credit++;
        }
    }

    private static final class NoCredit {
        @Advice.OnMethodEnter
        static void enter(@Advice.FieldValue(value = "credit", readOnly = false) long credit) {
            credit = 0;
        }
    }

    private static final class ForgetsHeld {
        @Advice.OnMethodEnter
        static void enter(@Advice.FieldValue("held") DueQueue<?> held) {
            Lost.held(held);
        }
    }

    private static final class Backwards {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(0) Entry entry) {
            entry.seq = -entry.seq;
        }
    }
}

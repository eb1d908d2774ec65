package dev.transload.mq.client;

import dev.transload.mq.CloseReport;
import dev.transload.mq.Message;
import dev.transload.mq.OrderPolicy;
import dev.transload.mq.proof.Change;
import dev.transload.mq.proof.Mutant;
import java.time.Duration;
import java.util.List;
import net.bytebuddy.asm.Advice;

/** Engines that run handlers wrongly: how many, in which order, from when to when. */
@SuppressWarnings("UnusedVariable") // what advice assigns is used where it is put
public final class FlowMutants {

    private static final String FLOW = "client.SubscriptionFlow";

    private FlowMutants() {}

    public static List<Mutant> all() {
        return List.of(
                Mutant.engine(
                                "lost-goes-on",
                                "a handler whose message was lost is not interrupted",
                                Change.skip("client.FlowState", "interrupt"))
                        .killedBy("ACK-14"),
                Mutant.engine(
                                "lost-may-be-settled",
                                "a delivery that was lost may be settled",
                                Change.skip("client.EngineDelivery", "claimSettle"),
                                Change.returns("client.EngineDelivery", "leaseLost", false))
                        .killedBy("ACK-11"),
                Mutant.engine(
                                "handlers-take-as-long-as-they-like",
                                "a handler that takes longer than it may keeps its message",
                                Change.returns("client.LeaseKeeper", "isOverdue", false))
                        .killedBy("ACK-13"),
                Mutant.engine(
                                "leases-of-what-waits-are-not-renewed",
                                "only the lease of what is being handled is renewed",
                                Change.advise("client.EngineDelivery", "isUnsettled", OnlyRunning.class))
                        .killedBy("ACK-12"),
                Mutant.engine(
                                "one-handler-at-a-time",
                                "only one handler of a subscription runs at once",
                                Change.advise("client.FlowState", "mayStart", OnlyOne.class))
                        .killedBy("WQ-07", "ORD-09"),
                Mutant.engine(
                                "one-handler-too-many",
                                "one handler more runs at once than the concurrency says",
                                Change.advise("SubscribeOptions", "concurrency", OneMore.class))
                        .killedBy("WQ-07"),
                Mutant.engine(
                                "order-is-not-kept",
                                "an ordered source is handled as any other",
                                Change.advise("client.KeyLanes", "<init>", NotOrdered.class))
                        .killedBy("ORD-01", "ORD-02", "ORD-03", "ORD-08"),
                Mutant.engine(
                                "one-key-for-all",
                                "all messages of an ordered source wait for one another",
                                Change.returns("client.EngineDelivery", "orderKey", "one"))
                        .killedBy("ORD-04", "ORD-09"),
                Mutant.engine(
                                "failed-goes-behind",
                                "a message of an ordered source that fails is sent again, behind the others",
                                Change.advise("client.Retries", "retryInOrder", ByCopy.class))
                        .killedBy("ORD-03", "ORD-04", "ORD-19"),
                Mutant.engine(
                                "key-stays-closed",
                                "a key does not go on after a message of it was set aside",
                                Change.omit("client.Outcomes", "moved", "leave"))
                        .killedBy("ORD-10"),
                Mutant.engine(
                                "order-policy-is-ignored",
                                "a key always waits for its message",
                                Change.advise("SubscribeOptions", "orderPolicy", AlwaysBlocks.class))
                        .killedBy("ORD-17"),
                Mutant.engine(
                                "pause-does-nothing",
                                "a paused subscription goes on calling its handler",
                                Change.advise("client.FlowState", "mayStart", EvenPaused.class))
                        .killedBy("FLW-03"),
                Mutant.engine("resume-does-nothing", "a paused subscription stays paused", Change.skip(FLOW, "resume"))
                        .killedBy("FLW-03"),
                Mutant.engine(
                                "unsubscribe-does-nothing",
                                "a closed subscription goes on calling its handler",
                                Change.advise("client.ClientSubscription", "close", ClosesNothing.class))
                        .killedBy("PUB-03"),
                Mutant.engine(
                                "close-does-not-wait",
                                "close does not wait for running handlers",
                                Change.returns("client.FlowDrain", "awaitQuiet", false))
                        .killedBy("LIF-02"),
                Mutant.engine(
                                "close-never-interrupts",
                                "close leaves a handler alone that is still running at the deadline",
                                Change.advise("client.FlowDrain", "interruptRunning", Nobody.class))
                        .killedBy("LIF-03"),
                Mutant.engine(
                                "interrupted-is-acked",
                                "the message of a handler that close interrupts is acked",
                                Change.advise("client.Outcomes", "giveBackRunning", AcksIt.class))
                        .killedBy("LIF-03", "FLT-16"),
                Mutant.engine(
                                "close-drops-what-was-not-started",
                                "close acks what was fetched and not started",
                                Change.advise("client.Outcomes", "giveBackUnstarted", AcksUnstarted.class))
                        .killedBy("LIF-13", "LIF-01", "LIF-04", "WQ-06"),
                Mutant.engine(
                                "close-keeps-what-was-not-started",
                                "close gives nothing back that was fetched, and leaves the receiver open",
                                Change.skip("client.Outcomes", "giveBackUnstarted"),
                                Change.skip("client.ClientSubscription", "leave"))
                        .killedBy("LIF-01"),
                Mutant.engine(
                                "close-forgets-its-subscriptions",
                                "a client that closes lets its handlers go on",
                                Change.advise("client.Engine", "closeAll", Nobody.class))
                        .killedBy("LIF-07"),
                Mutant.engine(
                                "handlers-cannot-subscribe",
                                "a handler may not subscribe",
                                Change.advise("client.Subscribing", "subscribe", NotInAHandler.class))
                        .killedBy("LIF-20"),
                Mutant.engine(
                                "close-works-once",
                                "a second close is an error",
                                Change.advise("client.Engine", "close", OnceOnly.class))
                        .killedBy("LIF-05"),
                Mutant.engine(
                                "close-in-a-handler-is-refused",
                                "a handler may not close its client",
                                Change.advise("client.Engine", "close", NotInAHandler.class))
                        .killedBy("LIF-06"),
                Mutant.engine(
                                "threads-are-left",
                                "workers live on after close",
                                Change.returns("client.FlowDrain", "awaitWorkersGone", true),
                                Change.advise("client.FlowWorkers", "awaitWork", NeverEnds.class))
                        .killedBy("LIF-08"),
                Mutant.engine(
                                "completion-thread-is-left",
                                "the thread that completes futures lives on after close",
                                Change.skip("client.Completions", "close"))
                        .killedBy("LIF-08"),
                Mutant.engine(
                                "a-listener-can-kill",
                                "what a listener throws is not caught",
                                Change.advise("client.Events", "tell", NotCaught.class))
                        .killedBy("LIF-14"),
                Mutant.engine(
                                "health-is-always-up",
                                "health says up after close",
                                Change.advise("client.Subscribing", "health", AlwaysUp.class))
                        .killedBy("OBS-04"),
                Mutant.engine(
                                "close-report-is-empty",
                                "the report of a close counts nothing",
                                Change.advise("client.Engine", "sum", CountsNothing.class))
                        .killedBy("LIF-02"),
                Mutant.engine(
                                "expired-is-handled",
                                "a message whose time is over is handled",
                                Change.returns("Message", "expiresAt", Long.MAX_VALUE))
                        .killedBy("TTL-01", "TTL-03", "TTL-04", "TTL-05"),
                Mutant.engine(
                                "ttl-counts-from-the-delivery",
                                "time to live begins with each delivery",
                                Change.advise("client.EngineDelivery", "<init>", StampedNow.class))
                        .killedBy("TTL-01"),
                Mutant.engine(
                                "expires-at-once",
                                "every message with a time to live expires",
                                Change.returns("Message", "expiresAt", 1L))
                        .killedBy("TTL-02"),
                Mutant.engine(
                                "expiry-without-a-word",
                                "an expired message is not told of",
                                Change.omit("client.Outcomes", "expired", "tell"))
                        .killedBy("TTL-01"),
                Mutant.engine(
                                "expiry-policy-is-ignored",
                                "an expired message is always thrown away",
                                Change.advise("SubscribeOptions", "expiryPolicy", AlwaysDiscards.class))
                        .killedBy("TTL-04"),
                Mutant.engine(
                                "expired-while-handled-is-not-acked",
                                "a message that expires while it is handled is not acked",
                                Change.advise("client.Outcomes", "acknowledge", NotIfExpired.class))
                        .killedBy("TTL-11"));
    }

    private static final class OnlyRunning {
        @Advice.OnMethodExit
        static void exit(
                @Advice.This EngineDelivery<Object> delivery, @Advice.Return(readOnly = false) boolean unsettled) {
            unsettled = unsettled && delivery.state() != EngineDelivery.QUEUED;
        }
    }

    private static final class OnlyOne {
        @Advice.OnMethodExit
        static void exit(@Advice.FieldValue("running") int running, @Advice.Return(readOnly = false) boolean may) {
            may = may && running == 0;
        }
    }

    private static final class OneMore {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) int number) {
            number = number + 1;
        }
    }

    private static final class NotOrdered {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 0, readOnly = false) boolean ordered) {
            ordered = false;
        }
    }

    private static final class ByCopy {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(
                @Advice.FieldValue("outcomes") Outcomes<Object> outcomes,
                @Advice.FieldValue("spec") FlowSpec<?> spec,
                @Advice.Argument(0) EngineDelivery<Object> delivery,
                @Advice.Argument(1) int failures,
                @Advice.Argument(2) Duration wait) {
            Message copy = delivery.message().toBuilder()
                    .annotation(dev.transload.mq.spi.Annotations.ATTEMPT, Integer.toString(failures + 1))
                    .build();
            outcomes.move(delivery, spec.home(), copy, wait, Thread.currentThread());
            return true;
        }
    }

    private static final class AlwaysBlocks {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) OrderPolicy policy) {
            policy = OrderPolicy.BLOCK_KEY;
        }
    }

    private static final class EvenPaused {
        @Advice.OnMethodExit
        static void exit(
                @Advice.This FlowState<?> state,
                @Advice.FieldValue("ended") boolean ended,
                @Advice.FieldValue("running") int running,
                @Advice.Return(readOnly = false) boolean may) {
            may = may || (!ended && running == 0 && state.lanes.runnable() > 0);
        }
    }

    private static final class ClosesNothing {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.AllArguments Object[] arguments) {
            return arguments.length == 0; // the client's own close gives a deadline
        }
    }

    private static final class Nobody {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter() {
            return true;
        }

        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) List<Object> hit) {
            hit = List.of();
        }
    }

    private static final class AcksIt {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(
                @Advice.This Outcomes<Object> outcomes, @Advice.Argument(0) EngineDelivery<Object> delivery) {
            if (delivery.move(EngineDelivery.RUNNING, EngineDelivery.SETTLING)) {
                outcomes.acknowledge(delivery, true);
            }
            return true;
        }
    }

    private static final class AcksUnstarted {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(
                @Advice.FieldValue("flow") SubscriptionFlow<?> flow,
                @Advice.Argument(0) EngineDelivery<Object> delivery) {
            flow.settleBegan();
            delivery.incoming().ack(delivery);
            return true;
        }
    }

    private static final class OnceOnly {
        @Advice.OnMethodEnter
        static void enter(@Advice.This Engine engine) {
            if (engine.isClosed()) {
                throw new IllegalStateException("closed already");
            }
        }
    }

    private static final class NotInAHandler {
        @Advice.OnMethodEnter
        static void enter() {
            if (DeliveryPipeline.current() != null) {
                throw new IllegalStateException("a handler runs");
            }
        }
    }

    private static final class NeverEnds {
        @Advice.OnMethodExit
        static void exit(@Advice.FieldValue("state") FlowState<?> state, @Advice.Return boolean stays) {
            if (state.ended) {
                state.lock.unlock();
                try {
                    new java.util.concurrent.CountDownLatch(1).await(20, java.util.concurrent.TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } finally {
                    state.lock.lock();
                }
            }
        }
    }

    private static final class NotCaught {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(
                @Advice.FieldValue("listeners") dev.transload.mq.MqListener[] listeners,
                @Advice.Argument(0) java.util.function.Consumer<dev.transload.mq.MqListener> event) {
            for (int i = 0; i < listeners.length; i++) {
                event.accept(listeners[i]);
            }
            return true;
        }
    }

    private static final class AlwaysUp {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) dev.transload.mq.Health health) {
            health = new dev.transload.mq.Health(
                    dev.transload.mq.Health.Status.UP, health.detail(), health.sinceContact());
        }
    }

    private static final class CountsNothing {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) CloseReport report) {
            report = new CloseReport(true, 0, 0, 0, List.of(), 0);
        }
    }

    private static final class StampedNow {
        @Advice.OnMethodExit
        static void exit(
                @Advice.FieldValue(value = "message", readOnly = false) Message message,
                @Advice.Argument(1) dev.transload.mq.spi.Incoming incoming) {
            if (message.ttl() > 0) {
                message = message.toBuilder().ttl(message.ttl() + 3_600_000).build();
            }
        }
    }

    private static final class AlwaysDiscards {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) dev.transload.mq.ExpiryPolicy policy) {
            policy = dev.transload.mq.ExpiryPolicy.DISCARD;
        }
    }

    private static final class NotIfExpired {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(
                @Advice.This Outcomes<Object> outcomes,
                @Advice.FieldValue("time") dev.transload.mq.spi.TimeSource time,
                @Advice.Argument(0) EngineDelivery<Object> delivery) {
            boolean over = time.millis() >= delivery.message().expiresAt();
            if (over) {
                outcomes.giveUp(delivery, dev.transload.mq.Failure.Reason.EXPIRED, null);
            }
            return over;
        }

        @Advice.OnMethodExit
        static void exit(@Advice.Enter boolean skipped, @Advice.Return(readOnly = false) int result) {
            result = skipped ? DeliveryPipeline.PARKED : result;
        }
    }
}

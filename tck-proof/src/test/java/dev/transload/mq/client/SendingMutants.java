package dev.transload.mq.client;

import dev.transload.mq.Message;
import dev.transload.mq.SendResult;
import dev.transload.mq.proof.Change;
import dev.transload.mq.proof.Mutant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** Engines that check or send wrongly what an application hands them. */
@SuppressWarnings("UnusedVariable") // what advice assigns is used where it is put
public final class SendingMutants {

    private static final String SENDING = "client.Sending";

    private SendingMutants() {}

    public static List<Mutant> all() {
        return List.of(
                Mutant.engine(
                                "dead-letter-place-is-made-late",
                                "the place for dead letters is made with the first of them",
                                Change.advise("client.Subscribing", "declare", NotTheDeadLetters.class))
                        .killedBy("DLQ-07"),
                Mutant.engine(
                                "header-names-are-not-checked",
                                "a header of any name is taken",
                                Change.advise("Headers", "check", AnyName.class))
                        .killedBy("ENV-04", "ENV-13"),
                Mutant.engine(
                                "reserved-headers-are-taken",
                                "a header of a broker's own is taken",
                                Change.advise("Headers", "check", NotReserved.class))
                        .killedBy("ENV-13"),
                Mutant.engine(
                                "lone-surrogates-are-taken",
                                "text that no encoding can carry is taken",
                                Change.returns("Headers", "firstLoneSurrogate", -1))
                        .killedBy("ENV-06"),
                Mutant.engine(
                                "null-headers-are-taken",
                                "a null header is left out",
                                Change.advise("Headers", "check", NullIsFine.class))
                        .killedBy("ENV-08"),
                Mutant.engine(
                                "given-ids-are-ignored",
                                "every message gets an id of its own",
                                Change.advise(SENDING, "prepare", OwnId.class))
                        .killedBy("ENV-09"),
                Mutant.engine(
                                "handlers-share-the-bytes",
                                "a handler gets the bytes that are kept for the next attempt",
                                Change.advise("BytesCodec", "decode", SharedBytes.class))
                        .seen("NServiceBus modified headers")
                        .killedBy("ENV-15"),
                Mutant.engine(
                                "nulls-are-not-named",
                                "a null payload fails without a name",
                                Change.advise(SENDING, "prepare", NamelessNull.class))
                        .killedBy("SND-04"),
                Mutant.engine("blank-names-are-taken", "a blank name is taken", Change.skip("Names", "checkLength"))
                        .killedBy("SND-04"),
                Mutant.engine(
                                "send-after-close-hangs",
                                "a send after close waits for its timeout",
                                Change.advise("client.Sends", "start", WaitsAfterClose.class))
                        .killedBy("SND-05"),
                Mutant.engine(
                                "results-in-any-order",
                                "the results of a batch are in reverse",
                                Change.advise(SENDING, "sendAll", Reversed.class))
                        .killedBy("BAT-01"),
                Mutant.engine(
                                "last-of-a-batch-is-lost",
                                "the last message of a batch is not sent",
                                Change.advise(SENDING, "sendAll", WithoutLast.class))
                        .killedBy("BAT-01"),
                Mutant.engine(
                                "empty-batch-is-an-error",
                                "a batch of nothing is refused",
                                Change.advise(SENDING, "sendAll", NotEmpty.class))
                        .killedBy("BAT-03"),
                Mutant.engine(
                                "size-is-not-checked",
                                "a payload above the limit is sent",
                                Change.skip(SENDING, "checkSize"))
                        .on(dev.transload.mq.inmemory.Profile.SQS_STANDARD)
                        .killedBy("LIM-02", "LIM-04"),
                Mutant.engine(
                                "limit-is-one-too-small",
                                "a payload at the limit is refused",
                                Change.advise(SENDING, "checkSize", OneByteMore.class))
                        .on(dev.transload.mq.inmemory.Profile.SQS_STANDARD)
                        .killedBy("LIM-01"),
                Mutant.engine(
                                "too-large-does-not-say-how-much",
                                "a refusal names no number",
                                Change.advise("MessageTooLargeException", "limit", Zero.class))
                        .on(dev.transload.mq.inmemory.Profile.SQS_STANDARD)
                        .killedBy("LIM-02"),
                Mutant.engine(
                                "unencodable-is-empty",
                                "a payload that cannot be encoded is sent as nothing",
                                Change.advise(SENDING, "encode", EmptyInstead.class))
                        .killedBy("SND-25"),
                Mutant.engine(
                                "another-id-is-told",
                                "a send tells an id that is not the message's",
                                Change.advise("client.PendingSend", "run", OtherId.class))
                        .killedBy("SND-26"),
                Mutant.engine(
                                "negative-delay-is-refused",
                                "a delay in the past is an error",
                                Change.advise("SendOptions$Settings", "delay/1", NotNegative.class))
                        .killedBy("DLY-02"),
                Mutant.engine("delay-has-no-limit", "a delay above the limit is taken", Change.skip(SENDING, "check"))
                        .on(dev.transload.mq.inmemory.Profile.SQS_STANDARD)
                        .killedBy("TTL-08", "PRI-07"),
                Mutant.engine(
                                "deliver-at-is-ignored",
                                "a time of delivery is ignored",
                                Change.returns(SENDING, "delay", 0L))
                        .killedBy("DLY-16"),
                Mutant.engine(
                                "deliver-at-from-1970",
                                "a time of delivery counts as a delay",
                                Change.advise(SENDING, "delay", Since1970.class))
                        .killedBy("DLY-16"),
                Mutant.engine(
                                "bad-ttl-is-taken",
                                "a time to live of nothing is taken",
                                Change.advise("SendOptions$Settings", "ttl/1", AtLeastOne.class))
                        .killedBy("TTL-06"),
                Mutant.engine(
                                "priorities-are-clamped",
                                "a priority that is too high becomes the highest",
                                Change.advise("SendOptions$Settings", "priority/1", Clamped.class))
                        .killedBy("PRI-03"),
                Mutant.engine(
                                "priorities-upside-down",
                                "the lowest priority goes first",
                                Change.advise(SENDING, "prepare", UpsideDown.class))
                        .killedBy("PRI-01"));
    }

    private static final class NotTheDeadLetters {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 2, readOnly = false) dev.transload.mq.spi.Place deadLetters) {
            deadLetters = null;
        }
    }

    private static final class AnyName {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.Argument(0) String name, @Advice.Argument(1) String value) {
            return name != null && value != null;
        }
    }

    private static final class NotReserved {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.Argument(0) String name) {
            return name != null && (name.startsWith("x-") || name.startsWith("mq-"));
        }
    }

    private static final class NullIsFine {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.Argument(0) String name, @Advice.Argument(1) String value) {
            return name == null || value == null;
        }
    }

    private static final class OwnId {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Sending.Envelope envelope) {
            envelope = new Sending.Envelope(
                    envelope.to(),
                    envelope.message().toBuilder()
                            .id(java.util.UUID.randomUUID().toString())
                            .build(),
                    envelope.delayMillis());
        }
    }

    private static final class SharedBytes {
        @Advice.OnMethodExit
        static void exit(
                @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object given,
                @Advice.Return(readOnly = false) byte[] returned) {
            returned = given instanceof Message message ? message.body() : (byte[]) given;
        }
    }

    private static final class NamelessNull {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(1) Object payload) {
            if (payload == null) {
                throw new NullPointerException();
            }
        }
    }

    private static final class WaitsAfterClose {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.FieldValue("bound") SendBound bound, @Advice.Argument(0) PendingSend send) {
            if (bound.isRefusing()) {
                java.util.concurrent.locks.LockSupport.parkNanos(1_500_000_000L);
            }
            return false;
        }
    }

    private static final class Reversed {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) List<SendResult> results) {
            List<SendResult> reversed = new ArrayList<>(results);
            Collections.reverse(reversed);
            results = reversed;
        }
    }

    private static final class WithoutLast {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 1, readOnly = false) List<Object> messages) {
            if (messages != null && messages.size() > 1) {
                messages = messages.subList(0, messages.size() - 1);
            }
        }
    }

    private static final class NotEmpty {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(1) List<?> messages) {
            if (messages.isEmpty()) {
                throw new IllegalArgumentException("messages must not be empty");
            }
        }
    }

    private static final class OneByteMore {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 1, readOnly = false) byte[] body) {
            body = java.util.Arrays.copyOf(body, body.length + 1);
        }
    }

    private static final class Zero {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) long limit) {
            limit = 0;
        }
    }

    private static final class EmptyInstead {
        @Advice.OnMethodExit(onThrowable = RuntimeException.class)
        static void exit(
                @Advice.Thrown(readOnly = false) Throwable thrown, @Advice.Return(readOnly = false) byte[] body) {
            if (thrown != null) {
                thrown = null;
                body = new byte[0];
            }
        }
    }

    private static final class OtherId {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.This PendingSend send) {
            return send.complete("id-" + send.message().id());
        }
    }

    private static final class NotNegative {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(0) Duration delay) {
            if (delay.isNegative()) {
                throw new IllegalArgumentException("delay must not be negative");
            }
        }
    }

    private static final class Since1970 {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 1, readOnly = false) long now) {
            now = now - 5_000;
        }
    }

    private static final class AtLeastOne {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 0, readOnly = false) Duration ttl) {
            ttl = ttl.isNegative() || ttl.isZero() ? Duration.ofMillis(1) : ttl;
        }
    }

    private static final class Clamped {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 0, readOnly = false) int priority) {
            priority = Math.max(0, Math.min(2, priority));
        }
    }

    private static final class UpsideDown {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Sending.Envelope envelope) {
            int levels = envelope.to().shape().priorities();
            if (levels > 1) {
                int level = Math.max(0, envelope.message().priority());
                envelope = new Sending.Envelope(
                        envelope.to(),
                        envelope.message().toBuilder()
                                .priority(levels - 1 - level)
                                .build(),
                        envelope.delayMillis());
            }
        }
    }
}

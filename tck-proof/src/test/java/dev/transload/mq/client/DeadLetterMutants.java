package dev.transload.mq.client;

import dev.transload.mq.Failure;
import dev.transload.mq.Message;
import dev.transload.mq.proof.Change;
import dev.transload.mq.proof.Mutant;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Place;
import java.util.List;
import net.bytebuddy.asm.Advice;

/** Engines that set aside, show, or bring back wrongly. */
@SuppressWarnings("UnusedVariable") // what advice assigns is used where it is put
public final class DeadLetterMutants {

    private static final String OUTCOMES = "client.Outcomes";
    private static final String RECORDS = "client.FailureRecords";
    private static final String LETTERS = "client.DeadLetterPlace";

    private DeadLetterMutants() {}

    public static List<Mutant> all() {
        return List.of(
                Mutant.engine(
                                "dead-letter-stays-in-its-queue",
                                "a message that is set aside is released, not acked",
                                Change.advise(OUTCOMES, "giveUp", CopiesAndKeeps.class))
                        .killedBy("DLQ-01", "RTY-01"),
                Mutant.engine(
                                "record-has-no-source",
                                "the record of a failure names another source",
                                Change.advise(RECORDS, "of", OtherSource.class))
                        .killedBy("DLQ-03"),
                Mutant.engine(
                                "record-counts-one-less",
                                "the record of a failure counts an attempt too few",
                                Change.advise(RECORDS, "of", FewerAttempts.class))
                        .killedBy("DLQ-03", "RTY-01"),
                Mutant.engine(
                                "record-has-one-time",
                                "the first failure has the time of the last",
                                Change.advise(RECORDS, "of", OneTime.class))
                        .killedBy("DLQ-03"),
                Mutant.engine(
                                "record-names-the-wrapping",
                                "the record of a failure has no text of the exception",
                                Change.returns("client.BoundedText", "message", null))
                        .killedBy("DLQ-03"),
                Mutant.engine(
                                "record-has-no-stack",
                                "the record of a failure has no stack",
                                Change.returns("client.BoundedText", "stack", null))
                        .killedBy("DLQ-03"),
                Mutant.engine(
                                "record-is-not-bounded",
                                "texts of a record are not cut",
                                Change.advise("client.BoundedText", "cut", NotCut.class))
                        .seen("Wolverine #3474")
                        .killedBy("DLQ-04"),
                Mutant.engine(
                                "discarded-without-a-word",
                                "a message that is thrown away is not told of",
                                Change.omit(OUTCOMES, "discard", "tell"))
                        .killedBy("DLQ-08", "PUB-14", "ACK-26"),
                Mutant.engine(
                                "dead-letters-cannot-be-turned-off",
                                "a subscription without dead letters keeps them",
                                Change.returns("SubscribeOptions", "deadLettering", true))
                        .killedBy("DLQ-08"),
                Mutant.engine(
                                "one-dead-letter-place-for-all-groups",
                                "dead letters of all groups of a topic are together",
                                Change.advise("client.Places", "deadLetters", OfTheTopic.class))
                        .killedBy("DLQ-09"),
                Mutant.engine(
                                "named-dead-letter-queue-is-ignored",
                                "dead letters go to the usual place, whatever the subscription says",
                                Change.returns("SubscribeOptions", "deadLetterQueue", null))
                        .killedBy("DLQ-16"),
                Mutant.engine(
                                "dead-letters-keep-their-ttl",
                                "a dead letter expires as its message would have",
                                Change.advise(RECORDS, "deadLetter", KeepsTtl.class),
                                Change.advise(RECORDS, "redriven", KeepsTtl.class))
                        .killedBy("TTL-04"),
                Mutant.engine(
                                "redriven-stays-a-dead-letter",
                                "a redriven message stays among the dead letters too",
                                Change.advise("client.LetterScan", "take", KeepsIt.class))
                        .killedBy("RDV-01", "RDV-11"),
                Mutant.engine(
                                "redrive-takes-all",
                                "a redrive of some moves all",
                                Change.returns("client.DeadLetterPlace", "takes", true))
                        .killedBy("RDV-02", "RDV-11"),
                Mutant.engine(
                                "redriven-has-no-fresh-attempts",
                                "a redriven message keeps the number of its attempts",
                                Change.advise(RECORDS, "redriven", KeepsAttempts.class))
                        .killedBy("RDV-01"),
                Mutant.engine(
                                "redriven-keeps-its-failure",
                                "a redriven message that is set aside again shows the first failure",
                                Change.skip(RECORDS, "withoutRecord"))
                        .killedBy("RDV-04"),
                Mutant.engine(
                                "redrives-are-not-counted",
                                "a redriven message does not know that it was redriven",
                                Change.returns(RECORDS, "redrives", 0))
                        .killedBy("RDV-05"),
                Mutant.engine(
                                "dry-run-is-not-dry",
                                "a dry run moves what it counts",
                                Change.returns("Redrive", "isDryRun", false))
                        .killedBy("RDV-10"),
                Mutant.engine(
                                "browsing-consumes",
                                "who looks at dead letters takes them away",
                                Change.returns(LETTERS, "peeks", false),
                                Change.advise("client.LetterScan", "keep", TakesIt.class))
                        .killedBy("RDV-10"),
                Mutant.engine(
                                "browsing-shows-one-too-few",
                                "browse leaves the last letter out",
                                Change.advise(LETTERS + "$Fold", "add", OneLess.class))
                        .killedBy("RDV-02"),
                Mutant.engine(
                                "purge-of-dead-letters-does-nothing",
                                "a purge of dead letters leaves them",
                                Change.skip(LETTERS, "purge"))
                        .killedBy("RDV-11"),
                Mutant.engine(
                                "redrive-goes-to-every-group",
                                "a redrive of a group's dead letters goes to the topic",
                                Change.advise(LETTERS, "<init>", ToTheTopic.class))
                        .killedBy("RDV-12"),
                Mutant.engine(
                                "force-is-ignored",
                                "a forced redrive is skipped if another copy was completed",
                                Change.returns("Redrive", "isForced", false))
                        .killedBy("IDM-21"),
                Mutant.engine(
                                "redrive-forgets-the-headers",
                                "a redriven message has lost its headers",
                                Change.advise(RECORDS, "redriven", LosesHeaders.class))
                        .killedBy("RDV-04"));
    }

    private static final class CopiesAndKeeps {
        @Advice.OnMethodExit
        static void exit(
                @Advice.FieldValue("engine") EngineContext engine,
                @Advice.FieldValue("spec") FlowSpec<?> spec,
                @Advice.Argument(0) EngineDelivery<Object> delivery) {
            var unused = engine.sendInternal(spec.home(), delivery.message(), 0);
        }
    }

    private static final class OtherSource {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 2, readOnly = false) String source) {
            source = "queue";
        }
    }

    private static final class FewerAttempts {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 4, readOnly = false) int attempts) {
            attempts = attempts - 1;
        }
    }

    private static final class OneTime {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 5, readOnly = false) long first, @Advice.Argument(6) long now) {
            first = now;
        }
    }

    private static final class NotCut {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 1, readOnly = false) int maxBytes) {
            maxBytes = Integer.MAX_VALUE;
        }
    }

    private static final class OfTheTopic {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 0, readOnly = false) Place home) {
            String topic = home.topic();
            if (topic != null) {
                home = Place.of(Place.Role.QUEUE, topic, home.shape());
            }
        }
    }

    private static final class KeepsTtl {
        @Advice.OnMethodExit
        static void exit(@Advice.Argument(0) Message original, @Advice.Return(readOnly = false) Message changed) {
            changed = changed.toBuilder().ttl(original.ttl()).build();
        }
    }

    private static final class KeepsIt {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(
                @Advice.This LetterScan scan,
                @Advice.Argument(0) LetterScan.Letter letter,
                @Advice.Argument(1) dev.transload.mq.spi.Completion completion) {
            scan.keep(letter);
            completion.done();
            return true;
        }
    }

    private static final class TakesIt {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.This LetterScan scan, @Advice.Argument(0) LetterScan.Letter letter) {
            scan.take(letter, dev.transload.mq.spi.Completion.IGNORED);
            return true;
        }
    }

    private static final class KeepsAttempts {
        @Advice.OnMethodExit
        static void exit(@Advice.Argument(0) Message dead, @Advice.Return(readOnly = false) Message message) {
            Failure failure = FailureRecords.read(dead);
            message = message.toBuilder()
                    .annotation(Annotations.ATTEMPT, Integer.toString(failure.attempts() + 1))
                    .build();
        }
    }

    private static final class LosesHeaders {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Message message) {
            Message.Builder bare = Message.builder(message.id(), message.body())
                    .key(message.key())
                    .type(message.type())
                    .timestamp(message.timestamp());
            for (java.util.Map.Entry<String, String> each :
                    message.annotations().entrySet()) {
                bare.annotation(each.getKey(), each.getValue());
            }
            message = bare.build();
        }
    }

    private static final class OneLess {
        @Advice.OnMethodExit
        static void exit(
                @Advice.FieldValue("letters") List<?> letters,
                @Advice.FieldValue("max") int max,
                @Advice.Return(readOnly = false) boolean room) {
            room = room && letters.size() < max - 1 && letters.size() < 2;
        }
    }

    private static final class ToTheTopic {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 2, readOnly = false) Place home) {
            String topic = home.topic();
            if (topic != null) {
                home = new Place(Place.Role.TOPIC, topic, null, null, home.shape(), home.portable());
            }
        }
    }
}

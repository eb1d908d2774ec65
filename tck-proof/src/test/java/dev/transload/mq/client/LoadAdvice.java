package dev.transload.mq.client;

import dev.transload.mq.MqObserver;
import dev.transload.mq.Outcome;
import dev.transload.mq.SendResult;
import dev.transload.mq.SendTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.asm.Advice;

/** What is changed inside of engines that break under load only. */
@SuppressWarnings("UnusedVariable") // what advice assigns is used where it is put
public final class LoadAdvice {

    private LoadAdvice() {}

    /** A timeout is said to have sent nothing. */
    public static final class NotSent {
        @Advice.OnMethodExit
        static void exit(
                @Advice.Argument(0) PendingSend send, @Advice.Return(readOnly = false) SendTimeoutException timeout) {
            timeout = new SendTimeoutException(send.to().name(), Duration.ofMillis(10), Outcome.NOT_SENT, null);
        }
    }

    /** What was ended is told of once more. */
    public static final class ToldAgain {
        @Advice.OnMethodEnter
        static void enter(@Advice.This Sends sends, @Advice.Argument(0) PendingSend send) {
            if (send.hasEnded()) {
                sends.news().sent(send);
            }
        }
    }

    /** The counter of sends counts everything twice. */
    public static final class CountedTwice {
        @Advice.OnMethodExit
        static void exit(@Advice.FieldValue("events") Events events, @Advice.Argument(0) PendingSend send) {
            events.count(MqObserver.Event.SENT, send.to().name());
        }
    }

    /** What is thrown away is counted as set aside. */
    public static final class CountedAsDeadLetter {
        @Advice.OnMethodEnter
        static void enter(@Advice.FieldValue("events") Events events, @Advice.FieldValue("spec") FlowSpec<?> spec) {
            events.count(MqObserver.Event.DEAD_LETTERED, spec.source());
        }
    }

    /** Every other failure of a batch is told as a success. */
    public static final class HalfOfTheFailures {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) List<SendResult> results) {
            List<SendResult> told = new ArrayList<>();
            boolean tell = false;
            for (SendResult result : results) {
                tell = result.sent() ? tell : !tell;
                told.add(result.sent() || tell ? result : new SendResult(result.id(), null));
            }
            results = told;
        }
    }

    /** One key of eight is none. */
    public static final class OverlooksAKey {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) String key) {
            key = key != null && key.endsWith("7") ? null : key;
        }
    }
}

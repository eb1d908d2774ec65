package dev.transload.mq.inmemory;

import java.util.ArrayDeque;
import net.bytebuddy.asm.Advice;

/** What is changed inside of brokers that break under load only. */
@SuppressWarnings("UnusedVariable") // what advice assigns is used where it is put
public final class LaneAdvice {

    private LaneAdvice() {}

    /** Nothing of a lane seems to be out when it changes hands. */
    public static final class TooEarly {
        @Advice.OnMethodEnter
        static int enter(@Advice.Argument(0) Lane lane) {
            int out = lane.out;
            lane.out = 0;
            return out;
        }

        @Advice.OnMethodExit
        static void exit(@Advice.Argument(0) Lane lane, @Advice.Enter int out) {
            lane.out += out;
        }
    }

    /** What comes back has lost its place. */
    public static final class Behind {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.FieldValue("fresh") ArrayDeque<Entry> fresh, @Advice.Argument(0) Entry entry) {
            fresh.addLast(entry);
            return true;
        }
    }

    /** A consumer takes a thousand more than it has credit for. */
    public static final class TakesMore {
        @Advice.OnMethodExit
        static void exit(
                @Advice.FieldValue("broker") Broker broker,
                @Advice.FieldValue("credit") long credit,
                @Advice.FieldValue("connected") boolean connected,
                @Advice.FieldValue("stopped") boolean stopped,
                @Advice.Return(readOnly = false) boolean takes) {
            takes = connected && !stopped && credit > -1_000 && !broker.standstill.holds();
        }
    }
}

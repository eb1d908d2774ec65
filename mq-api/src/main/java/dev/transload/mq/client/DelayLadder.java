package dev.transload.mq.client;

import java.time.Duration;

/**
 * The waits of delay lanes: 1 s, 4 s, 16 s and so on to 4^10 s, about 12 days. A lane is received in the order it was
 * filled and every message of it waits equally long, so its oldest message is the next one due and nothing waits behind
 * one that is due later; on the first lane, whose messages wait up to a second, by less than a second. A longer wait
 * is a walk over lanes: at most three hops each, the longest lane as often as needed.
 *
 * <p>Pure.
 */
final class DelayLadder {

    /** How many lanes there are. */
    static final int RUNGS = 11;

    /** The longest wait on a lane. */
    static final Duration LONGEST_HOP = Duration.ofSeconds(waitSeconds(RUNGS - 1));

    private DelayLadder() {}

    /** The wait of a lane, in seconds. */
    static long waitSeconds(int rung) {
        return 1L << (2 * rung);
    }

    /** The lane a message that waits so long goes to: the longest whose wait it does not exceed. */
    static int rung(long delayMillis) {
        int rung = 0;
        while (rung + 1 < RUNGS && waitSeconds(rung + 1) * 1000 <= delayMillis) {
            rung++;
        }
        return rung;
    }

    /** How long it waits there. */
    static long hop(int rung, long delayMillis) {
        return Math.min(delayMillis, waitSeconds(rung) * 1000);
    }
}

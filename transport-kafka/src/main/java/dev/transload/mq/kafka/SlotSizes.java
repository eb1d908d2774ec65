package dev.transload.mq.kafka;

/**
 * How many messages each slot of a receiver may hold. The first has three quarters of what the engine takes at a time, so
 * that as long as handlers are quick a round trip brings many; the second half, and each further one half of the one
 * before it, so that one fits whatever room slow messages leave. Pure.
 */
final class SlotSizes {

    /** Most slots of a receiver. */
    static final int MOST = 8;

    /** Most messages of a slot: what a poll of Kafka's consumers brings unless told otherwise. */
    private static final int LARGEST = 500;

    private SlotSizes() {}

    /** How many the slot with this number may hold, from 0 on; 0 if there is no such slot. */
    static int of(int number, int maxCredit) {
        if (number >= Math.min(MOST, maxCredit)) {
            return 0;
        }
        int share = number == 0 ? maxCredit - Math.max(1, maxCredit / 4) : maxCredit >> number;
        return Math.max(1, Math.min(LARGEST, share));
    }
}

package dev.transload.mq.kafka;

/**
 * How many messages each slot of a receiver may hold. Together they hold no more than the engine takes at a time, so a
 * slot that is free can always poll. The first has three quarters, so that as long as handlers are quick a round trip
 * brings many; each further one has half of what those before it leave. Pure.
 */
final class SlotSizes {

    /** Most slots of a receiver. */
    static final int MOST = 8;

    /** Most messages of a slot: what a poll of Kafka's consumers brings unless told otherwise. */
    private static final int LARGEST = 500;

    private SlotSizes() {}

    /** How many the slot with this number may hold, from 0 on; 0 if there is no such slot. */
    static int of(int number, int maxCredit) {
        int left = maxCredit;
        int size = 0;
        for (int slot = 0; slot <= number; slot++) {
            left -= size;
            int share = slot == 0 ? left - Math.max(1, left / 4) : left / 2;
            size = slot >= MOST || left <= 0 ? 0 : Math.max(1, Math.min(LARGEST, share));
        }
        return size;
    }
}

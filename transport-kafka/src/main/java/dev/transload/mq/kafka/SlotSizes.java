package dev.transload.mq.kafka;

import dev.transload.mq.spi.ReceiveSpec;

/**
 * How many messages each slot of a receiver may hold. Together they hold no more than the engine takes at a time, so a
 * slot that is free can always poll. Each has half of what those before it leave, so one slow message blocks half at most.
 * But the first has up to three quarters if the rest is enough for all handlers: as long as they are quick, a round trip
 * brings the more. Pure.
 */
final class SlotSizes {

    /** Most slots of a receiver. */
    static final int MOST = 8;

    /** Most messages of a slot: what a poll of Kafka's consumers brings unless told otherwise. */
    private static final int LARGEST = 500;

    private SlotSizes() {}

    /** How many the slot with this number may hold, from 0 on; 0 if there is no such slot. */
    static int of(int number, ReceiveSpec spec) {
        int maxCredit = spec.maxCredit();
        int left = maxCredit;
        int size = 0;
        for (int slot = 0; slot <= number; slot++) {
            left -= size;
            int share = slot == 0 ? Math.max(left / 2, left - Math.max(spec.concurrency(), left / 4)) : left / 2;
            size = slot >= MOST || left <= 0 ? 0 : Math.max(1, Math.min(LARGEST, share));
        }
        return size;
    }
}

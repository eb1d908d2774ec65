package dev.transload.mq.kafka;

import dev.transload.mq.spi.ReceiveSpec;

/**
 * How many messages each slot of a receiver may hold. Each of the first has half of what those before it leave, so one slow
 * message blocks half at most, and together they hold no more than the engine takes at a time. But where one handler works,
 * nothing is blocked by what it has, and the first slot may have all if that is many; and if a part is enough for all
 * handlers, the first has up to three quarters: as long as they are quick, a round trip brings the more. After them come
 * slots for one message each, up to a slot for each handler: messages that come one by one and take long fill every slot
 * with one. Pure.
 */
final class SlotSizes {

    /** Most slots of a receiver for several messages. */
    static final int MOST = 8;

    /** Most slots of a receiver: each is a client with connections of its own. */
    static final int MOST_OF_ALL = 32;

    /** Most messages of a slot: half of what a group lends of a partition. Slots of 500 brought a fifth less. */
    private static final int LARGEST = ShareGroups.SPAN / 2;

    /** So many are worth a round trip, whoever else holds messages. */
    static final int WORTH = 250;

    /** Fewer are handled in less time than a round trip takes, so there is nothing to be gained by a larger first slot. */
    private static final int FEW = 64;

    private SlotSizes() {}

    /** How many the slot with this number may hold, from 0 on; 0 if there is no such slot. */
    static int of(int number, ReceiveSpec spec) {
        int left = spec.maxCredit();
        int size = 0;
        for (int slot = 0; slot <= number; slot++) {
            left -= size;
            size = slot >= MOST || left <= 0 ? 0 : Math.max(1, Math.min(LARGEST, share(slot, left, spec)));
        }
        return size == 0 && number < Math.min(spec.concurrency(), MOST_OF_ALL) ? 1 : size;
    }

    private static int share(int slot, int left, ReceiveSpec spec) {
        int handlers = spec.concurrency();
        if (handlers == 1 && spec.maxCredit() >= WORTH) {
            return left;
        }
        return slot > 0 || left < FEW ? left / 2 : Math.max(left / 2, left - Math.max(handlers, left / 4));
    }
}

package dev.transload.mq.redis;

/**
 * How often a message failed, and how often a handler began and nobody knows how it ended. At the server both are one
 * number, the pending list's count of deliveries: a thousand for each failure, one for each such start, and one for the
 * delivery itself. Immutable.
 *
 * @param failures noted failures
 * @param starts handlers that began and were not heard of again
 */
record DeliveryCount(int failures, int starts) {

    private static final int FAILURE = 1_000;
    private static final DeliveryCount NONE = new DeliveryCount(0, 0);
    private static final int MOST_STARTS = FAILURE - 2;

    /**
     * Reads what the server has.
     *
     * @param pending the pending list's count
     * @param written what was written with the entry when it was given back, see {@link #written}
     */
    static DeliveryCount of(long pending, long written) {
        long number = pending > 1 ? pending - 1 : written;
        if (number == 0) {
            return NONE;
        }
        return new DeliveryCount(
                (int) Math.min(number / FAILURE, Integer.MAX_VALUE / FAILURE), (int) (number % FAILURE));
    }

    /** The number for an entry that is given back. */
    long written() {
        return (long) failures * FAILURE + starts;
    }

    /** The number for the pending list. */
    long pending() {
        return written() + 1;
    }

    DeliveryCount failed(int times) {
        return new DeliveryCount(times, starts);
    }

    DeliveryCount started() {
        return new DeliveryCount(failures, Math.min(starts + 1, MOST_STARTS));
    }

    /** Deliveries so far, the one that has this count included. */
    int deliveries() {
        return failures + starts + 1;
    }
}

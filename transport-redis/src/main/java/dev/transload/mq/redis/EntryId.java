package dev.transload.mq.redis;

/**
 * Tells an entry from all others that a receiver may have. Its two numbers are unsigned, as the server's are.
 *
 * @param stream name of the stream of its place
 * @param lane number of the lane
 * @param millis when it was added, in milliseconds since 1970 by the server's clock
 * @param sequence tells those of one millisecond apart
 */
record EntryId(String stream, int lane, long millis, long sequence) {

    static EntryId of(Source source, byte[] id) {
        int dash = dash(id);
        return new EntryId(source.stream(), source.lane(), digits(id, 0, dash), digits(id, dash + 1, id.length));
    }

    /** When an entry was added by its id, in milliseconds since 1970; 0 if that is out of all bounds. */
    static long millis(byte[] id) {
        return Math.max(0, digits(id, 0, dash(id)));
    }

    /** Whether it was added before the other, in the same stream. */
    int order(EntryId other) {
        int byTime = Long.compareUnsigned(millis, other.millis);
        return byTime != 0 ? byTime : Long.compareUnsigned(sequence, other.sequence);
    }

    private static int dash(byte[] id) {
        int at = 0;
        while (at < id.length && id[at] != '-') {
            at++;
        }
        return at;
    }

    private static long digits(byte[] id, int from, int to) {
        long number = 0;
        for (int i = from; i < to; i++) {
            number = number * 10 + (id[i] - '0');
        }
        return number;
    }

    @Override
    public int hashCode() {
        return (stream.hashCode() * 31 + lane) * 31 + Long.hashCode(millis * 31 + sequence);
    }
}

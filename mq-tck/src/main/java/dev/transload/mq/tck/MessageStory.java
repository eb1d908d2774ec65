package dev.transload.mq.tck;

import dev.transload.mq.tck.HistoryEvent.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that a history tells of one message at one source. Not thread-safe. */
final class MessageStory {

    final String id;
    String key = "";

    // ---- the send
    String sender = "";
    String digest = "";
    int sendings;
    int refusals;
    int firstSending = Timeline.NEVER;
    long firstSendingAt;
    int lastEnd = Timeline.NEVER;
    boolean confirmed;
    int confirmedAt = Timeline.NEVER;
    boolean unknown;
    long delayNanos;
    private int openSendings;

    // ---- the handling
    final List<Call> calls = new ArrayList<>(1);
    /** Copies that were sent so far, those of a redrive included. */
    int copies;
    /** Copies that went without a handler call: dead letters, expiries, skips. */
    int spentUnseen;
    /** Position of the earliest event that settles it. */
    int settledAt = Timeline.NEVER;
    /** Position of the earliest sign of it among the dead letters. */
    int deadAt = Timeline.NEVER;

    int toldDead;
    boolean foundDead;
    boolean expired;
    boolean redriven;
    /** Failures since it was sent, redriven, or taken from a consumer where those are forgotten. */
    int charged;
    /** Calls that ended with their consumer's death. */
    int killed;
    /** Call before which nothing counts, after a redrive. */
    int countFrom;

    MessageStory(String id) {
        this.id = id;
    }

    /** One handler call. */
    static final class Call {
        final MessageStory story;
        final long number;
        final String consumer;
        final int attempt;
        final int begin;
        final long beginAt;
        final String lane;
        /** How it ended, or null. */
        @Nullable
        Kind end;

        int endedAt = Timeline.NEVER;
        long endAt = Long.MAX_VALUE;
        /** Position at which the client was told that it lost the delivery, or that the ack went astray. */
        int lostAt = Timeline.NEVER;
        /** Time before which the retry may not come, 0 for any. */
        long dueAt;

        Call(MessageStory story, HistoryEvent e, int position) {
            this.story = story;
            this.number = e.call();
            this.consumer = e.who();
            this.attempt = e.attempt();
            this.begin = position;
            this.beginAt = e.at();
            this.lane = e.why();
        }

        boolean is(Kind kind) {
            return end == kind;
        }

        /** Whether its handler ended after the delivery was taken from it: what it decided has no effect. */
        boolean zombie() {
            return end != null && lostAt < endedAt;
        }

        boolean openAt(int position) {
            return begin <= position && endedAt > position;
        }
    }

    void sending(HistoryEvent e, int position) {
        if (sendings == 0) {
            firstSending = position;
            firstSendingAt = e.at();
            key = e.key();
            sender = e.who();
            digest = e.digest();
            delayNanos = e.nanos();
        }
        sendings++;
        openSendings++;
        lastEnd = Timeline.NEVER;
    }

    void sendEnded(Kind kind, int position) {
        openSendings--;
        if (openSendings <= 0) {
            lastEnd = position;
        }
        switch (kind) {
            case SENT -> {
                confirmed = true;
                confirmedAt = Math.min(confirmedAt, position);
            }
            case NOT_SENT -> refusals++;
            default -> unknown = true;
        }
    }

    boolean sent() {
        return sendings > 0;
    }

    /** Whether every send of it said that the broker does not have it. */
    boolean refused() {
        return sendings > 0 && refusals == sendings;
    }

    @Nullable
    Call last() {
        return calls.isEmpty() ? null : calls.get(calls.size() - 1);
    }

    void settle(int position) {
        settledAt = Math.min(settledAt, position);
    }
}

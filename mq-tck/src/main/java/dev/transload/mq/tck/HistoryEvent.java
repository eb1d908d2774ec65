package dev.transload.mq.tck;

import static java.util.Objects.requireNonNull;

/**
 * One thing that happened while a case ran. Text that does not apply is empty, numbers that do not are 0.
 *
 * @param at nanoseconds since the case began, on the one clock of the case
 * @param kind what happened
 * @param id the message; of a fault, a fence or a request, its name
 * @param key the message's key
 * @param place the destination of a send, the source of a delivery
 * @param who the sender, or the consumer
 * @param call number of the handler call
 * @param attempt as the delivery told it
 * @param redelivered as the delivery told it
 * @param digest of all that must arrive unchanged
 * @param nanos delay of a send, wait before a retry; of a depth, how many
 * @param why reason, in words or as a constant's name; of a delivery, its lane if that is known
 */
record HistoryEvent(
        long at,
        Kind kind,
        String id,
        String key,
        String place,
        String who,
        long call,
        int attempt,
        boolean redelivered,
        String digest,
        long nanos,
        String why) {

    HistoryEvent {
        requireNonNull(kind, "kind");
        requireNonNull(id, "id");
        requireNonNull(key, "key");
        requireNonNull(place, "place");
        requireNonNull(who, "who");
        requireNonNull(digest, "digest");
        requireNonNull(why, "why");
    }

    /** What can happen. Names are part of the format of stored histories. */
    enum Kind {
        /** A message is about to be sent. */
        SENDING,
        /** The broker has it. */
        SENT,
        /** The broker does not have it. */
        NOT_SENT,
        /** The broker may have it. */
        SEND_UNKNOWN,

        /** A handler was called. */
        DELIVERED,
        /** The handler is about to return, which acks, or acks by hand. */
        ACKED,
        /** The handler is about to throw, or asks for another attempt. */
        FAILED,
        /** The handler asks to set the message aside. */
        REJECTED,
        /** The handler throws the message away. */
        DROPPED,

        /** The client says that it will try again after a wait. */
        RETRIED,
        /** The client says that it set the message aside. */
        DEAD_LETTERED,
        /** The message was seen among the dead letters. */
        FOUND_DEAD,
        /** The client says that it threw the message away. */
        DISCARDED,
        /** The client says that the message's time was over. */
        EXPIRED,
        /** The client says that the message was handled before, and acked it without the handler. */
        SKIPPED,
        /** The client says that a delivery is no longer its own, or that its ack did not reach the broker. */
        LEASE_LOST,
        /** A dead letter goes back to the group that failed. */
        REDRIVEN,
        /** A source is read again from an earlier point. */
        REPLAYED,

        /** A consumer is subscribed. */
        CONSUMER_OPENED,
        /** A consumer is about to be closed. */
        CONSUMER_CLOSING,
        /** A consumer is closed. */
        CONSUMER_CLOSED,
        /** A consumer's process is about to be killed. */
        CONSUMER_KILLED,
        /** A consumer no longer owns a lane, or what it held. */
        REVOKED,

        /** Something is about to be broken. */
        FAULT_ON,
        /** It is whole again, and clients have recovered from it. */
        FAULT_OFF,
        /** A client lost its connection. */
        RECONNECTING,
        /** A client has its connection back. */
        RECONNECTED,

        /** A message was sent behind all others of its lane. */
        FENCE_SENT,
        /** It was handled. */
        FENCE_HANDLED,
        /** Messages a source still holds. */
        DEPTH,

        /** A request is made. */
        REQUESTED,
        /** A responder was called for a request. */
        ANSWERING,
        /** The request's future has a value; {@code who} is the request that the value names. */
        REPLIED,
        /** The request's future failed. */
        REQUEST_FAILED,

        /** A claim of an idempotency key was granted to {@code who}. */
        CLAIMED,
        /** A claim was given up, or its lease ended. */
        UNCLAIMED,
        /** The key is done. */
        DONE,
        /** The handler did what must be done once. */
        EFFECT,

        /** For readers only: what a client told its listener, or a case says. */
        NOTE
    }

    /** The event as a line for people. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(80);
        text.append(String.format("%7d ms  %s", at / 1_000_000, kind));
        append(text, " ", id);
        append(text, " key ", key);
        append(text, kind == Kind.SENDING || kind == Kind.SENT ? " to " : " at ", place);
        append(text, " by ", who);
        if (call > 0) {
            text.append(" call ").append(call);
        }
        if (attempt > 0) {
            text.append(" attempt ").append(attempt).append(redelivered ? " redelivered" : "");
        }
        if (nanos != 0) {
            if (kind == Kind.DEPTH) {
                text.append(" holds ").append(nanos);
            } else {
                text.append(" after ").append(nanos / 1_000_000).append(" ms");
            }
        }
        append(text, " digest ", digest);
        append(text, ": ", why);
        return text.toString();
    }

    private static void append(StringBuilder text, String before, String value) {
        if (!value.isEmpty()) {
            text.append(before).append(value);
        }
    }
}

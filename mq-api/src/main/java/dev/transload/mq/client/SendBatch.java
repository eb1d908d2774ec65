package dev.transload.mq.client;

import dev.transload.mq.MessagingException;
import dev.transload.mq.SendResult;
import dev.transload.mq.client.PendingSend.Told;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sends of one {@code sendAll}: handed over one after the other, and asked in the same order how they ended, from time
 * to time while others are still to be handed over, so that a long batch does not keep all it has sent in memory.
 *
 * <p>Used by the calling thread alone.
 */
final class SendBatch {

    /** Asking reads what the transport's thread has written, so it is done for many together. */
    private static final int ASK_EVERY = 256;

    /** So many messages share a reading of the clock, which takes a fiftieth of the time of a send. */
    static final int PER_READING = 16;

    private final Sending sending;
    private final Engine engine;
    private final Deque<Sending.Envelope> left;
    private final Deque<PendingSend> open = new ArrayDeque<>();
    /** By the order of the messages; null for one that is not handed over or whose end is not known. */
    private final @Nullable SendResult[] results;

    /** Where the result of the first that is open belongs, unless one is there already. */
    private int firstOpen;

    SendBatch(Sending sending, Engine engine, Deque<Sending.Envelope> messages) {
        this.sending = sending;
        this.engine = engine;
        this.left = messages;
        this.results = new SendResult[messages.size()];
    }

    /** Sends all; blocks until each has ended. */
    List<SendResult> send() {
        long now = 0;
        int waits = 0;
        for (int i = 0; i < results.length; i++) {
            if (i % PER_READING == 0 || waits != engine.sends().bound().callersWaited()) {
                waits = engine.sends().bound().callersWaited();
                now = engine.time().nanos();
            }
            handOver(i, left.remove(), now);
            if (i % ASK_EVERY == 0) {
                while (!open.isEmpty() && open.element().canTell()) {
                    takeResult();
                }
            }
        }
        while (!open.isEmpty()) {
            takeResult();
        }
        List<SendResult> all = new ArrayList<>(results.length);
        for (SendResult result : results) {
            if (result != null) {
                all.add(result);
            }
        }
        return all;
    }

    private void handOver(int index, Sending.Envelope envelope, long now) {
        try {
            open.add(sending.submit(envelope, Told.WHEN_ASKED, null, now));
        } catch (MessagingException refused) {
            results[index] = new SendResult(envelope.message().id(), refused);
        }
    }

    private void takeResult() {
        PendingSend send = open.remove();
        while (results[firstOpen] != null) {
            firstOpen++;
        }
        results[firstOpen] = resultOf(send);
    }

    private SendResult resultOf(PendingSend send) {
        try {
            return new SendResult(sending.await(send), null);
        } catch (MessagingException failure) {
            return new SendResult(send.message().id(), failure);
        }
    }
}

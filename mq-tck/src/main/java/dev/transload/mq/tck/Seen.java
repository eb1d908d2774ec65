package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Delivery;
import dev.transload.mq.Message;
import dev.transload.mq.MessageHandler;
import dev.transload.mq.tck.HistoryEvent.Kind;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A handler that remembers its calls, then does as the case told it. Thread-safe. */
final class Seen<T> implements MessageHandler<T> {

    private final Tck tck;
    private final MessageHandler<T> handler;
    private final List<Call<T>> calls = new CopyOnWriteArrayList<>();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger peak = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    Seen(Tck tck, MessageHandler<T> handler) {
        this.tck = tck;
        this.handler = handler;
    }

    /** One call of the handler. */
    record Call<T>(Delivery<T> delivery, T payload, Message message, int attempt, boolean redelivered, long millis) {

        String id() {
            return message.id();
        }

        @Nullable
        String key() {
            return message.key();
        }
    }

    @Override
    public void handle(Delivery<T> delivery) throws Exception {
        peak.accumulateAndGet(running.incrementAndGet(), Math::max);
        try {
            Message message = delivery.message();
            HistoryLog log = tck.history().log();
            String source = delivery.destination();
            String key = message.key();
            long call = log.delivered(
                    message.id(),
                    key == null ? "" : key,
                    source,
                    "",
                    delivery.attempt(),
                    delivery.redelivered(),
                    "",
                    "");
            RecordedDelivery<T> recorded = new RecordedDelivery<>(delivery, log, source, call);
            tck.called();
            calls.add(new Call<>(
                    recorded, delivery.payload(), message, delivery.attempt(), delivery.redelivered(), tck.millis()));
            try {
                handler.handle(recorded);
                recorded.end(Kind.ACKED, "returned");
            } catch (Throwable failure) {
                recorded.end(Kind.FAILED, failure.toString());
                throw failure;
            }
        } finally {
            running.decrementAndGet();
            ended.incrementAndGet();
        }
    }

    /** Calls so far, in their order. */
    List<Call<T>> calls() {
        return List.copyOf(calls);
    }

    Call<T> call(int index) {
        return calls.get(index);
    }

    int count() {
        return calls.size();
    }

    /** Ids of the calls, in their order. */
    List<String> ids() {
        return calls.stream().map(Call::id).toList();
    }

    /** Payloads of the calls, in their order. */
    List<T> payloads() {
        return calls.stream().map(Call::payload).toList();
    }

    /** Attempts of the calls, in their order. */
    List<Integer> attempts() {
        return calls.stream().map(Call::attempt).toList();
    }

    /** Most calls at the same time. */
    int peak() {
        return peak.get();
    }

    /** Calls that run now. */
    int running() {
        return running.get();
    }

    /** Waits until there were so many calls, and returns the last of them. */
    Call<T> await(int count) {
        tck.until(count + " handler calls", () -> calls.size() >= count);
        return calls.get(count - 1);
    }

    /** Waits until there were so many calls and they have all returned; there may not be more. */
    void awaitExactly(int count) {
        tck.until(count + " handler calls that have returned", () -> ended.get() >= count);
        assertThat(calls).as("handler calls").hasSize(count);
    }
}

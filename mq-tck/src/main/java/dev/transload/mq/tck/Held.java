package dev.transload.mq.tck;

import dev.transload.mq.AsyncMessageHandler;
import dev.transload.mq.Delivery;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An asynchronous handler that keeps every delivery until the case lets it go: a handler that takes its time and no
 * thread, so that virtual time goes on meanwhile. Thread-safe.
 */
final class Held<T> implements AsyncMessageHandler<T> {

    private final Tck tck;
    private final List<Call<T>> calls = new CopyOnWriteArrayList<>();

    Held(Tck tck) {
        this.tck = tck;
    }

    /** One call of the handler. */
    record Call<T>(Delivery<T> delivery, int attempt, CompletableFuture<Void> stage) {

        String id() {
            return delivery.id();
        }

        /** The handler ends well. */
        void succeed() {
            stage.complete(null);
        }
    }

    @Override
    public CompletionStage<?> handle(Delivery<T> delivery) {
        Call<T> call = new Call<>(delivery, delivery.attempt(), new CompletableFuture<>());
        calls.add(call);
        tck.history().add("asynchronous handler called: " + delivery.id() + " attempt " + delivery.attempt());
        tck.called();
        return call.stage();
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

    /** Attempts of the calls, in their order. */
    List<Integer> attempts() {
        return calls.stream().map(Call::attempt).toList();
    }

    /** Waits until there were so many calls, and returns the last of them. */
    Call<T> await(int count) {
        tck.until(count + " handler calls", () -> calls.size() >= count);
        return calls.get(count - 1);
    }

    /** Lets all go that are held. */
    void succeedAll() {
        calls.forEach(Call::succeed);
    }
}

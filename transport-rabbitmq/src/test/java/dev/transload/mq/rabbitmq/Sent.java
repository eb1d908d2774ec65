package dev.transload.mq.rabbitmq;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A message on its way, whose end can be waited for. */
final class Sent implements Outgoing {

    private final Place to;
    private final Message message;
    private final long delayMillis;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private volatile long doneAt;

    Sent(Place to, Message message, long delayMillis) {
        this.to = to;
        this.message = message;
        this.delayMillis = delayMillis;
    }

    @Override
    public Place to() {
        return to;
    }

    @Override
    public Message message() {
        return message;
    }

    @Override
    public long delayMillis() {
        return delayMillis;
    }

    /** When the broker had it, in milliseconds since 1970; 0 before. */
    long doneAt() {
        return doneAt;
    }

    @Override
    public void done() {
        doneAt = System.currentTimeMillis();
        if (!end.complete(null)) {
            throw new AssertionError("told twice");
        }
    }

    @Override
    public void failed(Throwable cause) {
        if (!end.completeExceptionally(cause)) {
            throw new AssertionError("told twice", cause);
        }
    }

    CompletableFuture<Void> end() {
        return end;
    }

    /** Waits until the broker has it. */
    void confirmed() {
        Throwable failure = failure();
        if (failure != null) {
            throw new AssertionError("not confirmed", failure);
        }
    }

    /** Waits for the end; returns why it failed, or null. */
    Throwable failure() {
        try {
            end.get(30, TimeUnit.SECONDS);
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (TimeoutException | InterruptedException e) {
            throw new AssertionError("no end within 30 s", e);
        }
    }
}

package dev.transload.mq.client;

import dev.transload.mq.*;
import dev.transload.mq.spi.*;
import java.time.*;
import java.util.concurrent.*;
import org.jspecify.annotations.*;

final class RequestReplies {
    RequestReplies(EngineContext e) {}

    CompletableFuture<Message> request(Place p, Message m, Duration t) {
        return new CompletableFuture<>();
    }

    void connectionLost() {}

    void close(RuntimeException e) {}

    static Message reply(Message r, byte[] b, @Nullable String ct, String id, long now) {
        return r;
    }

    static Message errorReply(Message r, Throwable t, String id, long now) {
        return r;
    }
}

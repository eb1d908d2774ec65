package dev.transload.mq.inmemory;

import dev.transload.mq.Message;

/** Messages whose bytes nobody else holds. */
final class Copies {

    private Copies() {}

    static Message of(Message message) {
        return message.toBuilder().body(message.body().clone()).build();
    }
}

package dev.transload.mq.client;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Map;

/** A reply that claims to answer whatever request waits. */
record AnyReply(Incoming real, String answers) implements Incoming {

    static Incoming of(RequestReplies replies, Incoming real) {
        try {
            Field pending = RequestReplies.class.getDeclaredField("pending");
            pending.setAccessible(true);
            for (Object id : ((Map<?, ?>) pending.get(replies)).keySet()) {
                return new AnyReply(real, (String) id);
            }
            return real;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Message message() {
        return real.message().toBuilder().correlationId(answers).build();
    }

    @Override
    public String destination() {
        return real.destination();
    }

    @Override
    public int lane() {
        return real.lane();
    }

    @Override
    public int brokerCount() {
        return real.brokerCount();
    }

    @Override
    public void ack(Completion completion) {
        real.ack(completion);
    }

    @Override
    public void release(Duration delay, boolean failed, Completion completion) {
        real.release(delay, failed, completion);
    }
}

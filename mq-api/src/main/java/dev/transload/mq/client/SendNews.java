package dev.transload.mq.client;

import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.MqObserver;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.TimeSource;

/** Tells those who watch a client how the sends of the application ended. Thread-safe. */
final class SendNews {

    private final Events events;
    private final TimeSource time;
    private final long sendTimeoutNanos;

    SendNews(Events events, TimeSource time, long sendTimeoutNanos) {
        this.events = events;
        this.time = time;
        this.sendTimeoutNanos = sendTimeoutNanos;
    }

    /** Whether anybody is told of sends, before their futures are completed. */
    boolean isWatched() {
        return events.observed() || events.listened();
    }

    /** One succeeded. */
    void sent(PendingSend send) {
        if (events.observed()) {
            events.count(MqObserver.Event.SENT, send.to().name());
            events.time(
                    MqObserver.Timing.SEND, send.to().name(), time.nanos() - (send.deadlineNanos - sendTimeoutNanos));
        }
        if (events.listened()) {
            events.tell(l -> l.sent(send.to().name(), send.message().id()));
        }
    }

    /** One is tried again. */
    void retried(PendingSend send) {
        events.count(MqObserver.Event.SEND_RETRIED, send.to().name());
    }

    /** One failed. */
    void failed(Place to, Message message, MessagingException failure) {
        events.count(MqObserver.Event.SEND_FAILED, to.name());
        if (events.listened()) {
            events.tell(l -> l.sendFailed(to.name(), message.id(), failure));
        }
    }
}

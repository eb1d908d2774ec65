package dev.transload.mq.sqs;

import dev.transload.mq.spi.TransportContext;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether the service answers: the first request without an answer takes it for gone, then one small question is
 * asked at once, and again and again with growing waits, and when it is answered what was declared is declared again.
 *
 * <p>Its state belongs to the worker.
 */
final class ServiceWatch implements Contact {

    private static final Logger LOG = LoggerFactory.getLogger(ServiceWatch.class);
    private static final long FIRST_PAUSE = 100;
    private static final long LONGEST_PAUSE = 2_000;

    private final SqsAsk ask;
    private final TransportContext context;
    private final String where;
    private final Supplier<CompletableFuture<?>> restore;
    private final Runnable resumed;
    private volatile boolean up = true;
    private volatile boolean closed;
    private long pause = FIRST_PAUSE;

    /**
     * @param restore declares again what was declared, before the connection counts as back
     * @param resumed told when it is back
     */
    ServiceWatch(
            SqsAsk ask,
            TransportContext context,
            String where,
            Supplier<CompletableFuture<?>> restore,
            Runnable resumed) {
        this.ask = ask;
        this.context = context;
        this.where = where;
        this.restore = restore;
        this.resumed = resumed;
    }

    @Override
    public boolean isUp() {
        return up;
    }

    @Override
    public void answered() {}

    @Override
    public void unanswered(Throwable cause) {
        if (!up || closed) {
            return;
        }
        up = false;
        pause = FIRST_PAUSE;
        LOG.warn("sqs: {} does not answer: {}", where, String.valueOf(cause.getMessage()));
        context.connection(false, "no answer from " + where);
        ask.worker().execute(this::probe); // it may have been a connection, and not the service
    }

    private void probe() {
        if (closed) {
            return;
        }
        SqsAsk.told(ask.sqs("ask " + where, sqs -> sqs.getQueueUrl(r -> r.queueName("mq-is-anyone-there")))
                .handle((found, failure) -> {
                    if (failure != null && SqsErrors.isLost(failure)) {
                        again();
                    } else {
                        back();
                    }
                    return null;
                }));
    }

    private void again() {
        ask.worker().later(pause, this::probe);
        pause = Math.min(LONGEST_PAUSE, pause * 2);
    }

    private void back() {
        SqsAsk.told(restore.get().handle((done, failure) -> {
            ask.worker().execute(() -> {
                if (closed) {
                    return;
                }
                if (failure != null && SqsErrors.isLost(failure)) {
                    again();
                    return;
                }
                if (failure != null) {
                    LOG.warn("sqs: not all is as it was: {}", failure.toString());
                }
                up = true;
                context.connection(true, where + " answers again");
                resumed.run();
            });
            return null;
        }));
    }

    void close() {
        closed = true;
    }
}

package dev.transload.mq.sqs;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Receives from one queue by long polls, each for no more than the credit that is left. While nothing comes there is one
 * poll, and it gets longer; while much comes there are several.
 *
 * <p>Its state belongs to the worker, where the sink is called.
 */
final class SqsReceiver implements Receiver, HeldDeliveries.Owner {

    private static final long TROUBLE_MILLIS = 250;

    private final SqsAsk ask;
    private final TimeSource time;
    private final ReceiveSpec spec;
    private final Sink sink;
    private final Host host;
    private final Polls polls;
    private final HeldDeliveries held;
    private final Set<SqsDelivery> early = new LinkedHashSet<>();
    private final CompletableFuture<Void> quiet = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private QueueRef queue;
    private int credit;
    /** Whether nobody polls. */
    private boolean stopped;
    /** Whether that is for good: a receiver without a queue goes on when it has another. */
    private boolean stopAsked;

    private boolean closed;
    private volatile long lastContact;

    /** What a receiver needs of whoever made it. Called on the worker. */
    interface Host {

        /** The queue is gone: makes another in its place, or fails. */
        CompletableFuture<QueueRef> gone(QueueRef queue);

        /** The receiver has ended, and may be forgotten. */
        void left(SqsReceiver receiver);

        /** Address that others reply to, if it is an inbox. */
        Optional<String> replyTo();

        /** Takes away what lives only as long as the receiver. */
        CompletableFuture<Void> discard();
    }

    SqsReceiver(
            SqsAsk ask, TimeSource time, SqsOptions options, ReceiveSpec spec, QueueRef queue, Sink sink, Host host) {
        this.ask = ask;
        this.time = time;
        this.spec = spec;
        this.sink = sink;
        this.host = host;
        this.queue = queue;
        boolean inbox = spec.from().role() == Place.Role.REPLY;
        this.held = new HeldDeliveries(ask, time, spec.lease(), options.visibility(), queue, inbox, this);
        this.polls = new Polls(ask, options, held.leaseSeconds(), time);
        this.lastContact = time.nanos();
    }

    QueueRef queue() {
        return queue;
    }

    ReceiveSpec spec() {
        return spec;
    }

    // ---- what the engine calls, on any thread

    @Override
    public void credit(int n) {
        ask.worker().run(() -> {
            credit += n;
            poll();
        });
    }

    @Override
    public CompletableFuture<Void> stop() {
        if (!ask.worker().run(this::stopNow)) {
            quiet.complete(null);
        }
        return quiet.copy();
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        boolean handed = ask.worker().run(() -> {
            stopNow();
            ask.worker().later(Math.max(0, timeout.toMillis()), this::end);
            SqsAsk.told(quiet.thenRun(this::leave));
        });
        if (!handed) {
            ended.complete(null);
        }
        return ended.copy();
    }

    @Override
    public long lastContact() {
        return lastContact;
    }

    @Override
    public Optional<String> replyTo() {
        return host.replyTo();
    }

    // ---- polling

    /** Asks for what there is credit for. */
    @Override
    public void poll() {
        while (!stopped && ask.isUp()) {
            int left = credit - polls.reserved() - held.waiting() - early.size();
            int most = polls.next(left);
            if (most == 0) {
                return;
            }
            polls.start(queue, most, this::arrived);
        }
    }

    private void arrived(
            QueueRef from,
            List<software.amazon.awssdk.services.sqs.model.Message> messages,
            long sinceNanos,
            @Nullable MessagingException failure) {
        if (failure != null) {
            trouble(from, failure);
        } else {
            lastContact = time.nanos();
            take(from, messages, sinceNanos);
            poll();
        }
        if ((stopAsked || closed) && polls.isIdle()) {
            quiet.complete(null);
        }
    }

    private void trouble(QueueRef from, MessagingException failure) {
        if (failure instanceof DestinationNotFoundException) {
            if (from.equals(queue) && !closed) {
                vanished();
            }
        } else if (failure instanceof ConnectionLostException || failure.retryable()) {
            ask.worker().later(TROUBLE_MILLIS, this::poll); // while the service is away nothing is asked
        } else if (!closed) {
            fail(failure);
        }
    }

    /** Takes notice that this client has deleted a queue. On the worker. */
    void deleted(QueueRef gone) {
        if (gone.url().equals(queue.url()) && !closed) {
            vanished();
        }
    }

    private void vanished() {
        QueueRef gone = queue;
        stopped = true; // nobody asks meanwhile
        held.loseAll("queue " + gone.name() + " is gone");
        early.clear();
        held.forgetGroups();
        SqsAsk.told(host.gone(gone).handle((another, failure) -> {
            stopped = stopAsked || closed;
            if (failure != null) {
                fail(SqsErrors.operation("receive from " + gone.name(), failure));
            } else {
                queue = another;
                held.moveTo(another);
                poll();
            }
            return null;
        }));
    }

    private void fail(Throwable cause) {
        if (!closed) {
            stopped = true;
            closed = true;
            if (polls.isIdle()) {
                quiet.complete(null);
            }
            held.loseAll("the receiver ended");
            dropEarly();
            host.left(this);
            sink.failed(cause);
        }
    }

    private void take(
            QueueRef from, List<software.amazon.awssdk.services.sqs.model.Message> messages, long sinceNanos) {
        if (messages.isEmpty()) {
            return;
        }
        List<SqsDelivery> out = new ArrayList<>(messages.size());
        if (held.deadline(sinceNanos) - time.nanos() <= 0) {
            return; // held up for so long that the service may have handed them out again
        }
        boolean given = false;
        boolean ofGroup = spec.from().role() == Place.Role.GROUP;
        for (software.amazon.awssdk.services.sqs.model.Message received : messages) {
            Message message = SqsMessages.read(received, from.isFifo());
            String topic = ofGroup ? SqsMessages.topic(received) : null;
            SqsDelivery delivery = new SqsDelivery(
                    this, message, destination(message, topic), received, sinceNanos, held.deadline(sinceNanos));
            if (!from.equals(queue)) {
                continue; // of a queue that is gone
            }
            if (stopped || closed) {
                held.dispose(delivery, 0);
                given = true;
            } else if (!isWanted(topic)) {
                held.dispose(delivery, SqsSettler.DELETE);
                given = true;
            } else if (earlyMillis(delivery) > 0) {
                keep(delivery);
            } else if (held.enter(delivery)) {
                out.add(delivery);
            }
        }
        if (given) {
            held.go();
        }
        deliver(out);
    }

    // The service hides for whole seconds; the rest of a delay it waits here, from when it came, by whatever clock.
    private long earlyMillis(SqsDelivery delivery) {
        return spec.from().role() == Place.Role.DELAY_LANE && delivery.brokerCount() == 1
                ? SqsSender.restMillis(delivery.message())
                : 0;
    }

    private void keep(SqsDelivery delivery) {
        early.add(delivery);
        ask.worker().later(earlyMillis(delivery), () -> {
            if (early.remove(delivery)) {
                deliver(List.of(delivery));
            }
        });
    }

    private void dropEarly() {
        early.forEach(delivery -> held.dispose(delivery, 0));
        early.clear();
        held.go();
    }

    @Override
    public void deliver(List<SqsDelivery> out) {
        if (!out.isEmpty()) {
            credit -= out.size();
            held.out(out);
            sink.deliver(out);
        }
    }

    private boolean isWanted(@Nullable String topic) {
        return topic == null || FilterPolicy.wants(spec.from(), topic);
    }

    private String destination(Message message, @Nullable String topic) {
        Place from = spec.from();
        if (from.role() != Place.Role.GROUP) {
            return from.name();
        }
        String before = message.annotations().get(Annotations.DESTINATION);
        if (before != null) {
            return before;
        }
        if (topic != null) {
            return topic;
        }
        String whole = SnsTopics.topicOf(from);
        return from.portable() ? SqsNames.family(whole) : whole;
    }

    // ---- settling

    /** Settles a delivery, on any thread. */
    void settle(SqsDelivery delivery, int seconds, Completion completion) {
        held.settle(delivery, seconds, completion);
    }

    /** Renews the lease of a delivery, on any thread. */
    void renew(SqsDelivery delivery, Completion completion) {
        held.renew(delivery, completion);
    }

    @Override
    public boolean isStopped() {
        return stopped;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void settled() {
        leaveIfDone();
    }

    @Override
    public void lost(List<? extends Incoming> deliveries, String why) {
        sink.lost(deliveries, why);
    }

    // ---- the end

    private void stopNow() {
        if (!stopAsked && !closed) {
            stopAsked = true;
            stopped = true;
            polls.hurry();
            held.dropWaitingInPlace();
            dropEarly();
        }
        if (polls.isIdle()) {
            quiet.complete(null);
        }
    }

    private void leave() {
        ask.worker().execute(() -> {
            if (!closed) {
                held.giveBack();
            }
            closed = true;
            host.left(this);
            held.flush();
            leaveIfDone();
        });
    }

    private void leaveIfDone() {
        if (closed && held.openOrders() == 0 && !ended.isDone()) {
            SqsAsk.told(host.discard().handle((done, failure) -> ended.complete(null)));
        }
    }

    /** Whether it is over or not. */
    private void end() {
        if (!ended.isDone()) {
            if (!closed) {
                held.giveBack();
                closed = true;
                host.left(this);
            }
            held.flush();
            quiet.complete(null);
            SqsAsk.told(host.discard().handle((done, failure) -> ended.complete(null)));
        }
    }
}

package dev.transload.mq.sqs;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.LeaseLostException;
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
final class SqsReceiver implements Receiver {

    private static final Duration MARGIN = Duration.ofMillis(500);
    private static final int IN_PLACE_SECONDS = 300;
    private static final long LOOK_MILLIS = 200;
    private static final long TROUBLE_MILLIS = 250;

    private final SqsAsk ask;
    private final TimeSource time;
    private final ReceiveSpec spec;
    private final Sink sink;
    private final Host host;
    private final Polls polls;
    private final GroupHolds groups = new GroupHolds();
    private final Set<SqsDelivery> held = new LinkedHashSet<>();
    private final int leaseSeconds;
    private final long leaseNanos;
    private final CompletableFuture<Void> quiet = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private SqsSettler settler;
    private QueueRef queue;
    private int credit;
    private boolean stopped;
    private boolean closed;
    private boolean looking;
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
        this.settler = new SqsSettler(ask, queue, time);
        // At the service it is longer than here, so that whoever holds a delivery knows first that it is over.
        long lease = (spec.lease().plus(MARGIN).toMillis() + 999) / 1000;
        this.leaseSeconds = (int) Math.min(SqsCapabilities.LONGEST_LEASE.toSeconds(), lease);
        this.leaseNanos = Duration.ofSeconds(leaseSeconds).minus(MARGIN).toNanos();
        this.polls = new Polls(ask, options, leaseSeconds, time);
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
    void poll() {
        while (!stopped && ask.isUp()) {
            int left = credit - polls.reserved() - groups.waiting();
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
            @Nullable MessagingException failure) {
        if (failure != null) {
            trouble(from, failure);
        } else {
            lastContact = time.nanos();
            take(from, messages);
            poll();
        }
        if (stopped && polls.isIdle()) {
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
        boolean wasStopped = stopped;
        stopped = true; // nobody asks meanwhile
        lose(new ArrayList<>(held), "queue " + gone.name() + " is gone");
        groups.clear();
        SqsAsk.told(host.gone(gone).handle((another, failure) -> {
            stopped = wasStopped || closed;
            if (failure != null) {
                fail(SqsErrors.operation("receive from " + gone.name(), failure));
            } else {
                queue = another;
                settler = new SqsSettler(ask, another, time);
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
            lose(new ArrayList<>(held), "the receiver ended");
            host.left(this);
            sink.failed(cause);
        }
    }

    private void take(QueueRef from, List<software.amazon.awssdk.services.sqs.model.Message> messages) {
        if (messages.isEmpty()) {
            return;
        }
        List<SqsDelivery> out = new ArrayList<>(messages.size());
        long now = time.nanos();
        boolean given = false;
        for (software.amazon.awssdk.services.sqs.model.Message message : messages) {
            SqsMessages.Read read = SqsMessages.read(message);
            SqsDelivery delivery = new SqsDelivery(this, read, destination(read), message, now, now + leaseNanos);
            if (!from.equals(queue)) {
                continue; // of a queue that is gone
            }
            if (stopped || closed) {
                settler.order(delivery, 0, failure -> {});
                given = true;
            } else if (!isWanted(read)) {
                settler.order(delivery, SqsSettler.DELETE, failure -> {});
                given = true;
            } else if (groups.enter(delivery)) {
                out.add(delivery);
            }
        }
        if (given) {
            settler.go();
        }
        deliver(out);
    }

    private void deliver(List<SqsDelivery> out) {
        if (!out.isEmpty()) {
            credit -= out.size();
            held.addAll(out);
            look();
            sink.deliver(out);
        }
    }

    private boolean isWanted(SqsMessages.Read read) {
        Place from = spec.from();
        return from.role() != Place.Role.GROUP || read.topic() == null || FilterPolicy.wants(from, read.topic());
    }

    private String destination(SqsMessages.Read read) {
        Place from = spec.from();
        if (from.role() != Place.Role.GROUP) {
            return from.name();
        }
        String before = read.message().annotations().get(Annotations.DESTINATION);
        if (before != null) {
            return before;
        }
        String topic = SnsTopics.topicOf(from);
        return read.topic() != null ? read.topic() : from.portable() ? SqsNames.family(topic) : topic;
    }

    // ---- settling

    void settle(SqsDelivery delivery, int seconds, Completion completion) {
        boolean handed = ask.worker().run(() -> {
            if (!held.remove(delivery) || isOver(delivery)) {
                completion.failed(lost());
                return;
            }
            if (delivery.renewals > 0) {
                delivery.afterRenewals = () -> order(delivery, seconds, completion);
            } else {
                order(delivery, seconds, completion);
            }
        });
        if (!handed) {
            completion.failed(Worker.closed("settle a message of " + queue.name()));
        }
    }

    private void order(SqsDelivery delivery, int seconds, Completion completion) {
        boolean done = seconds == SqsSettler.DELETE;
        if (!done && !stopped && seconds <= IN_PLACE_SECONDS && groups.isFollowed(delivery)) {
            waitInPlace(delivery, seconds, completion);
            return;
        }
        settler.order(delivery, Math.min(seconds, rest(delivery)), failure -> settled(completion, failure));
        SqsDelivery following = null;
        if (done && !stopped) {
            following = groups.next(delivery);
        } else {
            // Those of its group that came with it go back behind it, so that none overtakes it.
            int wait = Math.max(0, seconds);
            groups.drop(delivery).forEach(later -> settler.order(later, Math.min(wait, rest(later)), failure -> {}));
        }
        settler.go();
        if (following != null) {
            // If the one before cannot be deleted it comes again, after this one: a duplicate, as everywhere.
            handOut(following);
        }
        poll();
    }

    // Given back, it would take those behind it along, and each would count one more delivery.
    private void waitInPlace(SqsDelivery delivery, int seconds, Completion completion) {
        SqsDelivery again = delivery.again();
        groups.putBack(delivery, again);
        look();
        ask.worker().later(seconds * 1_000L, () -> {
            if (!closed && groups.isFirst(again)) {
                handOut(again);
            }
        });
        completion.done();
    }

    private void handOut(SqsDelivery delivery) {
        if (isOver(delivery)) {
            groups.drop(delivery).forEach(later -> settler.order(later, 0, failure -> {}));
            settler.go();
        } else {
            groups.handedOut(delivery);
            deliver(List.of(delivery));
        }
    }

    private void settled(Completion completion, @Nullable MessagingException failure) {
        if (failure == null) {
            completion.done();
        } else {
            completion.failed(failure);
        }
        leaveIfDone();
    }

    void renew(SqsDelivery delivery, Completion completion) {
        boolean handed = ask.worker().run(() -> {
            if (!held.contains(delivery)) {
                completion.failed(lost());
                return;
            }
            prolong(delivery, completion);
        });
        if (!handed) {
            completion.failed(Worker.closed("renew the lease of a message of " + queue.name()));
        }
    }

    private void prolong(SqsDelivery delivery, Completion completion) {
        int seconds = Math.min(leaseSeconds, rest(delivery));
        if (seconds <= 0 || isOver(delivery)) {
            completion.failed(lost());
            return;
        }
        long asked = time.nanos();
        delivery.renewals++;
        settler.order(delivery, seconds, failure -> {
            delivery.renewals--;
            if (failure == null) {
                delivery.deadlineNanos =
                        asked + Duration.ofSeconds(seconds).minus(MARGIN).toNanos();
                completion.done();
            } else {
                completion.failed(failure);
            }
            Runnable after = delivery.afterRenewals;
            if (after != null && delivery.renewals == 0) {
                delivery.afterRenewals = null;
                after.run();
            }
        });
        settler.go();
    }

    private LeaseLostException lost() {
        return new LeaseLostException("sqs: the lease of a message of " + queue.name() + " has ended", null);
    }

    /** Seconds until the 12 hours are over. */
    private int rest(SqsDelivery delivery) {
        long held = time.nanos() - delivery.receivedNanos;
        return (int) Math.max(0, SqsCapabilities.LONGEST_LEASE.minusNanos(held).toSeconds() - 1);
    }

    private boolean isOver(SqsDelivery delivery) {
        return delivery.deadlineNanos - time.nanos() <= 0;
    }

    // ---- leases

    private void look() {
        if (!looking) {
            looking = true;
            ask.worker().later(LOOK_MILLIS, this::looked);
        }
    }

    private void looked() {
        looking = false;
        if (closed) {
            return;
        }
        List<SqsDelivery> over = held.stream().filter(this::isOver).toList();
        lose(over, "the lease of " + leaseSeconds + " s ended without a renewal");
        long third = leaseNanos / 3;
        long now = time.nanos();
        groups.forEachWaiting(delivery -> {
            if (delivery.deadlineNanos - now < 2 * third && !isOver(delivery) && delivery.renewals == 0) {
                prolong(delivery, Completion.IGNORED);
            }
        });
        if (!held.isEmpty() || groups.waiting() > 0) {
            look();
        }
    }

    private void lose(List<? extends Incoming> deliveries, String why) {
        if (!deliveries.isEmpty()) {
            List<SqsDelivery> back = new ArrayList<>();
            for (Incoming one : deliveries) {
                SqsDelivery delivery = (SqsDelivery) one;
                held.remove(delivery);
                back.addAll(groups.drop(delivery));
            }
            back.forEach(later -> settler.order(later, 0, failure -> {}));
            settler.go();
            sink.lost(deliveries, why);
        }
    }

    // ---- the end

    private void stopNow() {
        if (!stopped) {
            stopped = true;
            polls.hurry();
            groups.dropWaitingInPlace().forEach(later -> settler.order(later, 0, failure -> {}));
            settler.go();
        }
        if (polls.isIdle()) {
            quiet.complete(null);
        }
    }

    private void leave() {
        ask.worker().execute(() -> {
            if (!closed) {
                giveBack();
            }
            closed = true;
            host.left(this);
            settler.flush();
            leaveIfDone();
        });
    }

    private void giveBack() {
        held.forEach(delivery -> {
            if (!isOver(delivery)) {
                settler.order(delivery, 0, failure -> leaveIfDone());
            }
            groups.drop(delivery).forEach(later -> settler.order(later, 0, failure -> leaveIfDone()));
        });
        held.clear();
        groups.all().forEach(later -> settler.order(later, 0, failure -> leaveIfDone()));
        groups.clear();
    }

    private void leaveIfDone() {
        if (closed && settler.open() == 0 && !ended.isDone()) {
            SqsAsk.told(host.discard().handle((done, failure) -> ended.complete(null)));
        }
    }

    /** Whether it is over or not. */
    private void end() {
        if (!ended.isDone()) {
            if (!closed) {
                giveBack();
                closed = true;
                host.left(this);
            }
            settler.flush();
            quiet.complete(null);
            SqsAsk.told(host.discard().handle((done, failure) -> ended.complete(null)));
        }
    }
}

package dev.transload.mq.sqs;

import static java.util.Objects.requireNonNull;

import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Message;
import dev.transload.mq.MessageTooLargeException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sends, in batches, one line of them for each queue and SNS topic. A batch of one is to a queue no batch but a request of
 * its own.
 *
 * <p>Thread-safe: messages are written on the caller's thread, all else is the worker's.
 */
final class SqsSender {

    private static final int REQUESTS = 16;
    private static final long LINGER = 2;
    private static final Set<Role> FAIR = Set.of(Role.QUEUE, Role.TOPIC, Role.GROUP, Role.PRIORITY_LANE);

    private final SqsAsk ask;
    private final SqsTopology queues;
    private final SnsTopics topics;
    private final SqsOptions options;
    private final Queue<Sending> handed = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean taking = new AtomicBoolean();
    private final SendOrder order;
    private final Map<String, Batcher<Sending>> lines = new HashMap<>();
    private final Map<Place, List<Sending>> looking = new HashMap<>();
    /** Lines that got something and have not been told to go. */
    private final Set<Batcher<Sending>> touched = new LinkedHashSet<>();

    private volatile boolean closed;

    SqsSender(SqsAsk ask, SqsTopology queues, SnsTopics topics, SqsOptions options) {
        this.ask = ask;
        this.queues = queues;
        this.topics = topics;
        this.options = options;
        this.order = new SendOrder(ask.worker());
    }

    /**
     * A message on its way, in its wire form.
     *
     * @param group where and in what message group its order must hold, or null if it has none
     */
    record Sending(
            Outgoing outgoing,
            SqsMessages.Wire wire,
            int bytes,
            @Nullable String group) {

        /** How long the service hides it. What goes to a relay waits there for the rest, see {@link #restMillis}. */
        int delaySeconds() {
            long millis = outgoing.delayMillis();
            boolean relayed = outgoing.to().role() == Role.DELAY_LANE && restMillis(outgoing.message()) > 0;
            return (int) ((relayed ? millis : millis + 999) / 1000);
        }

        boolean toTopic() {
            return outgoing.to().role() == Role.TOPIC;
        }

        String name() {
            return outgoing.to().name();
        }
    }

    /**
     * The part of a delay over a relay that is less than a second: the service's seconds are up before, and whoever
     * receives it waits for the rest. 0 for a delay that is longer than the service's longest.
     */
    static long restMillis(Message message) {
        String delay = message.annotations().get(Annotations.DELAY);
        long millis = delay == null ? 0 : SqsMessages.number(delay);
        return millis <= SqsCapabilities.LONGEST_DELAY.toMillis() ? Math.max(0, millis) % 1000 : 0;
    }

    void send(Outgoing outgoing) {
        if (offer(outgoing)) {
            take();
        }
    }

    void send(List<? extends Outgoing> batch) {
        boolean any = false;
        for (Outgoing outgoing : batch) {
            any |= offer(outgoing);
        }
        if (any) {
            take();
        }
    }

    private boolean offer(Outgoing outgoing) {
        Place to = outgoing.to();
        if (closed) {
            outgoing.failed(Worker.closed("send to " + to.name()));
            return false;
        }
        if (!ask.isUp()) {
            outgoing.failed(ask.down("send to " + to.name()));
            return false;
        }
        boolean topic = to.role() == Role.TOPIC;
        boolean ordered =
                topic ? to.shape().ordered() : queues.names().queue(to).endsWith(SqsNames.FIFO);
        String fairBy = FAIR.contains(to.role()) ? options.fairBy().orElse(null) : null;
        SqsMessages.Wire wire = SqsMessages.write(outgoing.message(), ordered, topic ? to.name() : null, fairBy);
        int bytes = wire.size();
        int most = topic ? Math.min(SqsOptions.SNS_BYTES, options.maxMessageBytes()) : options.maxMessageBytes();
        if (bytes > most) {
            outgoing.failed(new MessageTooLargeException(to.name(), "wire form", bytes, most));
            return false;
        }
        handed.add(new Sending(outgoing, wire, bytes, ordered ? to.name() + " " + wire.groupId() : null));
        return true;
    }

    private void take() {
        if (taking.compareAndSet(false, true) && !ask.worker().run(this::taken)) {
            taking.set(false); // first, so that whoever hands over behind it fails his own
            failAll();
        }
    }

    private void failAll() {
        for (Sending left = handed.poll(); left != null; left = handed.poll()) {
            left.outgoing().failed(Worker.closed("send to " + left.name()));
        }
    }

    private void taken() {
        taking.set(false);
        for (Sending next = handed.poll(); next != null; next = handed.poll()) {
            MessagingException refusal = order.refusal(next);
            Batcher<Sending> line = refusal == null ? line(next) : null;
            if (refusal != null) {
                next.outgoing().failed(refusal);
            } else if (line != null) {
                line.add(next, next.bytes());
                touched.add(line);
            }
        }
        touched.forEach(Batcher::go);
        touched.clear();
    }

    // The line to where a message goes, or null if that is being looked for.
    private @Nullable Batcher<Sending> line(Sending sending) {
        Place to = sending.outgoing().to();
        List<Sending> waiting = looking.get(to);
        if (waiting != null) {
            waiting.add(sending);
            return null;
        }
        if (sending.toTopic()) {
            String arn = topics.known(to);
            if (arn != null) {
                return topicLine(arn);
            }
            lookFor(to, sending, topics.find(to).thenApply(this::topicLine));
            return null;
        }
        QueueRef queue = queues.known(to);
        if (queue != null) {
            return queueLine(queue);
        }
        lookFor(to, sending, queues.find(to).thenApply(this::queueLine));
        return null;
    }

    private void lookFor(Place to, Sending first, CompletableFuture<Batcher<Sending>> found) {
        List<Sending> waiting = new ArrayList<>();
        waiting.add(first);
        looking.put(to, waiting);
        SqsAsk.told(found.handle((line, failure) -> {
            looking.remove(to);
            if (failure == null) {
                waiting.forEach(sending -> line.add(sending, sending.bytes()));
                line.go();
            } else {
                MessagingException why = SqsErrors.operation("send to " + to.name(), failure);
                waiting.forEach(sending -> order.broke(sending, why));
                waiting.forEach(sending -> sending.outgoing().failed(why));
            }
            return null;
        }));
    }

    private Batcher<Sending> queueLine(QueueRef queue) {
        return lines.computeIfAbsent(
                queue.url(),
                url -> line(
                        options.maxMessageBytes(),
                        batch -> SendRequests.toQueue(ask, queue, batch),
                        () -> queues.forget(queue)));
    }

    private Batcher<Sending> topicLine(String arn) {
        return lines.computeIfAbsent(
                arn,
                key -> line(
                        Math.min(SqsOptions.SNS_BYTES, options.maxMessageBytes()),
                        batch -> SendRequests.toTopic(ask, arn, batch),
                        () -> topics.forget(arn)));
    }

    private interface Batched {
        CompletableFuture<Map<Integer, MessagingException>> send(List<Sending> batch);
    }

    private Batcher<Sending> line(int bytes, Batched request, Runnable gone) {
        Line line = new Line(request, gone);
        line.batcher = new Batcher<>(bytes, REQUESTS, LINGER, true, ask.worker(), Sending::group, false, line);
        return line.batcher;
    }

    /** What is sent to one queue or SNS topic. */
    private final class Line implements Batcher.Request<Sending> {
        private final Batched request;
        private final Runnable gone;
        private @Nullable Batcher<Sending> batcher;

        Line(Batched request, Runnable gone) {
            this.request = request;
            this.gone = gone;
        }

        @Override
        public void send(List<Sending> batch, Runnable ended) {
            SqsAsk.told(request.send(batch).handle((failures, failure) -> {
                order.tell(batch, failure == null ? failures : all(batch, failure), requireNonNull(batcher));
                ended.run();
                return null;
            }));
        }

        private Map<Integer, MessagingException> all(List<Sending> batch, Throwable failure) {
            MessagingException why =
                    SqsErrors.operation("send to " + batch.get(0).name(), failure);
            if (why instanceof DestinationNotFoundException) {
                gone.run();
            }
            Map<Integer, MessagingException> all = new HashMap<>();
            for (int i = 0; i < batch.size(); i++) {
                all.put(i, why);
            }
            return all;
        }
    }

    /** Takes no more; what was taken goes on. */
    void close() {
        closed = true;
    }

    /** Sends what waits at once, and tells whether nothing is left. On the worker. */
    boolean flushed() {
        ArrayDeque<Batcher<Sending>> all = new ArrayDeque<>(lines.values());
        all.forEach(Batcher::flush);
        return handed.isEmpty() && looking.isEmpty() && all.stream().allMatch(Batcher::isIdle);
    }
}

package dev.transload.mq.examples.files;

import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.Message;
import dev.transload.mq.Outcome;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives from one folder, in turns: claims what its credit allows, looks at once again if there was something, else
 * after 1 ms, 2 ms and so on to 64 ms. Without credit it looks after claims and due messages only, four times a second.
 *
 * <p>Its state belongs to the client's worker, on which every turn runs and the sink is called.
 */
final class FilesReceiver implements Receiver {

    private static final Logger LOG = LoggerFactory.getLogger(FilesReceiver.class);
    private static final int MOST_TOGETHER = 64;
    private static final int MOST_KNOWN = 1_000;
    private static final long KNOWN_MILLIS = 1_000;
    private static final long LONGEST_PAUSE_MILLIS = 64;
    private static final long KEEP_MILLIS = 250;
    private static final long TOUCH_MILLIS = Store.ABANDONED_MILLIS / 6;

    private final FilesTransport client;
    private final ReceiveSpec spec;
    private final Sink sink;
    private final Box box;
    private final boolean isPrivate;
    private final long leaseMillis;
    private final Set<FilesDelivery> held = new LinkedHashSet<>();
    private Deque<EntryName> known = new ArrayDeque<>();
    private long knownAt;
    private long keptAt;
    private long touchedAt;
    private long credit;
    private long pause;
    private boolean troubled;
    private boolean stopped;
    private boolean closed;
    private @Nullable Future<?> next;
    private volatile long lastContact;

    /** Starts without credit. A private box is deleted when the receiver is closed. */
    FilesReceiver(FilesTransport client, ReceiveSpec spec, Box box, boolean isPrivate, Sink sink) {
        this.client = client;
        this.spec = spec;
        this.box = box;
        this.isPrivate = isPrivate;
        this.sink = sink;
        this.leaseMillis = Math.max(1, spec.lease().toMillis());
        this.touchedAt = now();
        this.lastContact = client.store.time.nanos();
    }

    long now() {
        return client.store.time.millis();
    }

    boolean isOf(java.nio.file.Path folder) {
        return folder.equals(box.folder);
    }

    // ---- what the engine calls, on any thread

    @Override
    public void credit(int n) {
        client.worker.run(() -> {
            credit += n;
            soon();
        });
    }

    @Override
    public CompletableFuture<Void> stop() {
        return client.worker.ask("stop", () -> {
            stopped = true;
            return null;
        });
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        return client.worker.ask("close", () -> {
            end();
            return null;
        });
    }

    @Override
    public long lastContact() {
        return lastContact;
    }

    @Override
    public Optional<String> replyTo() {
        return spec.from().role() == Place.Role.REPLY ? Optional.of(spec.from().name()) : Optional.empty();
    }

    // ---- turns

    /** Something may have come: the next turn is now. */
    void soon() {
        pause = 0;
        again(0);
    }

    private void again(long millis) {
        Future<?> waiting = next;
        if (waiting != null) {
            waiting.cancel(false);
        }
        next = closed ? null : client.worker.later(millis, this::turn);
    }

    private void turn() {
        if (closed) {
            return;
        }
        try {
            endLeases();
            keep();
            int taken = stopped ? 0 : take();
            lastContact = client.store.time.nanos();
            pause = taken > 0 ? 0 : Math.min(LONGEST_PAUSE_MILLIS, Math.max(1, pause * 2));
            again(credit == 0 || stopped ? KEEP_MILLIS : pause);
            troubled = false;
        } catch (IOException | RuntimeException e) {
            if (e instanceof NoSuchFileException && client.store.isThere()) {
                vanished();
                return;
            }
            if (!troubled) {
                LOG.warn(
                        "files: cannot receive from {}, it is tried again: {}",
                        spec.from().name(),
                        e.toString());
            }
            troubled = true;
            again(KEEP_MILLIS);
        }
    }

    private int take() throws IOException {
        if (credit == 0) {
            return 0;
        }
        long now = now();
        if (known.isEmpty() || now - knownAt > KNOWN_MILLIS) {
            known = box.oldest(MOST_KNOWN);
            knownAt = now;
        }
        List<FilesDelivery> taken = new ArrayList<>();
        while (taken.size() < Math.min(credit, MOST_TOGETHER)) {
            EntryName name = known.poll();
            if (name == null) {
                break;
            }
            EntryName claim = name.claimed(client.store.token, now() + leaseMillis);
            if (box.claim(name, claim)) {
                read(claim, taken);
            }
        }
        if (!taken.isEmpty()) {
            credit -= taken.size();
            held.addAll(taken);
            sink.deliver(taken);
        }
        return taken.size();
    }

    // What cannot be read now comes back when its claim ends, and is counted.
    private void read(EntryName claim, List<FilesDelivery> taken) {
        try {
            Message message = box.read(claim);
            taken.add(new FilesDelivery(this, claim, message, client.destination(spec.from(), message)));
        } catch (IOException e) {
            LOG.warn("files: cannot read a message of {}: {}", spec.from().name(), e.toString());
        }
    }

    /** The engine prolongs what it still wants; the rest is no longer ours, whether the file is still there or not. */
    private void endLeases() {
        long now = now();
        List<FilesDelivery> over =
                held.stream().filter(one -> one.claim.until() <= now).toList();
        lose(over, "the lease of " + leaseMillis + " ms ended without a renewal");
    }

    private void lose(List<FilesDelivery> deliveries, String why) {
        if (!deliveries.isEmpty()) {
            deliveries.forEach(held::remove);
            sink.lost(deliveries, why);
        }
    }

    private void keep() throws IOException {
        long now = now();
        if (now - keptAt < KEEP_MILLIS && now >= keptAt) {
            return;
        }
        keptAt = now;
        box.keep(now);
        if (isPrivate && now - touchedAt > TOUCH_MILLIS) {
            box.touch();
            touchedAt = now;
        }
    }

    private void vanished() {
        lose(List.copyOf(held), "the place was deleted");
        if (isPrivate) {
            renewPrivate();
            return;
        }
        closed = true;
        client.forget(this);
        sink.failed(new DestinationNotFoundException(
                "files: " + Store.role(spec.from()) + " " + spec.from().name() + " was deleted", null));
    }

    // This process stood still for so long that others took it for dead.
    private void renewPrivate() {
        try {
            client.store.makePrivate(box.folder, spec.from());
            again(0);
        } catch (IOException | RuntimeException e) {
            closed = true;
            client.forget(this);
            sink.failed(Failures.of("make a private place again", e));
        }
    }

    /** Gives everything back and leaves. */
    void end() {
        if (closed) {
            return;
        }
        stopped = true;
        closed = true;
        again(0);
        client.forget(this);
        try {
            if (isPrivate) {
                client.store.discard(box.folder);
            } else {
                giveAllBack();
            }
        } catch (IOException e) {
            LOG.warn("files: cannot leave {} as it should be: {}", spec.from().name(), e.toString());
        }
        held.clear();
    }

    private void giveAllBack() throws IOException {
        for (FilesDelivery delivery : held) {
            try {
                box.giveBack(delivery.claim, delivery.claim.ready());
            } catch (NoSuchFileException e) {
                // its lease was over
            }
        }
    }

    // ---- settles

    /** A rename or removal that ends a delivery. */
    interface Settle {
        void take(Box box) throws IOException;
    }

    void settle(FilesDelivery delivery, Completion completion, Settle settle) {
        change(delivery, completion, settle, true);
    }

    void renew(FilesDelivery delivery, Completion completion) {
        change(
                delivery,
                completion,
                of -> {
                    EntryName longer = delivery.claim.ready().claimed(client.store.token, now() + leaseMillis);
                    of.prolong(delivery.claim, longer);
                    delivery.claim = longer;
                },
                false);
    }

    private void change(FilesDelivery delivery, Completion completion, Settle change, boolean ends) {
        boolean asked = client.worker.run(() -> {
            boolean ours = ends ? held.remove(delivery) : held.contains(delivery);
            if (!ours) {
                completion.failed(lost());
                return;
            }
            try {
                change.take(box);
                completion.done();
            } catch (NoSuchFileException e) {
                held.remove(delivery);
                completion.failed(client.store.isThere() ? lost() : Failures.gone(Outcome.UNKNOWN));
            } catch (IOException e) {
                completion.failed(
                        client.store.isThere()
                                ? TransportException.unknown("files: cannot settle a message", e)
                                : Failures.gone(Outcome.UNKNOWN));
            }
        });
        if (!asked) {
            completion.failed(Worker.closed());
        }
    }

    private LeaseLostException lost() {
        return new LeaseLostException(
                "files: the claim on a message of " + spec.from().name() + " has ended", null);
    }
}

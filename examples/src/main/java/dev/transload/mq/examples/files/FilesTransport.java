package dev.transload.mq.examples.files;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Message;
import dev.transload.mq.Outcome;
import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.PlaceAdmin;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.Transport;
import dev.transload.mq.spi.TransportContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client of a directory. Every verb is handed to the worker, which alone touches files and state. */
final class FilesTransport implements Transport {

    private static final Logger LOG = LoggerFactory.getLogger(FilesTransport.class);
    private static final long WATCH_MILLIS = 500;
    private static final long SWEEP_MILLIS = 60_000;

    final Store store;
    final Worker worker;
    private final TransportContext context;
    private final Capabilities capabilities;
    private final FilesSender sender;
    private final FilesAdmin admin = new FilesAdmin(this);
    private final Set<FilesReceiver> receivers = new LinkedHashSet<>();
    private final Set<Place> declared = new LinkedHashSet<>();
    private @Nullable Future<?> watch;
    private volatile boolean up = true;
    private long sweptAt;

    FilesTransport(TransportContext context, Store store) {
        this.context = context;
        this.store = store;
        this.worker = new Worker(context.clientId());
        this.capabilities = FilesCapabilities.of(store.disk);
        this.sender = new FilesSender(store, worker, this::arrived);
    }

    /** Opens the directory. */
    CompletableFuture<Transport> open() {
        CompletableFuture<Transport> opened = new CompletableFuture<>();
        worker.run(() -> {
            try {
                store.open(context.topology() == Topology.CREATE);
                sweptAt = store.time.millis();
                watch = worker.later(WATCH_MILLIS, this::watch);
                opened.complete(this);
            } catch (IOException e) {
                giveUp(opened, new ConnectionLostException("files: cannot open the directory", Outcome.NOT_SENT, e));
            } catch (RuntimeException e) {
                giveUp(opened, e);
            }
        });
        return opened;
    }

    private void giveUp(CompletableFuture<Transport> opened, RuntimeException why) {
        worker.end();
        opened.completeExceptionally(why);
    }

    @Override
    public Capabilities capabilities(Shape shape) {
        return capabilities;
    }

    @Override
    public CompletableFuture<Void> declare(Place place) {
        return ask("declare " + place.name(), () -> {
            store.declare(place, context.topology());
            declared.add(place);
            return null;
        });
    }

    @Override
    public void send(Outgoing outgoing) {
        if (up) {
            sender.send(outgoing);
        } else {
            outgoing.failed(Failures.gone(Outcome.NOT_SENT));
        }
    }

    @Override
    public CompletableFuture<Receiver> receive(ReceiveSpec spec, Sink sink) {
        return ask("receive from " + spec.from().name(), () -> {
            Place from = spec.from();
            if (spec.ephemeral()) {
                Path folder = store.privateFolder(from.name() + "." + store.token + "." + store.nextSerial());
                return startPrivate(folder, spec, sink);
            }
            store.declare(from, context.topology());
            if (!store.exists(from)) {
                throw new DestinationNotFoundException(
                        "files: there is no " + Store.role(from) + " " + from.name(), null);
            }
            return start(new FilesReceiver(this, spec, store.box(from), false, sink));
        });
    }

    @Override
    public CompletableFuture<Receiver> openReplyInbox(Sink sink) {
        return ask("open a reply inbox", () -> {
            Place inbox = Place.of(Role.REPLY, store.token + "-" + store.nextSerial(), Shape.PLAIN);
            ReceiveSpec spec = ReceiveSpec.builder(inbox, 1_000).build();
            return startPrivate(store.box(inbox).folder, spec, sink);
        });
    }

    private Receiver startPrivate(Path folder, ReceiveSpec spec, Sink sink) throws IOException {
        if (context.topology() == Topology.NONE) {
            throw new UnsupportedCapabilityException(
                    spec.ephemeral() ? "ephemeral groups" : "request/reply",
                    "a private place",
                    "directory of files",
                    "topology NONE does not allow it",
                    "use topology CREATE or ASSERT");
        }
        if (spec.ephemeral()) {
            store.declare(
                    Place.of(Role.TOPIC, Store.topicOf(spec.from()), spec.from().shape()), context.topology());
        }
        return start(new FilesReceiver(this, spec, store.makePrivate(folder, spec.from()), true, sink));
    }

    private Receiver start(FilesReceiver receiver) {
        receivers.add(receiver);
        receiver.soon();
        return receiver;
    }

    @Override
    public CompletableFuture<List<Message>> browse(Place place, int max) {
        return ask(
                "browse " + place.name(),
                () -> store.exists(place) ? store.box(place).browse(max) : List.of());
    }

    @Override
    public PlaceAdmin admin() {
        return admin;
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        worker.run(() -> {
            Future<?> watching = watch;
            if (watching != null) {
                watching.cancel(false);
            }
            List.copyOf(receivers).forEach(FilesReceiver::end);
            worker.end();
        });
        return worker.ended();
    }

    // ---- for the other parts; on the worker, unless it says otherwise

    /** Asks a question that needs the directory. On any thread. */
    <T extends @Nullable Object> CompletableFuture<T> ask(String what, Callable<T> question) {
        return worker.ask(what, () -> {
            try {
                return question.call();
            } catch (IOException e) {
                throw store.isThere() ? e : Failures.gone(Outcome.NOT_SENT);
            }
        });
    }

    void forget(FilesReceiver receiver) {
        receivers.remove(receiver);
    }

    void forget(Place place) {
        declared.remove(place);
    }

    /** What a message at a place was sent to: one that was sent again to a group still names its topic. */
    String destination(Place place, Message message) {
        String topic = place.topic();
        return topic == null ? place.name() : message.annotations().getOrDefault(Annotations.DESTINATION, topic);
    }

    private void arrived(Path folder) {
        receivers.forEach(receiver -> {
            if (receiver.isOf(folder)) {
                receiver.soon();
            }
        });
    }

    /** Looks whether the directory is there, and now and then after what dead clients have left. */
    private void watch() {
        boolean there = store.isThere();
        if (there != up) {
            up = there;
            if (there) {
                declareAgain();
            }
            context.connection(there, there ? "the directory is back" : "the directory cannot be reached");
        }
        if (there && store.time.millis() - sweptAt > SWEEP_MILLIS) {
            sweptAt = store.time.millis();
            try {
                store.sweep();
            } catch (IOException e) {
                LOG.warn("files: cannot clean up: {}", e.toString());
            }
        }
        watch = worker.later(WATCH_MILLIS, this::watch);
    }

    private void declareAgain() {
        for (Place place : declared) {
            try {
                store.declare(place, context.topology());
            } catch (IOException | RuntimeException e) {
                LOG.warn("files: cannot make {} again: {}", place.name(), e.toString());
            }
        }
    }
}

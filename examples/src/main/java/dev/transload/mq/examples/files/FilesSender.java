package dev.transload.mq.examples.files;

import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place.Role;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stores messages. What comes in while the disk is busy goes to it together: all files first, then each to the disk,
 * then the renames, then their folders, and only then is anybody told. Thread-safe.
 */
final class FilesSender {

    private static final int MOST_TOGETHER = 64;

    private final Store store;
    private final Worker worker;
    private final Consumer<Path> arrived;
    private final Queue<Outgoing> coming = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean called = new AtomicBoolean();

    /** Starts with nothing; {@code arrived} is told the folders that got messages. */
    FilesSender(Store store, Worker worker, Consumer<Path> arrived) {
        this.store = store;
        this.worker = worker;
        this.arrived = arrived;
    }

    void send(Outgoing outgoing) {
        coming.add(outgoing);
        call();
    }

    private void call() {
        if (called.compareAndSet(false, true) && !worker.run(this::storeSome)) {
            for (Outgoing late = coming.poll(); late != null; late = coming.poll()) {
                late.failed(Worker.closed());
            }
            called.set(false);
        }
    }

    private void storeSome() {
        called.set(false);
        List<Draft> drafts = new ArrayList<>();
        while (drafts.size() < MOST_TOGETHER) {
            Outgoing next = coming.poll();
            if (next == null) {
                break;
            }
            drafts.add(new Draft(next));
        }
        if (!coming.isEmpty()) {
            call();
        }
        drafts.forEach(draft -> draft.step(draft::write));
        drafts.forEach(draft -> draft.step(draft::force));
        drafts.forEach(draft -> draft.step(draft::place));
        Set<Path> folders = new LinkedHashSet<>();
        drafts.forEach(draft -> folders.addAll(draft.folders));
        IOException failure = force(folders);
        drafts.forEach(draft -> draft.tell(failure));
        folders.forEach(arrived);
    }

    private @Nullable IOException force(Set<Path> folders) {
        IOException failure = null;
        for (Path folder : folders) {
            try {
                store.disk.force(folder);
            } catch (NoSuchFileException e) {
                // deleted a moment after the message came, and the message with it
            } catch (IOException e) {
                failure = e;
            }
        }
        return failure;
    }

    private interface Step {
        void take() throws IOException;
    }

    /** A message on its way to the disk. */
    private final class Draft {
        final List<Path> folders = new ArrayList<>();
        private final Outgoing outgoing;
        private final String unique;
        private final Path file;
        private @Nullable FileChannel channel;
        private @Nullable MessagingException failure;

        Draft(Outgoing outgoing) {
            this.outgoing = outgoing;
            this.unique = EntryName.unique(store.token, store.nextSerial());
            this.file = store.tmp.resolve(unique);
        }

        void step(Step step) {
            if (failure != null) {
                return;
            }
            try {
                step.take();
            } catch (IOException | RuntimeException e) {
                failure = failure(e);
                clean();
            }
        }

        void write() throws IOException {
            channel = store.disk.open(file, Envelope.write(outgoing.message()));
        }

        void force() throws IOException {
            try (FileChannel written = channel) {
                if (written != null) {
                    store.disk.force(written);
                }
            }
        }

        /** A topic's groups share one file under many names; each removes its own. */
        void place() throws IOException {
            EntryName name = name();
            boolean topic = outgoing.to().role() == Role.TOPIC;
            for (Box box : store.targets(outgoing.to())) {
                Path arrival = box.arrival(name);
                try {
                    if (topic) {
                        Files.createLink(arrival, file);
                    } else {
                        store.disk.move(file, arrival);
                    }
                    folders.add(arrival.resolveSibling("."));
                } catch (NoSuchFileException e) {
                    if (!topic) {
                        throw e;
                    } // else a group that was deleted in this moment
                }
            }
            if (topic) {
                Files.delete(file);
            }
        }

        /** Waits count by the file system's clock, whatever this machine's says. */
        private EntryName name() throws IOException {
            long stored = store.disk.modified(file) + Disk.TICK_MILLIS;
            EntryName fresh = EntryName.fresh(stored, unique);
            return outgoing.delayMillis() > 0 ? fresh.due(stored + outgoing.delayMillis()) : fresh;
        }

        private MessagingException failure(Exception cause) {
            Outcome outcome = folders.isEmpty() ? Outcome.NOT_SENT : Outcome.UNKNOWN;
            String to = outgoing.to().name();
            if (!store.isThere()) {
                return Failures.gone(outcome);
            }
            if (cause instanceof NoSuchFileException) {
                return new DestinationNotFoundException(
                        "files: there is no " + Store.role(outgoing.to()) + " " + to, cause);
            }
            return outcome == Outcome.NOT_SENT
                    ? TransportException.temporary("files: cannot store a message to " + to, cause)
                    : TransportException.unknown("files: a message to " + to + " may have reached some groups", cause);
        }

        private void clean() {
            try (FileChannel open = channel) {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                // swept later
            }
        }

        void tell(@Nullable IOException notForced) {
            if (failure != null) {
                outgoing.failed(failure);
            } else if (notForced != null) {
                outgoing.failed(TransportException.unknown(
                        "files: the disk may not have a message to "
                                + outgoing.to().name(),
                        notForced));
            } else {
                outgoing.done();
            }
        }
    }
}

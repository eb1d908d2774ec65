package dev.transload.mq.examples.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.transload.mq.DestinationMismatchException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Topology;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.TimeSource;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The directory: which folders there are, and how they come and go. What appears in it appears whole, by a rename.
 *
 * <p>Any number of processes use it at once without a lock. Called on the client's worker only.
 */
final class Store {

    private static final String MARK = "transload-files";
    private static final String FORMAT = "1\n";
    private static final String SHAPE = "shape";
    private static final String GROUPS = "groups";
    private static final long RUBBISH_MILLIS = 3_600_000;

    /** How long a private place outlives the last sign of its client. */
    static final long ABANDONED_MILLIS = 60_000;

    final Path root;
    final Path tmp;
    final Disk disk;
    final TimeSource time;

    /** Sets this client apart from all others, also from those of the same client id. */
    final String token = Long.toString(ThreadLocalRandom.current().nextLong(1L << 40, 1L << 41), 36);

    private final Path places;
    private final Path topics;
    private long serial;

    Store(Path root, boolean fsync, TimeSource time) {
        this.root = root;
        this.tmp = root.resolve("tmp");
        this.places = root.resolve("places");
        this.topics = root.resolve("topics");
        this.disk = new Disk(fsync);
        this.time = time;
    }

    long nextSerial() {
        return ++serial;
    }

    /** Makes the directory what it must be, unless it is. */
    void open(boolean mayMake) throws IOException {
        if (mayMake && !Files.exists(root.resolve(MARK))) {
            for (Path folder : List.of(root, tmp, places, topics)) {
                Files.createDirectories(folder);
            }
            Path mark = tmp.resolve(MARK + token);
            disk.write(mark, FORMAT.getBytes(UTF_8));
            disk.move(mark, root.resolve(MARK));
            disk.force(root);
        }
        String format = Files.readString(root.resolve(MARK));
        if (!format.equals(FORMAT)) {
            throw TransportException.permanent("files: the directory is of another format than this transport's", null);
        }
        sweep();
    }

    /** Whether the directory can be reached. */
    boolean isThere() {
        return Files.isReadable(root.resolve(MARK));
    }

    /** Removes what dead clients have left: half-written files, and their private places. */
    void sweep() throws IOException {
        long now = System.currentTimeMillis(); // as the file system's stamps
        for (String name : disk.list(tmp)) {
            if (disk.modified(tmp.resolve(name)) < now - RUBBISH_MILLIS) {
                disk.removeAll(tmp.resolve(name));
            }
        }
        for (String name : disk.list(places)) {
            Path folder = places.resolve(name);
            if (name.startsWith(FolderNames.PRIVATE) && disk.modified(folder.resolve(SHAPE)) < now - ABANDONED_MILLIS) {
                discard(folder);
            }
        }
    }

    // ---- places

    /** Makes or checks a place, a group together with its topic. */
    void declare(Place place, Topology policy) throws IOException {
        if (policy == Topology.NONE) {
            return;
        }
        boolean topic = place.role() == Role.TOPIC;
        Path folder = topic ? topic(place.name()) : box(place).folder;
        Path other = (topic ? places : topics).resolve(FolderNames.of(place.name()));
        if (Files.exists(other)) {
            throw new DestinationMismatchException(
                    "files: " + place.name() + " is not a " + role(place) + ", but something else", null);
        }
        if (place.role() == Role.GROUP) {
            declare(Place.of(Role.TOPIC, topicOf(place), place.shape()), policy);
        }
        if (!Files.exists(folder)) {
            if (policy != Topology.CREATE) {
                throw new DestinationNotFoundException("files: there is no " + role(place) + " " + place.name(), null);
            }
            make(folder, place.shape().toString(), topic ? List.of(GROUPS) : Box.FOLDERS);
        }
        // Any queue may be named as the place of dead letters.
        String shape = Files.readString(folder.resolve(SHAPE));
        if (place.role() != Role.DEAD_LETTERS && !shape.equals(place.shape().toString())) {
            throw new DestinationMismatchException(
                    "files: " + role(place) + " " + place.name() + " exists as " + shape + ", was asked for as "
                            + place.shape(),
                    null);
        }
        if (place.role() == Role.GROUP) {
            join(topicOf(place), folder);
        }
    }

    /** Makes a place that ends with this client; its group, if it is one, gets messages from now on. */
    Box makePrivate(Path folder, Place place) throws IOException {
        make(folder, place.shape().toString(), Box.FOLDERS);
        if (place.role() == Role.GROUP) {
            join(topicOf(place), folder);
        }
        return new Box(folder, this);
    }

    /** Shows that the client of a private place lives. */
    void touch(Path folder) throws IOException {
        Files.setLastModifiedTime(folder.resolve(SHAPE), FileTime.fromMillis(System.currentTimeMillis()));
    }

    /** The folder of a private place. */
    Path privateFolder(String name) {
        return places.resolve(FolderNames.ofPrivate(name));
    }

    private void make(Path folder, String shape, List<String> inside) throws IOException {
        Path draft = tmp.resolve("made-" + token + "-" + nextSerial());
        Files.createDirectory(draft);
        for (String name : inside) {
            Files.createDirectory(draft.resolve(name));
        }
        disk.write(draft.resolve(SHAPE), shape.getBytes(UTF_8));
        disk.force(draft);
        try {
            disk.move(draft, folder);
            disk.force(parent(folder));
        } catch (IOException e) {
            disk.removeAll(draft);
            if (!Files.exists(folder)) {
                throw e;
            } // else another client was faster
        }
    }

    // From here on every message of the topic comes to that folder.
    private void join(String topic, Path folder) throws IOException {
        Path groups = topic(topic).resolve(GROUPS);
        try {
            Files.createFile(groups.resolve(name(folder)));
            disk.force(groups);
        } catch (FileAlreadyExistsException e) {
            // it has joined before
        }
    }

    /** The place as a folder with messages; it need not exist. Not for a topic. */
    Box box(Place place) {
        String name = place.role() == Role.REPLY ? FolderNames.ofPrivate(place.name()) : FolderNames.of(place.name());
        return new Box(places.resolve(name), this);
    }

    /** Where a message to the place is stored: in one folder, or in one for each group of a topic. */
    List<Box> targets(Place place) throws IOException {
        if (place.role() != Role.TOPIC) {
            return List.of(box(place));
        }
        List<Box> boxes = new ArrayList<>();
        for (String group : disk.list(topic(place.name()).resolve(GROUPS))) {
            boxes.add(new Box(places.resolve(group), this));
        }
        return boxes;
    }

    boolean exists(Place place) {
        return Files.isDirectory(place.role() == Role.TOPIC ? topic(place.name()) : box(place).folder);
    }

    /** Removes a place at one stroke; those who still use it find nothing. */
    void delete(Place place) throws IOException {
        discard(place.role() == Role.TOPIC ? topic(place.name()) : box(place).folder);
    }

    void discard(Path folder) throws IOException {
        for (String topic : disk.list(topics)) {
            Files.deleteIfExists(topics.resolve(topic).resolve(GROUPS).resolve(name(folder)));
        }
        Path gone = tmp.resolve("gone-" + token + "-" + nextSerial());
        try {
            disk.move(folder, gone);
        } catch (NoSuchFileException e) {
            return; // it is gone already
        }
        disk.removeAll(gone);
    }

    private Path topic(String name) {
        return topics.resolve(FolderNames.of(name));
    }

    static String topicOf(Place group) {
        return Objects.requireNonNull(group.topic(), "topic of a group");
    }

    private static String name(Path folder) {
        return String.valueOf(folder.getFileName());
    }

    private static Path parent(Path path) {
        return Objects.requireNonNull(path.getParent(), "parent");
    }

    static String role(Place place) {
        return place.role().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}

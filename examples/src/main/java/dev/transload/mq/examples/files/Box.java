package dev.transload.mq.examples.files;

import dev.transload.mq.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;

/**
 * One place's folder, and the renames that are a message's life. A {@link NoSuchFileException} means that somebody else
 * was faster, or that the place is gone. Called on the client's worker only.
 */
final class Box {

    private static final String READY = "ready";
    private static final String WAITING = "waiting";
    private static final String CLAIMED = "claimed";

    static final List<String> FOLDERS = List.of(READY, WAITING, CLAIMED);

    final Path folder;
    private final Store store;
    private final Disk disk;
    private final Path ready;
    private final Path waiting;
    private final Path claimed;

    Box(Path folder, Store store) {
        this.folder = folder;
        this.store = store;
        this.disk = store.disk;
        this.ready = folder.resolve(READY);
        this.waiting = folder.resolve(WAITING);
        this.claimed = folder.resolve(CLAIMED);
    }

    // ---- sending

    /** Where a new message of that name goes. */
    Path arrival(EntryName name) {
        return (name.until() == 0 ? ready : waiting).resolve(name.toString());
    }

    // ---- receiving

    /** The oldest messages that may be claimed, oldest first. */
    Deque<EntryName> oldest(int most) throws IOException {
        PriorityQueue<EntryName> best =
                new PriorityQueue<>(Comparator.comparing(EntryName::base, Collections.reverseOrder()));
        for (String file : disk.list(ready)) {
            EntryName name = EntryName.ofReady(file);
            if (name != null && file.equals(name.toString())) {
                best.add(name);
            } else if (name != null) {
                adopt(file, name);
            }
            if (best.size() > most) {
                best.remove();
            }
        }
        ArrayDeque<EntryName> oldest = new ArrayDeque<>(best.size());
        while (!best.isEmpty()) {
            oldest.addFirst(best.remove());
        }
        return oldest;
    }

    // A file that somebody moved in under a name of his own; it is found the next time.
    private void adopt(String file, EntryName name) throws IOException {
        move(ready.resolve(file), ready.resolve(name.toString()));
    }

    /** Claims a message until that time; false if somebody else did. */
    boolean claim(EntryName name, EntryName as) throws IOException {
        return move(ready.resolve(name.toString()), claimed.resolve(as.toString()));
    }

    Message read(EntryName claim) throws IOException {
        return Envelope.read(Files.readAllBytes(claimed.resolve(claim.toString())), claim.base());
    }

    // ---- settling; these fail if the claim is somebody else's by now

    void remove(EntryName claim) throws IOException {
        Files.delete(claimed.resolve(claim.toString()));
    }

    void prolong(EntryName claim, EntryName longer) throws IOException {
        disk.move(claimed.resolve(claim.toString()), claimed.resolve(longer.toString()));
    }

    /** Gives a claimed message back, at once or to be due later. */
    void giveBack(EntryName claim, EntryName as) throws IOException {
        disk.move(claimed.resolve(claim.toString()), arrival(as));
    }

    // ---- what every receiver does for all

    /** Readies what is due, and takes claims back that have ended: their owners are dead, or have forgotten them. */
    void keep(long now) throws IOException {
        for (String file : disk.list(waiting)) {
            EntryName name = EntryName.ofWaiting(file);
            if (name != null && name.until() <= now) {
                move(waiting.resolve(file), arrival(name.ready()));
            }
        }
        for (String file : disk.list(claimed)) {
            EntryName name = EntryName.ofClaimed(file);
            if (name != null && name.until() <= now) {
                move(claimed.resolve(file), arrival(name.ready().counted()));
            }
        }
    }

    private boolean move(Path from, Path to) throws IOException {
        try {
            disk.move(from, to);
            return true;
        } catch (NoSuchFileException e) {
            if (Files.isDirectory(ready)) {
                return false;
            }
            throw e;
        }
    }

    // ---- questions

    /** Messages that are not claimed, those that wait included. */
    long depth() throws IOException {
        return disk.list(ready).size() + (long) disk.list(waiting).size();
    }

    /** Copies of the oldest messages. */
    List<Message> browse(int most) throws IOException {
        List<Message> copies = new ArrayList<>();
        for (EntryName name : oldest(most)) {
            Path file = ready.resolve(name.toString());
            try {
                copies.add(Envelope.read(Files.readAllBytes(file), name.base()));
            } catch (NoSuchFileException e) {
                // claimed meanwhile
            }
        }
        return copies;
    }

    void purge() throws IOException {
        for (Path of : List.of(ready, waiting)) {
            for (String file : disk.list(of)) {
                Files.deleteIfExists(of.resolve(file));
            }
        }
    }

    /** Shows that the client of this private place lives. */
    void touch() throws IOException {
        store.touch(folder);
    }
}

package dev.transload.mq.examples.files;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the file system does for a store, and whether the disk must have it before it counts. */
final class Disk {

    /** How much a file's time may lag behind the clock it is taken from: a tick of the slowest common kernel. */
    static final long TICK_MILLIS = 10;

    private final boolean fsync;

    Disk(boolean fsync) {
        this.fsync = fsync;
    }

    boolean fsync() {
        return fsync;
    }

    /** Writes a new file, and has it on the disk. */
    void write(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = open(file, bytes)) {
            force(channel);
        }
    }

    /** Writes a new file and leaves it open, so that many can go to the disk together. */
    FileChannel open(Path file, byte[] bytes) throws IOException {
        FileChannel channel = FileChannel.open(file, CREATE_NEW, WRITE);
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    void force(FileChannel channel) throws IOException {
        if (fsync) {
            channel.force(true);
        }
    }

    /** Has the names in a folder on the disk. */
    void force(Path folder) throws IOException {
        if (fsync) {
            try (FileChannel channel = FileChannel.open(folder, READ)) {
                channel.force(true);
            }
        }
    }

    /** Renames at one stroke; fails with {@link NoSuchFileException} if somebody else did. */
    void move(Path from, Path to) throws IOException {
        Files.move(from, to, ATOMIC_MOVE);
    }

    /** Names in a folder, in no order. */
    List<String> list(Path folder) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            files.forEach(file -> names.add(String.valueOf(file.getFileName())));
        } catch (NotDirectoryException e) {
            throw new NoSuchFileException(folder.toString());
        }
        return names;
    }

    /** When a file was written last, in milliseconds since 1970; now if it is gone. */
    long modified(Path file) throws IOException {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (NoSuchFileException e) {
            return System.currentTimeMillis();
        }
    }

    /** Removes a file, or a folder with what is in it; what another removes meanwhile is fine. */
    void removeAll(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            for (String name : list(path)) {
                removeAll(path.resolve(name));
            }
        }
        Files.deleteIfExists(path);
    }
}

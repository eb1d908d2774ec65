package dev.transload.mq.examples.files;

import dev.transload.mq.tck.BrokerControl;
import dev.transload.mq.tck.Fault;
import dev.transload.mq.tck.Link;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumSet;
import java.util.Set;

/**
 * Breaks a directory as a file server does that goes down: all of a sudden it is not there, and later it is back with
 * what lay in it. Clients see it through a symbolic link, which is turned at one stroke.
 */
final class FilesControl implements BrokerControl {

    private final TestDirectory around = new TestDirectory();
    private final Path data = around.path.resolve("data");
    private final Path door = around.path.resolve("door");

    FilesControl() {
        try {
            Files.createDirectory(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        turn(data);
    }

    private void turn(Path to) {
        Path fresh = around.path.resolve("door-" + System.nanoTime());
        try {
            Files.createSymbolicLink(fresh, to);
            Files.move(fresh, door, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Set<Fault> supported() {
        return EnumSet.of(Fault.STOP, Fault.KILL);
    }

    @Override
    public String uri() {
        return "files://" + door;
    }

    @Override
    public boolean answers() {
        return Files.isDirectory(door);
    }

    @Override
    public void stop() {
        turn(Path.of("/dev/null/nowhere"));
    }

    @Override
    public void kill() {
        stop();
    }

    @Override
    public void start() {
        turn(data);
    }

    /** Nobody connects to a directory, so there is nothing to cut. */
    @Override
    public Link link() {
        throw new UnsupportedOperationException("a directory has no link");
    }

    /** Mends what a case has left broken. */
    @Override
    public void close() {
        start();
    }

    /** Removes everything. */
    void remove() {
        around.close();
    }
}

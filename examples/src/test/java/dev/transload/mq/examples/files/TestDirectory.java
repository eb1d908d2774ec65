package dev.transload.mq.examples.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory for one test, and what lies in it. */
final class TestDirectory implements AutoCloseable {

    final Path path;

    TestDirectory() {
        try {
            path = Files.createTempDirectory("mq-files-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String uri() {
        return "files://" + path;
    }

    /** Names of the files in one of a place's folders. */
    java.util.List<String> names(String place, String folder) {
        try {
            return new Disk(false).list(path.resolve("places").resolve(place).resolve(folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            new Disk(false).removeAll(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

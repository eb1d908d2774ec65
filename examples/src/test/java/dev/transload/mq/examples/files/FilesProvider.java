package dev.transload.mq.examples.files;

import dev.transload.mq.tck.MqTckProvider;
import dev.transload.mq.tck.TckBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells the kit where a directory is. */
public final class FilesProvider implements MqTckProvider {

    private final Path directory;

    public FilesProvider() {
        try {
            directory = Files.createTempDirectory("mq-files-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return "files";
    }

    @Override
    public TckBroker broker() {
        return TckBroker.at("files://" + directory);
    }
}

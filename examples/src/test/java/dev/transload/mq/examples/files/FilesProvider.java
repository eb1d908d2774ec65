package dev.transload.mq.examples.files;

import dev.transload.mq.tck.MqTckProvider;
import dev.transload.mq.tck.TckBroker;

/** Tells the kit where a directory is. */
public final class FilesProvider implements MqTckProvider {

    private final TestDirectory directory = new TestDirectory();

    @Override
    public String name() {
        return "files";
    }

    @Override
    public TckBroker broker() {
        return TckBroker.at(directory.uri());
    }

    @Override
    public void stop() {
        directory.close();
    }
}

package dev.transload.mq.examples.files;

import dev.transload.mq.tck.BrokerControl;
import dev.transload.mq.tck.BrokerKind;
import dev.transload.mq.tck.MqTckProvider;
import dev.transload.mq.tck.TckBroker;
import java.util.Optional;

/** Tells the kit where a directory is. */
public final class FilesProvider implements MqTckProvider {

    private final TestDirectory directory = new TestDirectory();
    private final FilesControl control = new FilesControl();

    @Override
    public String name() {
        return "files";
    }

    @Override
    public BrokerKind kind() {
        return BrokerKind.LOCAL;
    }

    @Override
    public TckBroker broker() {
        return TckBroker.at(directory.uri());
    }

    @Override
    public Optional<BrokerControl> control() {
        return Optional.of(control);
    }

    @Override
    public void stop() {
        directory.close();
        control.remove();
    }
}

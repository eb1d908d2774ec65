package dev.transload.mq.rabbitmq;

import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
import dev.transload.mq.tck.BrokerControl;
import dev.transload.mq.tck.MqTckProvider;
import dev.transload.mq.tck.TckBroker;
import dev.transload.mq.tck.TckTls;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs the kit against the shared broker of one release line. */
abstract class RabbitMqTckProvider implements MqTckProvider {

    private final RabbitMqVersion version;
    private final SideDoors doors;
    private @Nullable RabbitMqControl control;

    RabbitMqTckProvider(RabbitMqVersion version) {
        this.version = version;
        this.doors = new SideDoors(version);
    }

    @Override
    public String name() {
        String running = RabbitMqBroker.shared(version).version();
        return "rabbitmq-" + running.replaceFirst("^(\\d+\\.\\d+).*", "$1");
    }

    @Override
    public String image() {
        return RabbitMqBroker.shared(version).image();
    }

    @Override
    public TckBroker broker() {
        return TckBroker.at(RabbitMqBroker.shared(version).uri().toString());
    }

    @Override
    public Optional<String> wrongCredentials() {
        return Optional.of(doors.wrongCredentials());
    }

    @Override
    public Optional<String> unauthorized() {
        return doors.unauthorized();
    }

    @Override
    public Optional<TckTls> tls() {
        return doors.tls();
    }

    /** A broker that a case has left unfit is replaced. */
    @Override
    public Optional<BrokerControl> control() {
        RabbitMqControl known = control;
        if (known == null || !known.answers()) {
            endControl();
            known = RabbitMqControl.start(version);
            control = known;
        }
        return Optional.of(known);
    }

    @Override
    public void stop() {
        doors.close();
        endControl();
    }

    private void endControl() {
        RabbitMqControl known = control;
        control = null;
        if (known != null) {
            known.end();
        }
    }
}

package dev.transload.mq.kafka;

import dev.transload.mq.fixtures.KafkaBroker;
import dev.transload.mq.fixtures.KafkaVersion;
import dev.transload.mq.tck.BrokerControl;
import dev.transload.mq.tck.MqTckProvider;
import dev.transload.mq.tck.TckBroker;
import dev.transload.mq.tck.TckTls;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs the kit against the shared broker of one release line. */
abstract class KafkaTckProvider implements MqTckProvider {

    /** Enough to share work by; each costs the broker files, and the kit makes hundreds of topics. */
    private static final String FEW = "?partitions=3";

    private final KafkaVersion version;
    private final String suffix;
    private final String options;
    private final SideDoors doors;
    private @Nullable KafkaControl control;

    KafkaTckProvider(KafkaVersion version) {
        this(version, "", FEW);
    }

    /**
     * @param suffix of the provider's name
     * @param options of the URI
     */
    KafkaTckProvider(KafkaVersion version, String suffix, String options) {
        this.version = version;
        this.suffix = suffix;
        this.options = options;
        this.doors = new SideDoors(version);
    }

    @Override
    public String name() {
        return "kafka-" + version.line() + suffix;
    }

    @Override
    public String image() {
        return KafkaBroker.shared(version).image();
    }

    @Override
    public TckBroker broker() {
        return TckBroker.at(KafkaBroker.shared(version).uri() + options);
    }

    @Override
    public Optional<String> wrongCredentials() {
        return doors.wrongCredentials();
    }

    @Override
    public Optional<String> unauthorized() {
        return doors.unauthorized();
    }

    @Override
    public Optional<TckTls> tls() {
        return doors.tls();
    }

    /** A broker that a case has left unfit is replaced; one that is not ours cannot be broken. */
    @Override
    public Optional<BrokerControl> control() {
        if (!KafkaBroker.startsContainers()) {
            return Optional.empty();
        }
        KafkaControl known = control;
        if (known == null || !known.answers()) {
            endControl();
            known = KafkaControl.start(version);
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
        KafkaControl known = control;
        control = null;
        if (known != null) {
            known.end();
        }
    }
}

package dev.transload.mq.sqs;

import dev.transload.mq.fixtures.SqsBroker;
import dev.transload.mq.fixtures.SqsVersion;
import dev.transload.mq.tck.BrokerControl;
import dev.transload.mq.tck.BrokerKind;
import dev.transload.mq.tck.MqTckProvider;
import dev.transload.mq.tck.TckBroker;
import dev.transload.mq.tck.TckTls;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs the kit against the shared emulator of one kind. */
abstract class SqsTckProvider implements MqTckProvider {

    private final SqsVersion version;
    private final SideDoors doors = new SideDoors();
    private @Nullable SqsControl control;

    SqsTckProvider(SqsVersion version) {
        this.version = version;
    }

    /** What clients of an emulator connect to: it takes any credentials, and messages of 256 KiB as AWS did before. */
    static String uri(URI endpoint, boolean topics) {
        return "sqs://" + SqsBroker.ACCESS_KEY + ":" + SqsBroker.SECRET_KEY + "@" + endpoint.getHost() + ":"
                + endpoint.getPort() + "?region=" + SqsBroker.REGION + "&maxMessageBytes=262144"
                + (topics ? "" : "&topics=none");
    }

    @Override
    public String name() {
        return "sqs-" + version.product() + "-" + version.line();
    }

    @Override
    public String image() {
        return SqsBroker.shared(version).image();
    }

    @Override
    public BrokerKind kind() {
        return BrokerKind.EMULATOR;
    }

    @Override
    public TckBroker broker() {
        SqsBroker shared = SqsBroker.shared(version);
        return TckBroker.at(uri(shared.endpoint(), shared.hasTopics()));
    }

    /** The certificate is LocalStack's; ElasticMQ speaks no TLS. */
    @Override
    public Optional<TckTls> tls() {
        return version == SqsVersion.LOCALSTACK ? doors.tls() : Optional.empty();
    }

    /** An emulator that a case has left unfit is replaced; one that is not ours cannot be broken. */
    @Override
    public Optional<BrokerControl> control() {
        if (!SqsBroker.startsContainers()) {
            return Optional.empty();
        }
        SqsControl known = control;
        if (known == null || !known.answers()) {
            endControl();
            known = SqsControl.start(version);
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
        SqsControl known = control;
        control = null;
        if (known != null) {
            known.end();
        }
    }
}

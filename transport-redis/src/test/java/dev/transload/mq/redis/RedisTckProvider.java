package dev.transload.mq.redis;

import dev.transload.mq.fixtures.RedisBroker;
import dev.transload.mq.fixtures.RedisVersion;
import dev.transload.mq.tck.BrokerControl;
import dev.transload.mq.tck.MqTckProvider;
import dev.transload.mq.tck.TckBroker;
import dev.transload.mq.tck.TckTls;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs the kit against the shared broker of one release line. */
abstract class RedisTckProvider implements MqTckProvider {

    private final RedisVersion version;
    private final SideDoors doors;
    private @Nullable RedisControl control;

    RedisTckProvider(RedisVersion version) {
        this(version, SideDoors.of(version));
    }

    RedisTckProvider(RedisVersion version, SideDoors doors) {
        this.version = version;
        this.doors = doors;
    }

    @Override
    public String name() {
        return version.product() + "-" + version.line();
    }

    @Override
    public String image() {
        return RedisBroker.shared(version).image();
    }

    @Override
    public TckBroker broker() {
        return TckBroker.at(RedisBroker.shared(version).uri().toString());
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
        if (!RedisBroker.startsContainers()) {
            return Optional.empty();
        }
        RedisControl known = control;
        if (known == null || !known.answers()) {
            endControl();
            known = startControl(version);
            control = known;
        }
        return Optional.of(known);
    }

    /** Starts a broker of the kit's own. */
    RedisControl startControl(RedisVersion which) {
        return RedisControl.start(which);
    }

    @Override
    public void stop() {
        doors.close();
        endControl();
    }

    private void endControl() {
        RedisControl known = control;
        control = null;
        if (known != null) {
            known.end();
        }
    }
}

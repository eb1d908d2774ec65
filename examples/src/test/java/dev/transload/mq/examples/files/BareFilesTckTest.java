package dev.transload.mq.examples.files;

import dev.transload.mq.tck.BrokerKind;
import dev.transload.mq.tck.MqTckProvider;
import dev.transload.mq.tck.RunMqTck;
import dev.transload.mq.tck.TckBroker;
import org.junit.platform.suite.api.ConfigurationParameter;

/** The kit on a transport that declares nothing: what the engine makes of the bare primitives. */
@RunMqTck
@ConfigurationParameter(
        key = "mqtck.provider",
        value = "dev.transload.mq.examples.files.BareFilesTckTest$BareFilesProvider")
class BareFilesTckTest {

    public static final class BareFilesProvider implements MqTckProvider {

        private final TestDirectory directory = new TestDirectory();

        @Override
        public String name() {
            return "files-bare";
        }

        @Override
        public BrokerKind kind() {
            return BrokerKind.LOCAL;
        }

        @Override
        public TckBroker broker() {
            // A delay lane writes each message once more for each hop, and late is late: not to the disk each time.
            return TckBroker.at("barefiles://" + directory.path + "?fsync=false");
        }

        @Override
        public void stop() {
            directory.close();
        }
    }
}

package dev.transload.mq.sqs;

import dev.transload.mq.tck.BrokerKind;
import dev.transload.mq.tck.MqTckProvider;
import dev.transload.mq.tck.RunMqTck;
import dev.transload.mq.tck.TckBroker;
import org.junit.platform.suite.api.ConfigurationParameter;

@RunMqTck
@ConfigurationParameter(key = "mqtck.provider", value = "dev.transload.mq.sqs.ExternalTckIT$Provider")
class ExternalTckIT {

    public static final class Provider implements MqTckProvider {
        @Override
        public String name() {
            return "sqs-external";
        }

        @Override
        public BrokerKind kind() {
            return BrokerKind.EMULATOR;
        }

        @Override
        public TckBroker broker() {
            return TckBroker.at(System.getenv("MQ_DEV_SQS_URI"));
        }
    }
}

package dev.transload.mq.kafka;

import dev.transload.mq.tck.MqTckProvider;
import dev.transload.mq.tck.TckBroker;

/** Runs the kit against a broker that is there. */
public final class KafkaTckProvider implements MqTckProvider {

    public KafkaTckProvider() {}

    @Override
    public String name() {
        return "kafka-dev";
    }

    @Override
    public TckBroker broker() {
        return TckBroker.at(System.getProperty("mq.kafka.uri", "kafka://127.0.0.1:39092?partitions=3"));
    }
}

package dev.transload.mq.proof;

/** Broken brokers are caught. */
class BrokerMutantsTest extends MutantsAreKilled {
    BrokerMutantsTest() {
        super(Mutant.Layer.BROKER);
    }
}

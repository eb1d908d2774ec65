package dev.transload.mq.proof;

/** Broken transports and brokers are caught. */
class TransportMutantsTest extends MutantsAreKilled {
    TransportMutantsTest() {
        super(Mutant.Layer.TRANSPORT, Mutant.Layer.BROKER);
    }
}

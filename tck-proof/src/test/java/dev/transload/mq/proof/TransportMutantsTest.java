package dev.transload.mq.proof;

/** Broken transports are caught. */
class TransportMutantsTest extends MutantsAreKilled {
    TransportMutantsTest() {
        super(Mutant.Layer.TRANSPORT);
    }
}

package dev.transload.mq.proof;

/** Broken engines are caught. */
class EngineMutantsTest extends MutantsAreKilled {
    EngineMutantsTest() {
        super(Mutant.Layer.ENGINE);
    }
}

package dev.transload.mq.tck;

/** What a run was made against, for its certificate. */
public enum BrokerKind {
    /** The broker that users have. */
    REAL,
    /** Something that answers like it: what only the real one does is not proven. */
    EMULATOR,
    /**
     * A broker of this machine that clients reach without a network, such as a directory: real processes and a real disk,
     * but no address, no accounts and no link.
     */
    LOCAL,
    /** A broker inside of the JVM: there is no process, no link and no disk that could fail. */
    IN_PROCESS
}

package dev.transload.mq.tck;

/** What a run was made against, for its certificate. */
public enum BrokerKind {
    /** The broker that users have. */
    REAL,
    /** Something that answers like it: what only the real one does is not proven. */
    EMULATOR,
    /** A broker inside of the JVM: there is no process, no link and no disk that could fail. */
    IN_PROCESS
}

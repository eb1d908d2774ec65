package dev.transload.mq.tck;

/** Something that goes wrong on purpose; what a {@link BrokerControl} may be able to bring about. */
public enum Fault {
    /** The broker is stopped in order and started again, with the same data and address. */
    STOP,
    /** The broker's process is killed and started again, with the same data and address. */
    KILL,
    /** The broker's process stands still, its connections stay open. */
    PAUSE,
    /** The broker loses all it has: destinations and messages. */
    FORGET,
    /** Connections are cut at once, and new ones are refused. */
    CUT,
    /** Connections stay open but carry nothing in one direction or both. */
    HALF_OPEN,
    /** Connections are cut after a number of bytes, in the middle of whatever is under way. */
    CUT_AFTER,
    /** Bytes arrive late. */
    LATENCY,
    /** Bytes arrive in small pieces. */
    SLICE,
    /** Few bytes arrive in a second. */
    BANDWIDTH,
    /** A client's process is killed. */
    CLIENT_KILL,
    /** A client's process stands still and goes on later. */
    CLIENT_STOP
}

package dev.transload.mq;

/** What a client may do about a missing or different broker object. */
public enum Topology {
    /** Make what is missing; use what exists if it can be worked with, else fail with the difference. */
    CREATE,
    /** Make nothing that outlives the client; fail with what is missing or different. */
    ASSERT,
    /** Touch nothing and check nothing; make not even private objects. */
    NONE
}

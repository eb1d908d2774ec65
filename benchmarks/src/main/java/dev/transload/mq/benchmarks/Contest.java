package dev.transload.mq.benchmarks;

import java.util.List;

/** What is compared on one broker: the SDK, and a program written by hand against the broker's own client. */
interface Contest {

    /** What the work is called in the report, with what both sides are tuned to. */
    String title(Work work);

    /** Messages in a round unless told otherwise. */
    int messages(Work work);

    /** The program by hand. */
    Stack raw(String name) throws Exception;

    /** The ways to use the SDK that are worth a line of their own for this work. */
    List<Stack> sdk(Work work) throws Exception;

    /** One who puts messages where a stack consumes them. */
    Filler filler() throws Exception;

    /** Puts messages into any queue, unmeasured, with the properties that the SDK writes. */
    interface Filler extends AutoCloseable {

        /** Returns when all messages are confirmed. */
        void fill(String queue, int messages, byte[] body) throws Exception;

        @Override
        void close() throws Exception;
    }
}

package dev.transload.mq.benchmarks;

import dev.transload.mq.benchmarks.Meter.Sample;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One way to do the work: the SDK, or a program written by hand against the broker's client. Rounds of one stack do not
 * overlap.
 */
interface Stack extends AutoCloseable {

    /** Name in the report. */
    String name();

    /** Queue that the stack sends to and consumes from. */
    String queue();

    /** Sends without waiting for each, within a bound; ends when all are confirmed. */
    Sample send(int messages, byte[] body) throws Exception;

    /** Consumes messages that wait in the queue, acking each after its handler. */
    Sample consume(int messages) throws Exception;

    /** Sends and waits for the confirm, one after another. */
    Sample sendOneByOne(int messages, byte[] body) throws Exception;

    /** Asks and waits for the reply, one after another; the other side answers with what it got. */
    Sample request(int messages, byte[] body) throws Exception;

    /** Requests made of the service so far, where it is paid by the request; -1 where it is not. */
    default long requests() {
        return -1;
    }

    /** Whether it puts the messages there itself that it consumes, since they are of a kind of their own. */
    default boolean fillsItself() {
        return false;
    }

    /** An id as cheap as one can be, as the SDK makes them: 36 characters that need not be hard to guess. */
    static String newId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    @Override
    void close() throws Exception;
}

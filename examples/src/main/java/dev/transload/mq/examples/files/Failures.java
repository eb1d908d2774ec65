package dev.transload.mq.examples.files;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.TransportException;
import java.io.IOException;

/** Says in the words of the SPI what went wrong with a file. */
final class Failures {

    private Failures() {}

    /** Nothing was stored, and another try may succeed: a full disk, too many open files. */
    static RuntimeException of(String what, Exception cause) {
        if (cause instanceof MessagingException known) {
            return known;
        }
        return cause instanceof IOException
                ? TransportException.temporary("files: cannot " + what, cause)
                : TransportException.permanent("files: cannot " + what, cause);
    }

    /** The directory is out of reach, as when what it is mounted from is. */
    static ConnectionLostException gone(Outcome outcome) {
        return new ConnectionLostException("files: the directory cannot be reached", outcome, null);
    }
}

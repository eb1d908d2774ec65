package dev.transload.mq.cli;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.DestinationMismatchException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.UnsupportedCapabilityException;

/** How a run ended, for scripts. The numbers are documented in {@code mq --help} and never change their meaning. */
final class ExitCode {

    static final int OK = 0;
    /** What was asked for did not happen. */
    static final int FAILED = 1;
    /** The command line, the URI or a name is wrong. */
    static final int USAGE = 2;
    /** The broker cannot be reached or refuses the login. */
    static final int NO_BROKER = 3;
    /** The broker cannot do it, lacks the destination, or has it in another shape. */
    static final int REFUSED = 4;

    private ExitCode() {}

    static int of(Throwable failure) {
        if (failure instanceof IllegalArgumentException) {
            return USAGE;
        }
        if (failure instanceof ConnectionLostException || failure instanceof AuthenticationException) {
            return NO_BROKER;
        }
        if (failure instanceof UnsupportedCapabilityException
                || failure instanceof DestinationNotFoundException
                || failure instanceof DestinationMismatchException) {
            return REFUSED;
        }
        return FAILED;
    }
}

package dev.transload.mq.cli;

/** Something to do if the process is told to end, such as by Ctrl-C, before this is closed. */
final class OnInterrupt implements AutoCloseable {

    private final Thread hook;

    OnInterrupt(Runnable task) {
        hook = new Thread(task, "mq-cli-interrupted");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Nothing is to do any more, unless the process is ending already. */
    @Override
    public void close() {
        forget();
    }

    private boolean forget() {
        try {
            return Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException endsAlready) {
            return false;
        }
    }
}

package dev.transload.mq.rabbitmq;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs what the client has for consumers without a change of threads: an I/O thread's own tasks in its {@link
 * InboundBatches}, others at once. Never shut down.
 */
final class InboundExecutor extends AbstractExecutorService {

    @Override
    public void execute(Runnable task) {
        InboundBatches batches = InboundBatches.current();
        if (batches == null) {
            task.run();
        } else {
            batches.add(task);
        }
    }

    @Override
    public void shutdown() {}

    @Override
    public List<Runnable> shutdownNow() {
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return false;
    }
}

package dev.transload.mq.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkerTest {

    private final Worker worker = new Worker("test");
    private final List<String> ran = new CopyOnWriteArrayList<>();
    private final CountDownLatch free = new CountDownLatch(1);

    @AfterEach
    void end() {
        free.countDown();
        worker.end();
    }

    private void occupy() {
        worker.execute(() -> {
            try {
                free.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private CompletableFuture<Void> last() {
        CompletableFuture<Void> last = new CompletableFuture<>();
        worker.execute(() -> last.complete(null));
        return last;
    }

    @Test
    void tasksRunInTheOrderInWhichTheyCame() throws Exception {
        occupy();
        for (int i = 0; i < 5; i++) {
            String name = "task " + i;
            worker.execute(() -> ran.add(name));
        }
        worker.execute(() -> worker.execute(() -> ran.add("of a task")));
        CompletableFuture<Void> behind = last();
        free.countDown();

        behind.get(10, TimeUnit.SECONDS);
        last().get(10, TimeUnit.SECONDS);
        assertThat(ran).containsExactly("task 0", "task 1", "task 2", "task 3", "task 4", "of a task");
    }

    @Test
    void aTaskThatFailsKeepsNoOtherFromRunning() throws Exception {
        occupy();
        worker.execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        worker.execute(() -> {
            throw new StackOverflowError("on purpose");
        });
        CompletableFuture<Void> behind = last();
        free.countDown();

        behind.get(10, TimeUnit.SECONDS);
        last().get(10, TimeUnit.SECONDS);
    }

    @Test
    void whatWasTakenRunsAfterTheEndAndNothingElseIsTaken() throws Exception {
        CompletableFuture<Void> second = new CompletableFuture<>();
        occupy();
        worker.execute(() -> ran.add("first"));
        worker.execute(() -> second.complete(null));
        worker.end();

        assertThat(worker.run(() -> ran.add("late"))).isFalse();
        free.countDown();
        second.get(10, TimeUnit.SECONDS);
        assertThat(ran).containsExactly("first");
    }

    @Test
    void tasksThatNeverEndKeepNoTimerFromItsTurn() throws Exception {
        CompletableFuture<Void> timer = new CompletableFuture<>();
        worker.execute(new Runnable() {
            @Override
            public void run() {
                if (!timer.isDone()) {
                    worker.execute(this);
                }
            }
        });
        worker.later(1, () -> timer.complete(null));

        timer.get(10, TimeUnit.SECONDS);
    }
}

package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CompletionsTest {

    private final Completions completions = new Completions("test");

    @AfterEach
    void close() {
        completions.close();
    }

    private Thread thread() throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        completions.run(() -> thread.complete(Thread.currentThread()));
        return thread.get(10, TimeUnit.SECONDS);
    }

    @Test
    void tasksOfOneThreadRunInOrderOnOneOtherThread() throws Exception {
        List<Integer> ran = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            int number = i;
            completions.run(() -> ran.add(number));
        }
        Thread thread = thread();

        assertThat(ran).isEqualTo(IntStream.range(0, 10_000).boxed().toList());
        assertThat(thread).isNotSameAs(Thread.currentThread());
        assertThat(thread.getName()).isEqualTo("mq-test-completions");
        assertThat(thread.isDaemon()).isTrue();
    }

    @Test
    void whatGathersWhileATaskRunsRunsAfterIt() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        List<String> ran = new CopyOnWriteArrayList<>();
        completions.run(() -> {
            try {
                gate.await();
            } catch (InterruptedException e) {
                ran.add("interrupted");
            }
            ran.add("first");
        });
        completions.run(() -> ran.add("second"));
        completions.run(() -> ran.add("third"));
        assertThat(ran).isEmpty();

        gate.countDown();
        thread();

        assertThat(ran).containsExactly("first", "second", "third");
    }

    @Test
    void aTaskThatAddsTasksDoesNotWaitForThem() throws Exception {
        CompletableFuture<String> inner = new CompletableFuture<>();
        completions.run(() -> completions.run(() -> inner.complete("ran")));

        assertThat(inner.get(10, TimeUnit.SECONDS)).isEqualTo("ran");
    }

    @Test
    void aTaskThatThrowsHarmsNoOther() throws Exception {
        completions.run(() -> {
            throw new IllegalStateException("from an application");
        });
        completions.run(() -> {
            throw new StackOverflowError("from an application");
        });

        assertThat(thread().isAlive()).isTrue();
    }

    @Test
    void aTaskThatMayWaitRunsByItself() {
        List<String> ran = new CopyOnWriteArrayList<>();
        completions.runSoon(() -> ran.add("first"));
        await("the thread starts").until(() -> ran.size() == 1);

        completions.runSoon(() -> ran.add("second"));

        await("the thread looks again").until(() -> ran.size() == 2);
    }

    @Test
    void theThreadIsNotWokenForTasksThatMayWaitButForOthersWhichRunAfterThem() throws Exception {
        Completions patient = new Completions("patient", Duration.ofHours(1));
        Thread thread = pausing(patient);
        List<String> ran = new CopyOnWriteArrayList<>();

        patient.runSoon(() -> ran.add("may wait"));
        patient.runSoon(() -> ran.add("may wait, too"));
        assertThat(thread.getState()).isEqualTo(Thread.State.TIMED_WAITING);
        assertThat(ran).isEmpty();
        CompletableFuture<Void> done = new CompletableFuture<>();
        patient.run(() -> done.complete(null));
        done.get(10, TimeUnit.SECONDS);

        assertThat(ran).containsExactly("may wait", "may wait, too");
        patient.close();
    }

    @Test
    void theThreadPausesAlsoWhereTasksThatMayWaitBringOthers() throws Exception {
        Completions patient = new Completions("patient", Duration.ofHours(1));
        CompletableFuture<Thread> ran = new CompletableFuture<>();

        patient.runSoon(() -> patient.run(() -> ran.complete(Thread.currentThread())));

        Thread thread = ran.get(10, TimeUnit.SECONDS);
        await("it pauses").until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        patient.close();
    }

    @Test
    void theThreadPausesAgainAfterAPauseInWhichSomethingCame() throws Exception {
        Completions patient = new Completions("patient", Duration.ofHours(1));
        Thread thread = pausing(patient);
        List<String> ran = new CopyOnWriteArrayList<>();
        patient.runSoon(() -> ran.add("may wait"));

        thread.interrupt(); // ends the pause as the end of its time does

        await("the thread looks again").until(() -> ran.size() == 1);
        await("it pauses").until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        patient.close();
    }

    @Test
    void theCloseEndsAPause() throws Exception {
        Completions patient = new Completions("patient", Duration.ofHours(1));
        Thread thread = pausing(patient);
        List<String> ran = new CopyOnWriteArrayList<>();
        patient.runSoon(() -> ran.add("may wait"));

        patient.close();

        await("the thread runs the rest and ends").until(() -> !thread.isAlive());
        assertThat(ran).containsExactly("may wait");
    }

    private static Thread pausing(Completions completions) throws Exception {
        CompletableFuture<Thread> started = new CompletableFuture<>();
        completions.runSoon(() -> started.complete(Thread.currentThread()));
        Thread thread = started.get(10, TimeUnit.SECONDS);
        await("it pauses").until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        return thread;
    }

    @Test
    void theCloseRunsWhatIsThereAndEndsTheThread() throws Exception {
        Thread thread = thread();
        List<Integer> ran = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            completions.run(() -> ran.add(number));
        }

        completions.close();

        await("the thread runs the rest and ends").until(() -> !thread.isAlive());
        assertThat(ran).hasSize(100);
    }

    @Test
    void afterTheCloseTasksRunInTheCallersThread() {
        completions.close();
        List<Thread> ran = new ArrayList<>();

        completions.run(() -> ran.add(Thread.currentThread()));

        assertThat(ran).containsExactly(Thread.currentThread());
    }
}

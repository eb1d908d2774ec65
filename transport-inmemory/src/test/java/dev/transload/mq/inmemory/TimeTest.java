package dev.transload.mq.inmemory;

import static dev.transload.mq.inmemory.Probe.queue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimeTest {
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

    @Test
    void tasksRunInOrderOfTheirTimeAndSeeIt() {
        for (int seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            VirtualTime time = new VirtualTime(START, Duration.ofSeconds(5));
            List<Long> ran = new ArrayList<>();
            List<Long> expected = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                long at = random.nextInt(1000);
                TimeSource.Timer timer = time.schedule(Duration.ofMillis(at), () -> {
                    assertThat(time.millis() - START.toEpochMilli()).isEqualTo(at);
                    ran.add(at);
                });
                if (random.nextInt(5) == 0) {
                    timer.cancel();
                } else if (at <= 600) {
                    expected.add(at);
                }
            }
            time.advance(Duration.ofMillis(250));
            time.advance(Duration.ofMillis(350));
            expected.sort(null);
            assertThat(ran).isEqualTo(expected);
            assertThat(time.millis() - START.toEpochMilli()).isEqualTo(600);
        }
    }

    @Test
    void aTaskMayScheduleTheNextOne() {
        VirtualTime time = new VirtualTime(START, Duration.ofSeconds(5));
        List<Long> ran = new ArrayList<>();
        Runnable[] task = new Runnable[1];
        task[0] = () -> {
            ran.add(time.nanos());
            time.schedule(Duration.ofHours(1), task[0]);
        };
        time.schedule(Duration.ofHours(1), task[0]);
        time.advance(Duration.ofHours(24));
        assertThat(ran).hasSize(24);
    }

    @Test
    void timeStandsStillWhileWorkIsRunning() throws Exception {
        VirtualTime time = new VirtualTime(START, Duration.ofSeconds(20));
        ExecutorService worker = Executors.newSingleThreadExecutor();
        CountDownLatch go = new CountDownLatch(1);
        List<String> events = new ArrayList<>();
        time.schedule(Duration.ofSeconds(1), () -> {
            time.workBegan();
            worker.execute(() -> {
                awaitUninterrupted(go);
                events.add("work at " + time.nanos() / 1_000_000);
                time.workEnded();
            });
        });
        time.schedule(Duration.ofSeconds(2), () -> events.add("timer at " + time.nanos() / 1_000_000));
        Thread mover = new Thread(() -> time.advance(Duration.ofSeconds(3)));
        mover.start();
        go.countDown();
        mover.join(TimeUnit.SECONDS.toMillis(20));
        worker.shutdown();

        assertThat(events).containsExactly("work at 1000", "timer at 2000");
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void workThatNeverEndsIsAnErrorThatSaysSo() {
        VirtualTime time = new VirtualTime(START, Duration.ofMillis(50));
        time.workBegan();
        assertThatThrownBy(() -> time.advance(Duration.ofSeconds(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("still busy after PT0.05S");
        assertThat(time.nanos()).isZero();
    }

    @Test
    void timeCannotGoBackAndATaskCannotMoveIt() {
        VirtualTime time = new VirtualTime(START, Duration.ofSeconds(5));
        assertThatThrownBy(() -> time.advance(Duration.ofSeconds(-1))).isInstanceOf(IllegalArgumentException.class);
        List<Throwable> thrown = new ArrayList<>();
        time.schedule(Duration.ZERO, () -> {
            try {
                time.advance(Duration.ofSeconds(1));
            } catch (IllegalStateException e) {
                thrown.add(e);
            }
        });
        time.advance(Duration.ZERO);
        assertThat(thrown).hasSize(1);
        time.advance(Duration.ofSeconds(Long.MAX_VALUE));
    }

    @Test
    void aBrokerShowsItsTime() {
        InMemoryBroker broker = InMemoryBroker.builder().startingAt(START).build();
        broker.advance(Duration.ofDays(1));
        assertThat(broker.now()).isEqualTo(START.plus(Duration.ofDays(1)));
        assertThat(broker.clock().instant()).isEqualTo(broker.now());
        broker.close();
    }

    @Test
    void aBrokerInRealTimeDelaysAndLeavesNoThread() {
        InMemoryBroker broker = InMemoryBroker.builder().realTime().build();
        Probe client = Probe.on(broker);
        client.declare(queue("mails"));
        Probe.Inbox inbox = client.receive(queue("mails"), 1);
        long sent = System.nanoTime();
        client.trySend(queue("mails"), Probe.message("1"), Duration.ofMillis(80));
        org.awaitility.Awaitility.await("the delayed message arrives").until(() -> inbox.deliveries.size() == 1);
        assertThat(System.nanoTime() - sent).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(80));
        assertThatThrownBy(() -> broker.advance(Duration.ofSeconds(1))).hasMessageContaining("real time");
        broker.awaitIdle();

        String thread = "mq-inmemory-" + broker.uri().substring("inmemory:~".length()) + "-timer";
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .contains(thread);
        client.close();
        org.awaitility.Awaitility.await("the timer thread ends")
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(t -> t.getName().equals(thread)));
        broker.close();
    }

    @Test
    void whatIsDelayedSurvivesItsClients() {
        InMemoryBroker broker = InMemoryBroker.builder().realTime().build();
        Probe sender = Probe.on(broker);
        sender.declare(queue("mails"));
        sender.trySend(queue("mails"), Probe.message("1"), Duration.ofMillis(50));
        sender.close();
        assertThat(broker.delayed("mails")).hasSize(1);

        Probe receiver = Probe.on(broker);
        Probe.Inbox inbox = receiver.receive(queue("mails"), 1);
        org.awaitility.Awaitility.await("the delayed message arrives").until(() -> inbox.deliveries.size() == 1);
        receiver.close();
        broker.close();
    }
}

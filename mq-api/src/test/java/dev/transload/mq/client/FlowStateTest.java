package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlowStateTest {

    private final FlowRig rig = new FlowRig();
    private final AtomicInteger work = new AtomicInteger();
    private final List<Integer> workAtCredit = new ArrayList<>();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void aVirtualClockStandsStillUntilTheCreditOfTheLastHandlerIsPassedOn() {
        rig.options.prefetch(1);
        rig.start(delivery -> {});
        FlowState<byte[]> state = new FlowState<>(rig.spec, new Settling(), countedTime(), true);
        EngineDelivery<byte[]> delivery = new EngineDelivery<>(
                rig.flow,
                new ScriptedTransport.Delivered(
                        Message.builder("a", new byte[0]).build(), "emails"),
                0);
        state.change(() -> {
            state.receiver = receiver();
            state.append(delivery);
            state.lanes.add(delivery);
        });
        assertThat(work).as("one delivery is runnable").hasValue(1);

        state.change(() -> state.leaveUnstarted(delivery)); // its work ends, and the broker may hand out the next

        assertThat(workAtCredit).as("work when credit came").singleElement().isNotEqualTo(0);
        assertThat(work).as("work when all is passed on").hasValue(0);
    }

    @Test
    void aVirtualClockDoesNotWaitForWhatWaitsForAnAsynchronousHandler() {
        rig.options.concurrency(1);
        rig.start(delivery -> {});
        FlowState<byte[]> state = new FlowState<>(rig.spec, new Settling(), countedTime(), true);
        for (String id : List.of("a", "b")) {
            EngineDelivery<byte[]> delivery = new EngineDelivery<>(
                    rig.flow,
                    new ScriptedTransport.Delivered(
                            Message.builder(id, new byte[0]).build(), "emails"),
                    0);
            state.change(() -> {
                state.append(delivery);
                state.lanes.add(delivery);
            });
        }
        assertThat(work).as("one of two can start").hasValue(1);

        state.change(() -> {
            state.lanes.take();
            state.running++;
        });
        assertThat(work).as("its handler runs").hasValue(1);
        state.change(() -> state.pending++);
        assertThat(work).as("its handler has returned a stage").hasValue(0);
        state.change(() -> {
            state.pending--;
            state.running--;
        });
        assertThat(work).as("the next can start").hasValue(1);
    }

    private TimeSource countedTime() {
        return new TimeSource() {
            @Override
            public long millis() {
                return 0;
            }

            @Override
            public long nanos() {
                return 0;
            }

            @Override
            public Timer schedule(Duration delay, Runnable task) {
                return () -> {};
            }

            @Override
            public void workBegan() {
                work.incrementAndGet();
            }

            @Override
            public void workEnded() {
                work.decrementAndGet();
            }
        };
    }

    private Receiver receiver() {
        return new Receiver() {
            @Override
            public void credit(int n) {
                workAtCredit.add(work.get());
            }

            @Override
            public CompletableFuture<Void> stop() {
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public CompletableFuture<Void> close(Duration timeout) {
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public long lastContact() {
                return 0;
            }
        };
    }
}

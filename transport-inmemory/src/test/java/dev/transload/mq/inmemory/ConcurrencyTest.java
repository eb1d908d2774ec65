package dev.transload.mq.inmemory;

import static dev.transload.mq.inmemory.Probe.queue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/** Many threads at once, in real time. */
class ConcurrencyTest {
    private static final byte[] BODY = new byte[100];

    private final InMemoryBroker broker = InMemoryBroker.builder().realTime().build();

    @Test
    void nothingIsLostOrDoubledAndNoSinkIsCalledTwiceAtOnce() throws Exception {
        int senders = 3;
        int each = 20_000;
        Place place = queue("work", Probe.ordered(5));
        Probe setup = Probe.on(broker);
        setup.declare(place);
        List<Worker> workers = new ArrayList<>();
        Map<String, Integer> last = new ConcurrentHashMap<>();
        LongAdder handled = new LongAdder();
        for (int i = 0; i < 4; i++) {
            workers.add(new Worker(Probe.on(broker), place, 50, message -> {
                int number = Integer.parseInt(message.type());
                Integer before = last.put(message.key(), number);
                assertThat(number).isEqualTo(before == null ? 0 : before + 1);
                handled.increment();
            }));
        }
        List<Thread> threads = new ArrayList<>();
        for (int s = 0; s < senders; s++) {
            String key = "key-" + s;
            Probe sender = Probe.on(broker);
            threads.add(new Thread(() -> {
                for (int i = 0; i < each; i++) {
                    sender.send(
                            place,
                            Message.builder(key + i, BODY)
                                    .key(key)
                                    .type(Integer.toString(i))
                                    .build());
                }
                sender.close();
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        await("all messages are handled")
                .atMost(Duration.ofSeconds(60))
                .until(() -> handled.sum() == (long) senders * each);

        assertThat(broker.depth("work")).isZero();
        assertThat(broker.inFlight("work")).isEmpty();
        for (Worker worker : workers) {
            assertThat(worker.failures).isEmpty();
            assertThat(worker.overlaps.get()).isZero();
            worker.close();
        }
        setup.close();
        broker.close();
    }

    /** Handles on a thread of its own and gives credit back, as the engine does. */
    private static final class Worker implements Sink {
        final BlockingQueue<Incoming> arrived = new LinkedBlockingQueue<>();
        final List<Throwable> failures = new ArrayList<>();
        final AtomicInteger overlaps = new AtomicInteger();
        private final AtomicBoolean inside = new AtomicBoolean();
        private final Probe probe;
        private final Receiver receiver;
        private final Thread thread;
        private volatile boolean over;

        Worker(Probe probe, Place place, int credit, java.util.function.Consumer<Message> handler) {
            this.probe = probe;
            this.receiver = probe.transport
                    .receive(ReceiveSpec.builder(place, credit).build(), this)
                    .join();
            this.thread = new Thread(() -> work(handler));
            thread.start();
            receiver.credit(credit);
        }

        private void work(java.util.function.Consumer<Message> handler) {
            try {
                while (!over) {
                    Incoming delivery = arrived.take();
                    handler.accept(delivery.message());
                    delivery.ack(Completion.IGNORED);
                    receiver.credit(1);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (AssertionError e) {
                failures.add(e);
            }
        }

        @Override
        public void deliver(Incoming delivery) {
            if (!inside.compareAndSet(false, true)) {
                overlaps.incrementAndGet();
            }
            arrived.add(delivery);
            inside.set(false);
        }

        @Override
        public void lost(List<? extends Incoming> deliveries, String why) {
            failures.add(new AssertionError("lost " + deliveries + ": " + why));
        }

        @Override
        public void failed(Throwable cause) {
            failures.add(cause);
        }

        void close() throws InterruptedException {
            over = true;
            thread.interrupt();
            thread.join();
            probe.close();
        }
    }
}

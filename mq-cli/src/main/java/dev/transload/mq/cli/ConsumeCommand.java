package dev.transload.mq.cli;

import dev.transload.mq.Delivery;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.Topology;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mq consume}: prints messages as they come and acks them, one at a time. */
@Command(
        name = "consume",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Prints messages as they come and takes them off the queue. Ends after --max messages, after --timeout"
                    + " without one, or with Ctrl-C.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  mq consume --queue email-queue --max 1",
            "  mq consume --topic orders --ordered --group billing --json",
            "  mq consume --topic orders --timeout 30s      look on without a group: what is sent from now on",
            "  mq consume --queue email-queue --fail --max 3  fail each message, to see retries and dead letters",
            "",
            "Exit code 1: --timeout passed before --max messages came."
        })
final class ConsumeCommand implements Callable<Integer>, MqCommand.Verbose {

    private final Shell shell;

    @Mixin
    private final ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private final PlaceOptions place = new PlaceOptions();

    @Option(
            names = "--group",
            paramLabel = "NAME",
            description = "The group of the topic; without one only what is sent meanwhile is seen.")
    private @Nullable String group;

    @Option(names = "--max", paramLabel = "N", description = "End after so many deliveries.")
    private long max = Long.MAX_VALUE;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "End when so long nothing came: 500ms, 5s, 2m.",
            converter = TimeText.class)
    private @Nullable Duration timeout;

    @Option(names = "--fail", description = "Fail every delivery: it is retried and then dead-lettered.")
    private boolean fail;

    @Option(
            names = "--attempts",
            paramLabel = "N",
            defaultValue = "3",
            description = "Attempts before a failing message is dead-lettered (default: ${DEFAULT-VALUE}).")
    private int attempts = 3;

    @Option(names = "--json", description = "Print each message as one line of JSON.")
    private boolean json;

    @Option(names = "--payload-only", description = "Print payloads without what is on their envelopes.")
    private boolean payloadOnly;

    @Option(names = "--no-create", description = "Fail if the queue or topic does not exist, instead of making it.")
    private boolean noCreate;

    ConsumeCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (max < 1) {
            throw new IllegalArgumentException("--max must be at least 1, was " + max);
        }
        if (json && payloadOnly) {
            throw new IllegalArgumentException("give either --json or --payload-only");
        }
        SubscribeOptions options = SubscribeOptions.builder()
                .concurrency(1)
                .prefetch(1)
                .retry(RetryPolicy.exponential(attempts, Duration.ofMillis(500)))
                .build();
        try (MqClient mq = connection.connect(shell, noCreate ? Topology.ASSERT : Topology.CREATE)) {
            Meter meter = new Meter(max);
            CompletableFuture<Subscription> self = new CompletableFuture<>();
            try (OnInterrupt drain = new OnInterrupt(mq::close);
                    Subscription subscription = mq.subscribe(
                            place.sourceOrEphemeral(group), delivery -> take(delivery, meter, self), options)) {
                self.complete(subscription);
                return meter.await(timeout) ? ExitCode.OK : outOfTime(meter);
            }
        }
    }

    private int outOfTime(Meter meter) {
        return max == Long.MAX_VALUE && meter.taken() > 0 ? ExitCode.OK : ExitCode.FAILED;
    }

    private void take(Delivery<byte[]> delivery, Meter meter, CompletableFuture<Subscription> self) {
        long count = meter.begin();
        if (count == max) {
            self.join().pause();
        }
        print(delivery);
        meter.end(count);
        if (fail) {
            throw new FailedOnRequest();
        }
    }

    private void print(Delivery<byte[]> delivery) {
        if (json) {
            shell.out().println(MessageText.json(delivery.message(), delivery.attempt()));
        } else if (payloadOnly) {
            shell.out().println(MessageText.body(delivery.payload()));
        } else {
            shell.out().println(MessageText.envelope(delivery.message()) + " attempt=" + delivery.attempt());
            shell.out().println(MessageText.body(delivery.payload()));
        }
    }

    @Override
    public boolean verbose() {
        return connection.verbose();
    }

    /** What a delivery fails with when the caller wants it to fail. */
    private static final class FailedOnRequest extends RuntimeException {
        private static final long serialVersionUID = 1L;

        FailedOnRequest() {
            super("mq consume --fail", null, false, false);
        }
    }

    /** Counts deliveries and knows when there were enough, or none for too long. Thread-safe. */
    private static final class Meter {
        private final long most;
        private final AtomicLong begun = new AtomicLong();
        private final CountDownLatch enough = new CountDownLatch(1);
        private volatile long lastNanos = System.nanoTime();

        Meter(long most) {
            this.most = most;
        }

        long begin() {
            return begun.incrementAndGet();
        }

        void end(long count) {
            lastNanos = System.nanoTime();
            if (count >= most) {
                enough.countDown();
            }
        }

        long taken() {
            return begun.get();
        }

        /** Waits until there were enough; false if nothing came for the timeout. */
        boolean await(@Nullable Duration timeout) throws InterruptedException {
            if (timeout == null) {
                enough.await();
                return true;
            }
            while (true) {
                long left = timeout.toNanos() - (System.nanoTime() - lastNanos);
                if (enough.await(Math.max(0, left), TimeUnit.NANOSECONDS)) {
                    return true;
                }
                if (timeout.toNanos() - (System.nanoTime() - lastNanos) <= 0) {
                    return false;
                }
            }
        }
    }
}

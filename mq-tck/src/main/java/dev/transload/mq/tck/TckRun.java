package dev.transload.mq.tck;

import dev.transload.mq.Explanation;
import dev.transload.mq.client.MqClient;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One run of the kit against one broker, from the provider's start to the written report. Thread-safe. */
final class TckRun implements AutoCloseable {

    static final String PROVIDER = "mqtck.provider";
    static final String TIME_SCALE = "mqtck.timeScale";
    static final String TIERS = "mqtck.tiers";
    static final String REPORTS = "mqtck.reports";
    static final String PATIENCE = "mqtck.patience";

    private final MqTckProvider provider;
    private final double timeScale;
    private final Duration patience;
    private final Set<Tier> tiers;
    private final Path reports;
    private final String id =
            Integer.toString(ThreadLocalRandom.current().nextInt(36 * 36 * 36, 36 * 36 * 36 * 36), 36);
    private final Instant started = Instant.now();
    private final long startNanos = System.nanoTime();
    private final Map<String, CaseResult> results = new ConcurrentSkipListMap<>();
    private final Lock starting = new ReentrantLock();
    private boolean up;
    private @Nullable RuntimeException broken;
    private @Nullable Explanation explanation;

    private TckRun(MqTckProvider provider, double timeScale, Duration patience, Set<Tier> tiers, Path reports) {
        this.provider = provider;
        this.timeScale = timeScale;
        this.patience = patience;
        this.tiers = tiers;
        this.reports = reports;
    }

    /** Reads the settings and makes the provider; the broker is started with the first case. */
    static TckRun start(Function<String, Optional<String>> settings) {
        String name = settings.apply(PROVIDER)
                .orElseThrow(() -> new IllegalStateException(
                        "name a " + MqTckProvider.class.getName() + " in the configuration parameter " + PROVIDER));
        double scale = settings.apply(TIME_SCALE).map(Double::valueOf).orElse(1.0);
        if (!(scale > 0 && scale <= 100)) {
            throw new IllegalStateException(TIME_SCALE + " must be above 0 and at most 100, was " + scale);
        }
        double seconds = settings.apply(PATIENCE).map(Double::valueOf).orElse(30.0);
        if (!(seconds > 0 && seconds <= 3_600)) {
            throw new IllegalStateException(PATIENCE + " must be above 0 and at most 3600 seconds, was " + seconds);
        }
        return new TckRun(
                provider(name),
                scale,
                Duration.ofMillis((long) (seconds * 1_000)),
                Tier.of(settings.apply(TIERS).orElse("T0,T1")),
                Path.of(settings.apply(REPORTS).orElse("target/mq-tck")));
    }

    private static MqTckProvider provider(String name) {
        try {
            return Class.forName(name, true, Thread.currentThread().getContextClassLoader())
                    .asSubclass(MqTckProvider.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("provider " + name + " failed", e.getCause());
        } catch (ReflectiveOperationException | ClassCastException e) {
            throw new IllegalStateException(
                    "provider " + name + " must be a public " + MqTckProvider.class.getName()
                            + " with a constructor without arguments",
                    e);
        }
    }

    /** Four characters that make the names of this run its own. */
    String id() {
        return id;
    }

    double timeScale() {
        return timeScale;
    }

    /** How long something may take that must happen. */
    Duration longestWait() {
        return Duration.ofMillis((long) (patience.toMillis() * timeScale));
    }

    /** By how much a slow machine may stretch what should be immediate. */
    long slowness() {
        return Math.max(1, Math.round(timeScale));
    }

    /** The broker for one case. */
    TckBroker openBroker() {
        ensureUp();
        return provider.broker();
    }

    boolean asksFor(Tier tier) {
        return tiers.contains(tier);
    }

    /** The broker for one case that breaks it, if the provider has one. */
    Optional<BrokerControl> openControl() {
        ensureUp();
        return provider.control();
    }

    /** What the product says that the broker can do; asked once. */
    Explanation explanation() {
        ensureUp();
        starting.lock();
        try {
            Explanation known = explanation;
            if (known == null) {
                try (TckBroker broker = provider.broker();
                        MqClient client = MqClient.connect(broker.uri())) {
                    known = client.explain();
                }
                explanation = known;
            }
            return known;
        } finally {
            starting.unlock();
        }
    }

    private void ensureUp() {
        starting.lock();
        try {
            if (broken != null) {
                throw new IllegalStateException("provider " + provider.name() + " did not start", broken);
            }
            if (!up) {
                try {
                    provider.start();
                } catch (RuntimeException e) {
                    broken = e;
                    throw e;
                }
                up = true;
            }
        } finally {
            starting.unlock();
        }
    }

    /** Writes down how a case ended. */
    void ended(TckCase tckCase, String group, CaseResult.Status status, String why, long millis, int evidence) {
        List<String> proves = Arrays.stream(tckCase.proves()).map(Enum::name).toList();
        results.put(
                tckCase.id(),
                new CaseResult(tckCase.id(), tckCase.value(), group, proves, status, why, millis, evidence));
    }

    /** Stops the provider and writes the report. */
    @Override
    public void close() {
        try {
            if (up) {
                provider.stop();
            }
        } finally {
            RunReport.of(provider, started, System.nanoTime() - startNanos, timeScale, explanation, results.values())
                    .write(reports);
        }
    }
}

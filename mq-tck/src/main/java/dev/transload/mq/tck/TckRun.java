package dev.transload.mq.tck;

import dev.transload.mq.Explanation;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.spi.TransportProvider;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One run of the kit against one broker, from the provider's start to the written report. Thread-safe. */
final class TckRun implements AutoCloseable {

    private final TckSettings settings;
    private final @Nullable MqTckProvider provider;
    private final String id =
            Integer.toString(ThreadLocalRandom.current().nextInt(36 * 36 * 36, 36 * 36 * 36 * 36), 36);
    private final Instant started = Instant.now();
    private final long startNanos = System.nanoTime();
    private final Map<String, CaseResult> results = new ConcurrentSkipListMap<>();
    private final Lock starting = new ReentrantLock();
    private final Runnable unwatch = OtherThreads.watch();
    private boolean up;
    private @Nullable RuntimeException broken;
    private @Nullable Explanation explanation;

    private TckRun(TckSettings settings, @Nullable MqTckProvider provider, @Nullable RuntimeException broken) {
        this.settings = settings;
        this.provider = provider;
        this.broken = broken;
    }

    /**
     * Reads the settings and makes the provider; the broker is started with the first case. A provider that cannot be
     * made fails every case, and so does one that does not start.
     */
    static TckRun start(Function<String, Optional<String>> lookUp) {
        TckSettings settings = TckSettings.read(lookUp);
        try {
            MqTckProvider provider = settings.provider().equals(UriProvider.class.getName())
                    ? new UriProvider(
                            lookUp.apply(TckSettings.URI).orElseThrow(),
                            BrokerKind.valueOf(lookUp.apply(TckSettings.KIND).orElseThrow()))
                    : provider(settings.provider());
            return new TckRun(settings, provider, null);
        } catch (RuntimeException e) {
            return new TckRun(settings, null, e);
        }
    }

    private static MqTckProvider provider(String name) {
        try {
            return Class.forName(name, true, Thread.currentThread().getContextClassLoader())
                    .asSubclass(MqTckProvider.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof NoBrokerException none
                    ? none
                    : new IllegalStateException("provider " + name + " failed", e.getCause());
        } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
            throw new IllegalStateException(
                    "provider " + name + " must be a public " + MqTckProvider.class.getName()
                            + " with a constructor without arguments",
                    e);
        }
    }

    TckSettings settings() {
        return settings;
    }

    /** Four characters that make the names of this run its own. */
    String id() {
        return id;
    }

    double timeScale() {
        return settings.timeScale();
    }

    /** How long something may take that must happen. */
    Duration longestWait() {
        return Duration.ofMillis((long) (settings.patience().toMillis() * settings.timeScale()));
    }

    /** By how much a slow machine may stretch what should be immediate. */
    long slowness() {
        return Math.max(1, Math.round(settings.timeScale()));
    }

    boolean asksFor(Tier tier) {
        return settings.tiers().contains(tier);
    }

    /** The broker for one case. */
    TckBroker openBroker() {
        return upAndRunning().broker();
    }

    /** Who has the broker. */
    MqTckProvider provider() {
        return upAndRunning();
    }

    /** The broker for one case that breaks it, if the provider has one. */
    Optional<BrokerControl> openControl() {
        return upAndRunning().control();
    }

    /** What the run is made against, as the provider says; real unless it could be asked. */
    BrokerKind kind() {
        return provider == null ? BrokerKind.REAL : provider.kind();
    }

    /** What the product says that the broker can do; asked once. */
    Explanation explanation() {
        MqTckProvider running = upAndRunning();
        starting.lock();
        try {
            Explanation known = explanation;
            if (known == null) {
                try (TckBroker broker = running.broker();
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

    private MqTckProvider upAndRunning() {
        starting.lock();
        try {
            MqTckProvider named = provider;
            if (broken == null && named != null && !up) {
                try {
                    named.start();
                    up = true;
                } catch (RuntimeException e) {
                    broken = e;
                }
            }
            if (broken instanceof NoBrokerException) {
                throw new NoBrokerException(String.valueOf(broken.getMessage()), broken);
            }
            if (broken != null || named == null) {
                throw new IllegalStateException("provider " + settings.provider() + " did not start", broken);
            }
            return named;
        } finally {
            starting.unlock();
        }
    }

    /** Writes down how a case ended. */
    void ended(TckCase tckCase, String group, CaseResult.Status status, String why, long millis, int evidence) {
        List<String> proves = Arrays.stream(tckCase.proves()).map(Enum::name).toList();
        results.put(
                tckCase.id(),
                new CaseResult(
                        tckCase.id(),
                        tckCase.value(),
                        group,
                        tckCase.tier().name(),
                        proves,
                        status,
                        why,
                        millis,
                        evidence));
    }

    /** Keeps the history of a case that did not pass, to be judged again. Returns where, or empty text. */
    String store(String caseId, History history) {
        if (history.log().events().isEmpty()) {
            return "";
        }
        String name = provider == null ? "none" : provider.name();
        Path file = settings.reports().resolve("histories").resolve(name).resolve(caseId + ".jsonl");
        try {
            history.file(caseId, settings.seed()).write(file);
            return file.toString();
        } catch (UncheckedIOException e) {
            return "not stored: " + e.getMessage();
        }
    }

    /** Stops the provider and writes the certificate. */
    @Override
    public void close() {
        try {
            if (up && provider != null) {
                provider.stop();
            }
        } finally {
            unwatch.run();
            certificate().write(settings.reports());
        }
    }

    private Certificate certificate() {
        Explanation known = explanation == null
                ? new Explanation("", "not reached", "", List.of(), List.of(), List.of())
                : explanation;
        Catalogue catalogue = Catalogue.load();
        List<CaseResult> rows = Certificate.rows(catalogue, results.values());
        return new Certificate(
                        version(),
                        Digests.sha256(catalogue.text()),
                        name(),
                        known.transport(),
                        code(known.transport()),
                        new Certificate.Broker(known.broker(), image(), kind(), known.durability(), known.warnings()),
                        new Certificate.Run(
                                started.toString(),
                                (System.nanoTime() - startNanos) / 1_000_000,
                                Runtime.version().toString(),
                                System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                                        + Runtime.getRuntime().availableProcessors() + " processors",
                                settings.timeScale(),
                                settings.seed(),
                                settings.tiers().stream().map(Tier::name).toList(),
                                settings.certificate()),
                        Level.of(kind(), rows),
                        known.features(),
                        known.limits(),
                        rows,
                        "")
                .sealed();
    }

    static String version() {
        String version = TckRun.class.getPackage().getImplementationVersion();
        return version == null ? "unreleased" : version;
    }

    private static String code(String scheme) {
        for (TransportProvider each : ServiceLoader.load(TransportProvider.class)) {
            if (each.schemes().contains(scheme)) {
                return Digests.ofCode(each.getClass());
            }
        }
        return "";
    }

    private String image() {
        return broken == null && provider != null ? provider.image() : "";
    }

    // A provider that is broken may not even know its name.
    private String name() {
        String known = settings.provider().substring(settings.provider().lastIndexOf('.') + 1);
        try {
            return provider == null ? known : provider.name();
        } catch (RuntimeException e) {
            return known;
        }
    }
}

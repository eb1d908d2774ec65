package dev.transload.mq.proof;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.transload.mq.tck.KitCases;
import dev.transload.mq.tck.KitCases.KitCase;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs cases of the kit against a mutant, in this JVM. One run at a time: classes are changed for all. */
final class KitRunner {

    private static final JsonMapper JSON = new JsonMapper();

    private final double patienceSeconds;
    private final Path reports;

    /**
     * @param patienceSeconds how long a case waits for what must happen, unless the mutant says more
     * @param folder where reports go, one for each JVM
     */
    KitRunner(double patienceSeconds, String folder) {
        this.patienceSeconds = patienceSeconds;
        this.reports = Path.of("target", "tck-proof", folder);
    }

    /** Runs the cases and says how each ended. */
    Map<String, Verdict> run(Mutant mutant, Collection<String> caseIds) {
        return run(mutant, caseIds, ThreadLocalRandom.current().nextInt(1_000_000));
    }

    /** Runs the cases with that seed and says how each ended. */
    Map<String, Verdict> run(Mutant mutant, Collection<String> caseIds, int seed) {
        Map<Stage, List<KitCase>> byStage = new EnumMap<>(Stage.class);
        for (String id : caseIds) {
            KitCase kitCase = Optional.ofNullable(KitCases.byId().get(id))
                    .orElseThrow(() -> new IllegalArgumentException("there is no case " + id));
            byStage.computeIfAbsent(Stage.of(kitCase), stage -> new ArrayList<>())
                    .add(kitCase);
        }
        Map<String, Verdict> verdicts = new TreeMap<>();
        try (Redefined changed = Redefined.with(mutant.changes())) {
            byStage.forEach((stage, cases) -> verdicts.putAll(run(mutant, cases, seed, stage)));
        }
        return verdicts;
    }

    private Map<String, Verdict> run(Mutant mutant, List<KitCase> cases, int seed, Stage stage) {
        List<DiscoverySelector> selectors = new ArrayList<>();
        for (KitCase kitCase : cases) {
            Method method = kitCase.method();
            selectors.add(selectMethod(method.getDeclaringClass(), method));
        }
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectors)
                .filters(EngineFilter.includeEngines("junit-jupiter"))
                .enableImplicitConfigurationParameters(false)
                .configurationParameter("mqtck.provider", ProofProvider.class.getName())
                .configurationParameter("mqtck.tiers", "T0,T1,T2")
                .configurationParameter(
                        "mqtck.patience", Double.toString(Math.max(patienceSeconds, mutant.patienceSeconds())))
                .configurationParameter("mqtck.seed", Integer.toString(seed))
                .configurationParameter("mqtck.reports", reports.toString())
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "6")
                .configurationParameter(
                        "junit.jupiter.execution.parallel.config.executor-service", "WORKER_THREAD_POOL")
                .configurationParameter("junit.jupiter.execution.timeout.default", "1 m")
                .build();
        Ends ends = new Ends();
        ProofProvider.show(mutant, stage);
        LauncherFactory.create().execute(request, ends);
        return verdicts(ends);
    }

    private Map<String, Verdict> verdicts(Ends ends) {
        JsonNode report =
                JSON.readTree(reports.resolve(ProofProvider.NAME + ".json").toFile());
        Map<String, String> statuses = new TreeMap<>();
        report.get("cases")
                .forEach(row ->
                        statuses.put(row.get("id").asString(), row.get("status").asString()));
        Map<String, Verdict> verdicts = new TreeMap<>();
        KitCases.byId().values().forEach(kitCase -> {
            Ended ended = ends.byMethod.get(kitCase.method());
            if (ended != null) {
                verdicts.put(kitCase.id(), verdict(kitCase.id(), ended, statuses.getOrDefault(kitCase.id(), "")));
            }
        });
        return verdicts;
    }

    private static Verdict verdict(String id, Ended ended, String status) {
        Throwable failure = ended.failure();
        if (failure != null) {
            return new Verdict(id, Verdict.of(failure), String.valueOf(failure), ended.millis());
        }
        Verdict.End end = status.startsWith("PASS") ? Verdict.End.SURVIVED : Verdict.End.NOT_RUN;
        return new Verdict(id, end, status, ended.millis());
    }

    private record Ended(Throwable failure, long millis) {}

    /** How each test method ended. */
    private static final class Ends implements TestExecutionListener {
        private final Map<Method, Ended> byMethod = new ConcurrentHashMap<>();
        private final Map<String, Long> begun = new ConcurrentHashMap<>();

        @Override
        public void executionStarted(TestIdentifier test) {
            begun.put(test.getUniqueId(), System.nanoTime());
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            test.getSource().ifPresent(source -> {
                if (source instanceof MethodSource method) {
                    long millis = (System.nanoTime() - begun.getOrDefault(test.getUniqueId(), 0L)) / 1_000_000;
                    Throwable failure = result.getStatus() == TestExecutionResult.Status.FAILED
                            ? result.getThrowable().orElseGet(() -> new AssertionError("failed"))
                            : null;
                    byMethod.put(method.getJavaMethod(), new Ended(failure, millis));
                }
            });
        }
    }
}

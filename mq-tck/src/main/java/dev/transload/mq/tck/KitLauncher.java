package dev.transload.mq.tck;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.suite.api.ConfigurationParameter;
import org.junit.platform.suite.api.ConfigurationParameters;

/** Runs cases through the JUnit platform and tells what happens. Used once. */
final class KitLauncher implements TestExecutionListener {

    private final Map<String, String> settings;
    private final PrintStream out;
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    KitLauncher(Map<String, String> settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    boolean run(List<Class<?>> groups, List<Method> methods, TckSettings checked) {
        List<DiscoverySelector> selectors = new ArrayList<>();
        if (methods.isEmpty()) {
            groups.forEach(group -> selectors.add(selectClass(group)));
        } else {
            methods.forEach(method -> selectors.add(selectMethod(method.getDeclaringClass(), method)));
        }
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectors)
                .filters(EngineFilter.includeEngines("junit-jupiter"));
        for (ConfigurationParameter each :
                RunMqTck.class.getAnnotation(ConfigurationParameters.class).value()) {
            request.configurationParameter(each.key(), each.value());
        }
        settings.forEach(request::configurationParameter);
        long before = System.currentTimeMillis();
        LauncherFactory.create().execute(request.build(), this);
        if (ended.get() == 0) {
            out.println("no case ran");
            return false;
        }
        newest(checked.reports(), before).ifPresent(this::tell);
        return failed.get() == 0;
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest()) {
            ended.incrementAndGet();
        }
        if (result.getStatus() == TestExecutionResult.Status.FAILED) {
            failed.incrementAndGet();
            String why = result.getThrowable().map(Throwable::getMessage).orElse("");
            out.println("✘ " + test.getDisplayName() + "\n" + ("" + why).indent(4));
        }
    }

    private void tell(Path json) {
        Certificate certificate = Certificate.read(json);
        out.println(certificate.provider() + ": " + CertificatePage.summary(certificate));
        out.println("level " + certificate.level().name()
                + (certificate.level().note().isEmpty()
                        ? ""
                        : ", " + certificate.level().note()));
        out.println("seed " + certificate.run().seed() + ", certificate " + json);
    }

    // The name is the provider's, which may not be known here.
    private static Optional<Path> newest(Path folder, long sinceMillis) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .filter(file -> file.toFile().lastModified() >= sinceMillis - 1_000)
                    .max(Comparator.comparingLong(file -> file.toFile().lastModified()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look into " + folder, e);
        }
    }
}

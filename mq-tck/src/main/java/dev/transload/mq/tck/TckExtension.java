package dev.transload.mq.tck;

import dev.transload.mq.Explanation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;

/** Hands each case its {@link Tck}, turns refused features into probes, and writes down how the case ended. */
final class TckExtension implements ExecutionCondition, ParameterResolver, InvocationInterceptor {

    private static final ExtensionContext.Namespace KIT = ExtensionContext.Namespace.create(TckExtension.class);

    /** Leaves out cases of tiers that were not asked for, and writes them down as not run. */
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        TckCase tckCase = context.getTestMethod()
                .map(method -> method.getAnnotation(TckCase.class))
                .orElse(null);
        if (tckCase == null) {
            return ConditionEvaluationResult.enabled("not a case");
        }
        TckRun run = run(context);
        if (run.asksFor(tckCase.tier())) {
            return ConditionEvaluationResult.enabled("tier " + tckCase.tier() + " asked for");
        }
        String why = "tier " + tckCase.tier() + " not asked for";
        run.ended(tckCase, group(context), CaseResult.Status.NOT_RUN, why, 0, 0);
        return ConditionEvaluationResult.disabled(why);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Tck.class;
    }

    @Override
    public Tck resolveParameter(ParameterContext parameter, ExtensionContext context) {
        String id = tckCase(context).id();
        return context.getStore(KIT).computeIfAbsent(Tck.class, key -> new Tck(run(context), id), Tck.class);
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        TckCase tckCase = tckCase(context);
        TckRun run = run(context);
        String group = group(context);
        Tck tck = (Tck) method.getArguments().get(0);
        long start = System.nanoTime();
        CaseResult.Status passed = CaseResult.Status.PASS;
        try {
            List<Feature> refused = refused(run.explanation(), tckCase);
            if (tckCase.realTime() && tck.broker().time().isPresent()) {
                invocation.skip();
                passed = CaseResult.Status.UNTESTABLE;
            } else if (refused.isEmpty()) {
                openFor(tckCase, tck, run);
                invocation.proceed();
                requireEvidence(tck);
            } else {
                invocation.skip();
                refused.forEach(feature -> Refusals.verify(tck, feature));
                requireEvidence(tck);
                passed = CaseResult.Status.REFUSED;
            }
            tck.close();
            run.ended(tckCase, group, passed, "", millisSince(start), tck.evidenceCount());
        } catch (TestAbortedException notRun) {
            invocation.skip();
            run.ended(tckCase, group, CaseResult.Status.NOT_RUN, reason(notRun), millisSince(start), 0);
            tck.close();
            throw notRun;
        } catch (Throwable failure) {
            run.ended(
                    tckCase,
                    group,
                    failure instanceof Inconclusive ? CaseResult.Status.INCONCLUSIVE : CaseResult.Status.FAIL,
                    String.valueOf(failure),
                    millisSince(start),
                    tck.evidenceCount());
            failure.addSuppressed(new WhatHappened(tck.history().lines()));
            closeAfter(failure, tck);
            throw failure;
        }
    }

    private static void openFor(TckCase tckCase, Tck tck, TckRun run) {
        Set<Fault> faults = Set.of(tckCase.faults());
        if (faults.isEmpty()) {
            return;
        }
        BrokerControl control = run.openControl()
                .orElseThrow(() -> new TestAbortedException("the provider has no broker that may be broken"));
        Set<Fault> missing = new TreeSet<>(faults);
        missing.removeAll(control.supported());
        if (!missing.isEmpty()) {
            control.close();
            throw new TestAbortedException("the provider's control cannot do " + missing);
        }
        tck.breaks(control);
    }

    private static String reason(Throwable thrown) {
        return String.valueOf(thrown.getMessage());
    }

    private static String group(ExtensionContext context) {
        return context.getRequiredTestClass().getAnnotation(TckGroup.class).value();
    }

    private static void requireEvidence(Tck tck) {
        if (tck.evidenceCount() == 0) {
            throw new AssertionError("the case showed nothing: no delivery and no refusal");
        }
    }

    private static void closeAfter(Throwable failure, Tck tck) {
        try {
            tck.close();
        } catch (RuntimeException | AssertionError more) {
            failure.addSuppressed(more);
        }
    }

    private static List<Feature> refused(Explanation explanation, TckCase tckCase) {
        return Arrays.stream(tckCase.proves())
                .filter(feature -> explanation.features().stream()
                        .anyMatch(row ->
                                row.name().equals(feature.explained()) && row.support() == Explanation.Support.REFUSED))
                .toList();
    }

    private static long millisSince(long start) {
        return (System.nanoTime() - start) / 1_000_000;
    }

    private static TckCase tckCase(ExtensionContext context) {
        return context.getRequiredTestMethod().getAnnotation(TckCase.class);
    }

    private static TckRun run(ExtensionContext context) {
        ExtensionContext root = context.getRoot();
        return root.getStore(KIT)
                .computeIfAbsent(
                        TckRun.class,
                        key -> TckRun.start(name -> context.getConfigurationParameter(name)),
                        TckRun.class);
    }

    /** Carries the last events of a case that failed. */
    private static final class WhatHappened extends RuntimeException {
        private static final long serialVersionUID = 1L;

        WhatHappened(List<String> lines) {
            super("what happened last:\n" + String.join("\n", lines), null, false, false);
        }
    }
}

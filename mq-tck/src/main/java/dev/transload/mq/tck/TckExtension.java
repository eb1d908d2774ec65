package dev.transload.mq.tck;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
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

    /** What happens to clients the kit does by itself. */
    private static final Set<Fault> CLIENT_FAULTS = Set.of(Fault.CLIENT_KILL, Fault.CLIENT_STOP);

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
        boolean untestable = Verdicts.untestable(tckCase, run.kind(), false).isPresent();
        if (untestable || run.asksFor(tckCase.tier())) {
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
        Tck tck = (Tck) method.getArguments().get(0);
        long start = System.nanoTime();
        CaseResult.Status status;
        String why = "";
        OtherThreads.begin(tck);
        try {
            Optional<String> untestable = untestable(tckCase, run, tck);
            List<Feature> refused = untestable.isPresent() ? List.of() : Verdicts.refused(run.explanation(), tckCase);
            if (untestable.isPresent()) {
                invocation.skip();
                status = CaseResult.Status.UNTESTABLE;
                why = untestable.get();
            } else if (refused.isEmpty()) {
                openFor(tckCase, tck, run);
                invocation.proceed();
                requireEvidence(tck);
                status = Verdicts.held(run.explanation(), tckCase);
                why = leftOut(tck);
            } else {
                invocation.skip();
                verifyRefusal(tck, refused);
                status = CaseResult.Status.REFUSED;
                why = refused.get(0).explained() + " is refused";
            }
            tck.close();
            tck.requireQuiet();
        } catch (Throwable thrown) {
            status = Verdicts.thrown(thrown);
            why = String.valueOf(status == CaseResult.Status.FAIL ? thrown : thrown.getMessage());
            run.ended(tckCase, group(context), status, why, millisSince(start), tck.evidenceCount());
            closeAfter(thrown, tck);
            String stored = status == CaseResult.Status.NOT_RUN ? "" : run.store(tckCase.id(), tck.history());
            boolean showsNothing = status == CaseResult.Status.NOT_RUN || status == CaseResult.Status.INCONCLUSIVE;
            if (showsNothing && !run.settings().certificate()) {
                throw new TestAbortedException(status + ": " + why, thrown);
            }
            throw new CaseFailed(
                    tckCase,
                    status,
                    thrown,
                    tck.history().lines(),
                    stored,
                    run.settings().seed());
        } finally {
            OtherThreads.end();
        }
        run.ended(tckCase, group(context), status, why, millisSince(start), tck.evidenceCount());
    }

    // A provider that is broken has no broker whose time could be asked for.
    private static Optional<String> untestable(TckCase tckCase, TckRun run, Tck tck) {
        boolean virtualTime = tckCase.realTime() && tck.broker().time().isPresent();
        return Verdicts.untestable(tckCase, run.kind(), virtualTime).or(() -> Verdicts.onlyReal(tckCase, run));
    }

    private static void verifyRefusal(Tck tck, List<Feature> refused) {
        try {
            refused.forEach(feature -> Refusals.verify(tck, feature));
            requireEvidence(tck);
        } catch (RuntimeException | AssertionError e) {
            throw new Lying(
                    e.getMessage() + " (explain() refuses " + refused.get(0).explained() + ")", e);
        }
    }

    private static void openFor(TckCase tckCase, Tck tck, TckRun run) {
        for (Need need : tckCase.needs()) {
            need.missing(run.provider()).ifPresent(why -> {
                throw new TestAbortedException(why);
            });
        }
        Set<Fault> faults = Set.of(tckCase.faults());
        if (faults.isEmpty()) {
            return;
        }
        BrokerControl control = run.openControl()
                .orElseThrow(() -> new TestAbortedException("the provider has no broker that may be broken"));
        if (run.kind() != BrokerKind.EMULATOR && !control.keepsOrder()) {
            control.close();
            throw new AssertionError("keepsOrder() of the provider's control is false, and its kind is " + run.kind()
                    + ": only an emulator may forget the order of messages");
        }
        Set<Fault> missing = new TreeSet<>(faults);
        missing.removeAll(control.supported());
        missing.removeAll(CLIENT_FAULTS);
        if (!missing.isEmpty()) {
            control.close();
            throw new TestAbortedException("the provider's control cannot do " + missing);
        }
        tck.breaks(control);
    }

    private static String leftOut(Tck tck) {
        int stragglers = tck.history().stragglers();
        return stragglers == 0 ? "" : "left out: " + stragglers + " deliveries of other cases or runs";
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
}

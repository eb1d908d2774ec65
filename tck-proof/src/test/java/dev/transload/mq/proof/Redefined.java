package dev.transload.mq.proof;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.loading.ClassReloadingStrategy;
import net.bytebuddy.dynamic.scaffold.InstrumentedType;
import net.bytebuddy.dynamic.scaffold.MethodGraph;
import net.bytebuddy.dynamic.scaffold.TypeValidation;
import net.bytebuddy.implementation.Implementation;

/** Classes of the product with changes in them, until closed. Only one set of changes may be in place at a time. */
final class Redefined implements AutoCloseable {

    private static final ByteBuddy BYTE_BUDDY = new ByteBuddy()
            .with(TypeValidation.DISABLED)
            .ignore(net.bytebuddy.matcher.ElementMatchers.none())
            .with(MethodGraph.Compiler.ForDeclaredMethods.INSTANCE)
            .with(InstrumentedType.Factory.Default.FROZEN)
            .with(Implementation.Context.Disabled.Factory.INSTANCE);

    private final ClassReloadingStrategy strategy;
    private final List<Class<?>> changed = new ArrayList<>();

    private Redefined(ClassReloadingStrategy strategy) {
        this.strategy = strategy;
    }

    /**
     * Puts the changes in place.
     *
     * @throws IllegalStateException if one of them finds nothing to change
     */
    static Redefined with(List<Change> changes) {
        ByteBuddyAgent.install();
        Redefined redefined = new Redefined(ClassReloadingStrategy.fromInstalledAgent());
        Map<String, List<Change>> byType = new LinkedHashMap<>();
        changes.forEach(change ->
                byType.computeIfAbsent(change.type(), type -> new ArrayList<>()).add(change));
        try {
            byType.forEach(redefined::change);
        } catch (RuntimeException | Error e) {
            redefined.close();
            throw e;
        }
        return redefined;
    }

    private void change(String name, List<Change> changes) {
        Class<?> type;
        try {
            type = Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("there is no class " + name + " to change", e);
        }
        DynamicType.Builder<?> builder = BYTE_BUDDY.redefine(type);
        Map<Change, Change.Noted> noted = new LinkedHashMap<>();
        for (Change change : changes) {
            Change.Noted note = new Change.Noted();
            noted.put(change, note);
            builder = builder.visit(change.visitor(note));
        }
        DynamicType.Unloaded<?> made = builder.make();
        noted.forEach((change, note) -> {
            if (!note.getAsBoolean()) {
                throw new IllegalStateException("nothing to change: " + change);
            }
        });
        made.load(type.getClassLoader(), strategy);
        changed.add(type);
    }

    @Override
    public void close() {
        if (!changed.isEmpty()) {
            try {
                strategy.reset(changed.toArray(Class<?>[]::new));
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException("classes stay changed: " + changed, e);
            }
        }
    }
}

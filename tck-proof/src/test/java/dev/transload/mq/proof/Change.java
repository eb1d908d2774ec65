package dev.transload.mq.proof;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.nameStartsWith;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.function.BooleanSupplier;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.asm.MemberSubstitution;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import net.bytebuddy.matcher.ElementMatcher;

/**
 * One method of the product that does something else for a while. Changes nothing about the shape of its class, so that
 * classes can be changed while they are in use.
 */
public final class Change {

    private static final String OURS = "dev.transload.mq.";

    private final String type;
    private final String text;
    private final Recipe recipe;

    private Change(String type, String text, Recipe recipe) {
        this.type = OURS + type;
        this.text = text;
        this.recipe = recipe;
    }

    /** How a change is made, and how to know afterwards that there was something to change. */
    private interface Recipe {
        AsmVisitorWrapper visitor(Noted noted);
    }

    /** The method returns at once, with nothing, null, 0 or false. */
    public static Change skip(String type, String method) {
        return new Change(
                type,
                type + "." + method + " does nothing",
                noted -> Advice.to(Skip.class).on(noted.by(method(method))));
    }

    /** The method returns that value at once; a string, a boxed primitive or null. */
    public static Change returns(String type, String method, Object value) {
        return new Change(
                type,
                type + "." + method + " returns " + value,
                noted -> Advice.withCustomMapping()
                        .bind(Constant.class, value)
                        .to(ReturnConstant.class)
                        .on(noted.by(named(method))));
    }

    /** Inside the method, lambdas included, calls of a method of that name are left out. */
    public static Change omit(String type, String method, String called) {
        return new Change(
                type,
                type + "." + method + " does not call " + called,
                noted -> MemberSubstitution.relaxed()
                        .method(noted.by(named(called)))
                        .stub()
                        .on(named(method).or(nameStartsWith("lambda$" + method + "$"))));
    }

    /** The method runs with the advice of that class around it; {@code close/1} is the one with one parameter. */
    public static Change advise(String type, String method, Class<?> advice) {
        ElementMatcher.Junction<MethodDescription> which = method.equals("<init>") ? isConstructor() : method(method);
        return new Change(
                type,
                type + "." + method + " with " + advice.getSimpleName(),
                noted -> Advice.to(advice).on(noted.by(which)));
    }

    // A name, or a name and a number of parameters: close/1.
    private static ElementMatcher.Junction<MethodDescription> method(String method) {
        int slash = method.indexOf('/');
        return slash < 0
                ? named(method)
                : named(method.substring(0, slash)).and(takesArguments(Integer.parseInt(method.substring(slash + 1))));
    }

    String type() {
        return type;
    }

    /** Makes the visitor; afterwards the supplier says whether it met what it was to change. */
    AsmVisitorWrapper visitor(Noted noted) {
        return recipe.visitor(noted);
    }

    @Override
    public String toString() {
        return text;
    }

    /** Remembers whether a matcher ever matched, since a change that meets nothing is no mutant. */
    static final class Noted implements BooleanSupplier {
        private volatile boolean matched;

        <T> ElementMatcher.Junction<T> by(ElementMatcher<T> matcher) {
            return new ElementMatcher.Junction.AbstractBase<>() {
                @Override
                public boolean matches(T target) {
                    boolean matches = matcher.matches(target);
                    matched |= matches;
                    return matches;
                }
            };
        }

        @Override
        public boolean getAsBoolean() {
            return matched;
        }
    }

    /** Binds the value that a method returns. */
    @Retention(RetentionPolicy.RUNTIME)
    @interface Constant {}

    /** Leaves the method out. */
    private static final class Skip {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter() {
            return true;
        }
    }

    /** Leaves the method out and returns something. */
    private static final class ReturnConstant {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter() {
            return true;
        }

        @Advice.OnMethodExit
        @SuppressWarnings("UnusedVariable")
        static void exit(
                @Advice.Return(readOnly = false, typing = Assigner.Typing.DYNAMIC) Object returned,
                @Constant Object value) {
            returned = value;
        }
    }
}

package dev.transload.mq.architecture;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericDeclaration;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes down what others can see of a class, in an order and a form that no compiler or JVM changes. */
final class ApiText {
    private static final int SHOWN = Modifier.PUBLIC | Modifier.PROTECTED;
    private static final int MODIFIERS = SHOWN | Modifier.ABSTRACT | Modifier.STATIC | Modifier.FINAL;
    private static final Pattern FAMILIAR = Pattern.compile(
            "\\b(java\\.(lang|time|util(\\.concurrent|\\.function)?)|dev\\.transload\\.mq(\\.[a-z]+)?)\\.(?=[A-Z])");
    private static final Set<String> IN_EVERY_ENUM = Set.of("values", "valueOf");
    private static final Set<String> IN_EVERY_RECORD = Set.of("equals", "hashCode", "toString");

    private ApiText() {}

    /** Returns the declaration of {@code type} and, indented and sorted, of its visible members. */
    static String of(Class<?> type) {
        return declaration(type) + "\n"
                + members(type).sorted().map(member -> "    " + member + "\n").collect(Collectors.joining());
    }

    private static String declaration(Class<?> type) {
        List<String> words = new ArrayList<>();
        int hidden = type.isInterface() || type.isEnum() || type.isRecord()
                ? Modifier.ABSTRACT | Modifier.STATIC | Modifier.FINAL
                : 0;
        words.add(Modifier.toString(type.getModifiers() & MODIFIERS & ~hidden));
        if (type.isSealed() && !type.isEnum()) {
            words.add("sealed");
        }
        words.add(kind(type));
        words.add(type.getName().replace('$', '.') + variables(type));
        if (kind(type).equals("class") && type.getSuperclass() != Object.class) {
            words.add("extends " + name(type.getGenericSuperclass()));
        }
        if (type.getInterfaces().length > 0) {
            words.add((type.isInterface() ? "extends " : "implements ") + names(type.getGenericInterfaces()));
        }
        if (type.isAnnotationPresent(Deprecated.class)) {
            words.add(0, "@Deprecated");
        }
        return String.join(" ", words);
    }

    private static String kind(Class<?> type) {
        if (type.isAnnotation()) {
            return "@interface";
        }
        if (type.isInterface()) {
            return "interface";
        }
        if (type.isRecord()) {
            return "record";
        }
        return type.isEnum() ? "enum" : "class";
    }

    private static Stream<String> members(Class<?> type) {
        // What nobody outside can subclass has no protected members to speak of.
        boolean closed = Modifier.isFinal(type.getModifiers()) || type.isSealed() || type.isEnum();
        int shown = closed ? Modifier.PUBLIC : SHOWN;
        return Stream.of(
                        Arrays.stream(type.getDeclaredFields())
                                .filter(field -> isShown(field, shown))
                                .map(ApiText::field),
                        Arrays.stream(type.getDeclaredConstructors())
                                .filter(constructor -> isShown(constructor, shown))
                                .map(ApiText::constructor),
                        Arrays.stream(type.getDeclaredMethods())
                                .filter(method -> isShown(method, shown))
                                .map(ApiText::method))
                .flatMap(lines -> lines);
    }

    private static boolean isShown(Member member, int shown) {
        return (member.getModifiers() & shown) != 0 && !member.isSynthetic() && !isImplied(member);
    }

    /** What the language adds to every enum and record. */
    private static boolean isImplied(Member member) {
        Class<?> type = member.getDeclaringClass();
        return (type.isEnum() && IN_EVERY_ENUM.contains(member.getName()))
                || (type.isRecord() && IN_EVERY_RECORD.contains(member.getName()));
    }

    private static String field(Field field) {
        if (field.isEnumConstant()) {
            return field.getName();
        }
        return lead(field, field.getModifiers() & MODIFIERS)
                + nullable(field.getAnnotatedType())
                + name(field.getGenericType())
                + " "
                + field.getName();
    }

    private static String constructor(Constructor<?> constructor) {
        return lead(constructor, constructor.getModifiers() & MODIFIERS)
                + "new"
                + parameters(constructor)
                + thrown(constructor);
    }

    private static String method(Method method) {
        int modifiers = method.getModifiers() & MODIFIERS;
        if (method.getDeclaringClass().isInterface()) {
            modifiers &= ~(Modifier.PUBLIC | Modifier.ABSTRACT);
        }
        return lead(method, modifiers)
                + (method.isDefault() ? "default " : "")
                + (variables(method).isEmpty() ? "" : variables(method) + " ")
                + nullable(method.getAnnotatedReturnType())
                + name(method.getGenericReturnType())
                + " "
                + method.getName()
                + parameters(method)
                + thrown(method);
    }

    private static String lead(AnnotatedElement element, int modifiers) {
        String words = Modifier.toString(modifiers);
        return (element.isAnnotationPresent(Deprecated.class) ? "@Deprecated " : "")
                + (words.isEmpty() ? "" : words + " ");
    }

    private static String parameters(Executable executable) {
        List<String> texts = new ArrayList<>();
        for (Parameter parameter : executable.getParameters()) {
            String type = name(parameter.getParameterizedType());
            String written = parameter.isVarArgs() ? type.substring(0, type.length() - 2) + "..." : type;
            texts.add(nullable(parameter.getAnnotatedType()) + written);
        }
        return "(" + String.join(", ", texts) + ")";
    }

    private static String thrown(Executable executable) {
        return executable.getExceptionTypes().length == 0
                ? ""
                : " throws " + names(executable.getGenericExceptionTypes());
    }

    private static String nullable(AnnotatedElement type) {
        return type.isAnnotationPresent(Nullable.class) ? "@Nullable " : "";
    }

    private static String variables(GenericDeclaration declaration) {
        if (declaration.getTypeParameters().length == 0) {
            return "";
        }
        return Arrays.stream(declaration.getTypeParameters())
                .map(ApiText::variable)
                .collect(Collectors.joining(", ", "<", ">"));
    }

    private static String variable(TypeVariable<?> variable) {
        List<Type> bounds = Arrays.stream(variable.getBounds())
                .filter(bound -> bound != Object.class)
                .toList();
        return bounds.isEmpty()
                ? variable.getName()
                : variable.getName() + " extends "
                        + bounds.stream().map(ApiText::name).collect(Collectors.joining(" & "));
    }

    private static String names(Type[] types) {
        return Arrays.stream(types).map(ApiText::name).collect(Collectors.joining(", "));
    }

    /** The type's name without the packages that every reader knows. */
    private static String name(Type type) {
        return FAMILIAR.matcher(type.getTypeName()).replaceAll("").replace('$', '.');
    }
}

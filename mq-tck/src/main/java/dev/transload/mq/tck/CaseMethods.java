package dev.transload.mq.tck;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.platform.suite.api.SelectClasses;

/** The cases of the kit, as the classes that {@link RunMqTck} selects have them. */
final class CaseMethods {

    private static final Map<String, Method> METHODS = find();

    private CaseMethods() {}

    static List<Class<?>> groups() {
        return List.of(RunMqTck.class.getAnnotation(SelectClasses.class).value());
    }

    /** Every case with its method, by id. */
    static Map<String, Method> methods() {
        return METHODS;
    }

    private static Map<String, Method> find() {
        Map<String, Method> methods = new LinkedHashMap<>();
        groups().stream()
                .flatMap(group -> Arrays.stream(group.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(TckCase.class))
                .forEach(method -> {
                    String id = method.getAnnotation(TckCase.class).id();
                    if (methods.put(id, method) != null) {
                        throw new IllegalStateException("two cases have the id " + id);
                    }
                });
        return Collections.unmodifiableMap(methods);
    }

    /** The case that a method is. */
    static TckCase of(Method method) {
        return method.getAnnotation(TckCase.class);
    }
}

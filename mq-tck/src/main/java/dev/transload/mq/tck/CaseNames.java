package dev.transload.mq.tck;

import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGenerator;

/** Names cases in reports: {@code ACK-04 a retry redelivers the same message}. */
final class CaseNames extends DisplayNameGenerator.Standard {

    @Override
    public String generateDisplayNameForClass(Class<?> type) {
        TckGroup group = type.getAnnotation(TckGroup.class);
        return group == null ? super.generateDisplayNameForClass(type) : group.value();
    }

    @Override
    public String generateDisplayNameForMethod(List<Class<?>> enclosing, Class<?> type, Method method) {
        TckCase tckCase = method.getAnnotation(TckCase.class);
        return tckCase == null
                ? super.generateDisplayNameForMethod(enclosing, type, method)
                : tckCase.id() + " " + tckCase.value();
    }
}

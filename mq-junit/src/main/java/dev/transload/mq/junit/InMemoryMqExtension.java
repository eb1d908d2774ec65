package dev.transload.mq.junit;

import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.InMemoryIdempotencyStore;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.inmemory.InMemoryBroker;
import java.lang.reflect.AnnotatedElement;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Hands a test what {@link InMemoryMq} promises, and takes it back. Keeps nothing but in JUnit's store of the test. */
final class InMemoryMqExtension implements ParameterResolver, AfterEachCallback {

    private static final Namespace NAMESPACE = Namespace.create(InMemoryMqExtension.class);
    private static final Set<Class<?>> TYPES =
            Set.of(InMemoryBroker.class, MqClient.class, IdempotencyStore.class, InMemoryIdempotencyStore.class);

    /** What the constructor is given belongs to the test that the instance is made for. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return TYPES.contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        if (context.getTestMethod().isEmpty()) {
            throw new ParameterResolutionException("a broker in memory lives for one test: take the "
                    + type.getSimpleName() + " in the test, in @BeforeEach, or in the constructor of a class with an"
                    + " instance for each test");
        }
        TestBroker own = context.getStore(NAMESPACE)
                .computeIfAbsent(context.getUniqueId(), id -> new TestBroker(settings(context)), TestBroker.class);
        if (type == InMemoryBroker.class) {
            return own.broker();
        }
        return type == MqClient.class ? own.connect() : own.store();
    }

    private static InMemoryMq settings(ExtensionContext context) {
        Optional<AnnotatedElement> here = Optional.of(context.getRequiredTestMethod());
        return AnnotationSupport.findAnnotation(here, InMemoryMq.class)
                .or(() -> annotatedClass(context))
                .orElseThrow(() -> new ParameterResolutionException("neither the test nor its class has @InMemoryMq"));
    }

    private static Optional<InMemoryMq> annotatedClass(ExtensionContext context) {
        Optional<InMemoryMq> found = AnnotationSupport.findAnnotation(context.getTestClass(), InMemoryMq.class);
        return found.isPresent() ? found : context.getParent().flatMap(InMemoryMqExtension::annotatedClass);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        TestBroker own = context.getStore(NAMESPACE).remove(context.getUniqueId(), TestBroker.class);
        if (own != null) {
            own.close();
        }
    }
}

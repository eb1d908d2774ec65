package dev.transload.mq.junit;

import dev.transload.mq.inmemory.Profile;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives each test of a class, or one test, a broker in memory of its own, with virtual time.
 *
 * <p>Parameters of the test, of {@code @BeforeEach} methods and of the constructor may be of these types:
 *
 * <ul>
 *   <li>{@link dev.transload.mq.inmemory.InMemoryBroker}: the broker, whose time the test moves
 *   <li>{@link dev.transload.mq.client.MqClient}: a client of that broker; each parameter is another client, as another
 *       process would have
 *   <li>{@link dev.transload.mq.IdempotencyStore} or {@link dev.transload.mq.InMemoryIdempotencyStore}: one store, by the
 *       broker's clock
 * </ul>
 *
 * <p>After the test its clients are closed, then the broker. The test fails if something was left running: a handler
 * that does not end within five seconds, a client that the test opened by itself and did not close, or a thread that
 * outlives its client.
 *
 * <p>On a method it takes the place of the one on the class. Works with JUnit 5.12 and later.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(InMemoryMqExtension.class)
public @interface InMemoryMq {

    /** Whose limits the broker takes on, so that the test fails where production would. */
    Profile profile() default Profile.NONE;

    /** Where virtual time starts, such as {@code 2027-03-28T00:59:00Z}; now if it is empty. */
    String startingAt() default "";
}

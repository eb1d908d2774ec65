package dev.transload.mq.tck;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;

/** One rule that holds on every transport, and the test that shows it. Takes a {@link Tck}. */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Test
@interface TckCase {

    /** Identity of the case, never used for another: {@code ACK-04}. */
    String id();

    /** The rule, as a sentence without a full stop. */
    String value();

    /**
     * Features the case proves. Where the broker refuses one of them, the case shows that it is refused properly
     * instead.
     */
    Feature[] proves();

    /** When the case is run. */
    Tier tier() default Tier.T0;

    /**
     * What the case does to the broker, the link or a client. A case with faults has a broker of its own or all of a
     * shared one: no other case runs beside it.
     */
    Fault[] faults() default {};

    /** What the case needs of the broker beside its address. */
    Need[] needs() default {};

    /** What to look at first if the case fails. */
    String check() default "";

    /** Whether the case draws at random what it does, by the seed of the run; no other may. */
    boolean draws() default false;

    /** Whether handlers must outlive a deadline, which they cannot while virtual time waits for them. */
    boolean realTime() default false;
}

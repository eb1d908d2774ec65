package dev.transload.mq.tck;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.platform.suite.api.ConfigurationParameter;
import org.junit.platform.suite.api.IncludeEngines;
import org.junit.platform.suite.api.SelectClasses;
import org.junit.platform.suite.api.Suite;

/**
 * Runs the whole kit against the broker of a {@link MqTckProvider}; a transport's test consists of this.
 *
 * <pre>{@code
 * @RunMqTck
 * @ConfigurationParameter(key = "mqtck.provider", value = "com.acme.AcmeProvider")
 * class AcmeTckTest {}
 * }</pre>
 *
 * <p>Results go to {@code target/mq-tck/<name of the provider>.json} and {@code .md}. Settings, as configuration
 * parameters or system properties: {@code mqtck.provider}; {@code mqtck.timeScale}, a factor on all times, 1
 * unless given; {@code mqtck.patience}, how many seconds a case waits for what must happen, 30 unless given; {@code
 * mqtck.reports}, another folder for the results; {@code mqtck.tiers}, which cases: {@code T0,T1} unless
 * given, {@code T0,T1,T2} to break the broker too; {@code mqtck.seed}, to draw at random what an earlier run has drawn;
 * {@code mqtck.certificate}, {@code true} to have the run fail where something that was asked for could not be
 * shown.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Suite
@IncludeEngines("junit-jupiter")
@SelectClasses({
    EnvelopeCases.class,
    SendCases.class,
    QueueCases.class,
    TopicCases.class,
    OrderCases.class,
    SettleCases.class,
    RetryCases.class,
    DeadLetterCases.class,
    RedriveCases.class,
    DelayCases.class,
    ExpiryCases.class,
    RequestCases.class,
    IdempotencyCases.class,
    RoutingCases.class,
    LifecycleCases.class,
    AdminCases.class,
    OutageCases.class,
    LinkCases.class,
    CrashCases.class,
    CallFaultCases.class,
    NemesisCases.class,
    ConnectCases.class,
    LeaseCases.class,
    BatchCases.class,
    FailureCases.class,
    LimitCases.class,
    HostileCases.class,
    SoakCases.class,
    HandoverCases.class,
    FilterCases.class,
    RequestEndCases.class,
    RefusalCases.class
})
@ConfigurationParameter(key = "junit.jupiter.execution.parallel.enabled", value = "true")
@ConfigurationParameter(key = "junit.jupiter.execution.parallel.mode.default", value = "concurrent")
@ConfigurationParameter(key = "junit.jupiter.execution.parallel.config.strategy", value = "fixed")
@ConfigurationParameter(key = "junit.jupiter.execution.parallel.config.fixed.parallelism", value = "6")
@ConfigurationParameter(key = "junit.jupiter.execution.parallel.config.executor-service", value = "WORKER_THREAD_POOL")
@ConfigurationParameter(
        key = "junit.jupiter.testmethod.order.default",
        value = "org.junit.jupiter.api.MethodOrderer$Random")
@ConfigurationParameter(key = "junit.jupiter.execution.timeout.default", value = "2 m")
public @interface RunMqTck {}

import org.jspecify.annotations.NullMarked;

/** One messaging API for the JVM: what applications write against, and what a transport implements. */
@NullMarked
module dev.transload.mq {
    requires io.github.resilience4j.core;
    requires io.github.resilience4j.retry;
    requires transitive org.jspecify;
    requires org.slf4j;
    requires transitive tools.jackson.databind;

    exports dev.transload.mq;
    exports dev.transload.mq.client;
    exports dev.transload.mq.spi;

    uses dev.transload.mq.spi.TransportProvider;
}

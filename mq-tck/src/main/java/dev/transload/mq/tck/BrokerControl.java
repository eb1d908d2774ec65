package dev.transload.mq.tck;

import java.time.Duration;
import java.util.Set;

/**
 * A broker that cases may break. It keeps its address and its data over everything that is done to it here, {@link
 * #forget} apart.
 *
 * <p>What it cannot do is not among {@link #supported}; cases that need it are listed as not run, or as untestable if it
 * is a restart and the broker an emulator. The kit does not take the word of a method here that it has broken something:
 * it asks {@link #answers} before, during and after, and a case whose fault had no effect is inconclusive. When a case has
 * ended the kit undoes what the case has done and calls {@link #close}. Methods are called by one thread at a time and
 * return when the change is there.
 *
 * <p>Of the methods without a body a broker behind TCP gets {@link #link} and {@link #answers} from {@link TcpProxy} and
 * {@link TcpProbe}.
 */
public interface BrokerControl extends TckBroker {

    /** What this control can bring about. What happens to clients the kit does itself and adds. */
    Set<Fault> supported();

    /** What clients connect to, by way of the {@link #link}. */
    @Override
    String uri();

    /** The way to the broker. All connections to {@link #uri} go over it. */
    Link link();

    /**
     * Whether the broker answers to someone who connects now, by way of the {@link #link}. Asked without the product, by
     * means of the broker's own; takes two seconds at most.
     */
    boolean answers();

    /**
     * Whether what it keeps over a restart is in the order in which it had it, and what was held still is. Only an emulator
     * may say that it is not: what a restart would show about order is then listed as untestable.
     */
    default boolean keepsOrder() {
        return true;
    }

    /** After which time without a sign of life clients that were given {@link #uri} call a connection dead, at most. */
    default Duration silence() {
        return Duration.ofSeconds(60);
    }

    /** Stops the broker in order. For {@link Fault#STOP}. */
    default void stop() {
        throw new UnsupportedOperationException(Fault.STOP.name());
    }

    /** Starts a stopped or killed broker; returns when clients can use it. */
    default void start() {
        throw new UnsupportedOperationException(Fault.STOP.name());
    }

    /** Ends the broker's process as SIGKILL does. For {@link Fault#KILL}. */
    default void kill() {
        throw new UnsupportedOperationException(Fault.KILL.name());
    }

    /** Lets the broker stand still, as SIGSTOP does. For {@link Fault#PAUSE}. */
    default void pause() {
        throw new UnsupportedOperationException(Fault.PAUSE.name());
    }

    /** Lets a broker that stood still go on. */
    default void unpause() {
        throw new UnsupportedOperationException(Fault.PAUSE.name());
    }

    /** Has the broker end all connections of clients, as an operator does; without a means to, they are cut. */
    default void closeConnections() {
        link().cut();
    }

    /** Has the broker lose all destinations and messages, as one without a disk does when it starts anew. For {@link
     * Fault#FORGET}. Ends all connections; returns when clients can use it. */
    default void forget() {
        throw new UnsupportedOperationException(Fault.FORGET.name());
    }

    /**
     * Treats a client of this JVM as if its process had been killed. Only for brokers of {@link BrokerKind#IN_PROCESS},
     * which no other process could reach.
     *
     * @param clientId see {@link dev.transload.mq.client.MqClient#clientId}
     */
    default void crash(String clientId) {
        throw new UnsupportedOperationException("clients are processes of their own, not " + clientId);
    }
}

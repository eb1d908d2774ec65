package dev.transload.mq.tck;

import java.util.Optional;

/**
 * What the author of a transport writes to have it tested: how to reach a broker. Nothing here says what the broker can
 * do; the kit asks the product.
 *
 * <pre>{@code
 * public final class AcmeProvider implements MqTckProvider {
 *     public String name() { return "acme-3.2"; }
 *     public TckBroker broker() { return TckBroker.at("acme://localhost:7000"); }
 * }
 * }</pre>
 *
 * <p>It has a public constructor without arguments and is named in {@code @ConfigurationParameter(key =
 * "mqtck.provider", value = "com.acme.AcmeProvider")}. The kit calls {@link #start}, then {@link #broker} from several
 * threads, then {@link #stop}.
 */
public interface MqTckProvider {

    /** Names the broker and version in reports; letters, digits, {@code . -}. */
    String name();

    /** Where the broker comes from, for the report: an image, or the version of a library. */
    default String image() {
        return "";
    }

    /** What a run is made against, for the certificate. */
    default BrokerKind kind() {
        return BrokerKind.REAL;
    }

    /**
     * Called once, before the first case. What it throws fails every case, but for {@link NoBrokerException}: then there
     * was nothing to run them on.
     */
    default void start() {}

    /** The broker one case runs against: the same for all, or one for each. Cases use names of their own. */
    TckBroker broker();

    /**
     * The broker that a case with faults runs against and breaks: the one of {@link #broker} or another of the same kind.
     * No other case runs meanwhile. Without one such cases are listed as not run.
     */
    default Optional<BrokerControl> control() {
        return Optional.empty();
    }

    /** URI of the same broker with credentials it does not accept; empty if it accepts anyone. */
    default Optional<String> wrongCredentials() {
        return Optional.empty();
    }

    /** URI of the same broker for an account that may connect and do nothing else; empty if there is none. */
    default Optional<String> unauthorized() {
        return Optional.empty();
    }

    /** Ways to a broker of the same kind by TLS; empty if there is none. Asked for by one case, which closes nothing. */
    default Optional<TckTls> tls() {
        return Optional.empty();
    }

    /** Called once, after the last case. */
    default void stop() {}
}

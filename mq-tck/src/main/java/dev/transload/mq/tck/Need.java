package dev.transload.mq.tck;

import java.util.Optional;

/**
 * What a case needs of the broker beside its address. None of it can be shown where the broker is in this process; where the
 * provider lacks it, the case is listed as not run, and of an emulator as untestable.
 */
enum Need {
    /** A broker behind an address. */
    NETWORK,
    /** A broker that asks who connects. */
    CREDENTIALS,
    /** A broker with permissions. */
    PERMISSIONS,
    /** A broker that can be reached by TLS. */
    TLS;

    /** What the provider would have to have, or nothing if it has it. */
    Optional<String> missing(MqTckProvider provider) {
        return switch (this) {
            case NETWORK -> Optional.empty();
            case CREDENTIALS -> unless("wrongCredentials()", provider.wrongCredentials());
            case PERMISSIONS -> unless("unauthorized()", provider.unauthorized());
            case TLS -> unless("tls()", provider.tls());
        };
    }

    private static Optional<String> unless(String method, Optional<?> present) {
        return present.isPresent() ? Optional.empty() : Optional.of("the provider has no " + method);
    }
}

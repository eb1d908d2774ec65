package dev.transload.mq.tck;

import static java.util.Objects.requireNonNull;

/**
 * Ways to one broker by TLS, the right one and wrong ones.
 *
 * @param trusted URI that connects
 * @param unknownAuthority URI that reaches the broker, but trusts nobody who vouches for it
 * @param otherHost URI that reaches the broker and trusts its authority, by a name that is not in its certificate
 * @param plainPort URI that asks for TLS at a port where the broker speaks without
 */
public record TckTls(String trusted, String unknownAuthority, String otherHost, String plainPort) {

    public TckTls {
        requireNonNull(trusted, "trusted");
        requireNonNull(unknownAuthority, "unknownAuthority");
        requireNonNull(otherHost, "otherHost");
        requireNonNull(plainPort, "plainPort");
    }
}

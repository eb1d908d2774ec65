package dev.transload.mq.tck;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/**
 * Asks whether a broker behind TCP answers, without any client: connects, says a few bytes, and waits for the first byte
 * of the answer. A port that accepts is not enough, since a proxy or a frozen process may own it.
 *
 * <pre>{@code
 * private final TcpProbe probe = new TcpProbe(proxy.host(), proxy.port(), "PING\r\n".getBytes(US_ASCII));
 * }</pre>
 */
public final class TcpProbe {

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final String host;
    private final int port;
    private final byte[] greeting;

    /**
     * A probe of one address; asks when told to.
     *
     * @param greeting what the broker answers without further ado, such as the header of its protocol
     */
    public TcpProbe(String host, int port, byte[] greeting) {
        this.host = requireNonNull(host, "host");
        this.port = port;
        this.greeting = greeting.clone();
    }

    /** Whether an answer begins within a second. */
    public boolean answers() {
        return answers(PATIENCE);
    }

    /** Whether an answer begins within some time. */
    public boolean answers(Duration within) {
        int millis = Math.toIntExact(within.toMillis());
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), millis);
            socket.setSoTimeout(millis);
            socket.getOutputStream().write(greeting);
            socket.getOutputStream().flush();
            return socket.getInputStream().read() >= 0;
        } catch (IOException none) {
            return false;
        }
    }
}

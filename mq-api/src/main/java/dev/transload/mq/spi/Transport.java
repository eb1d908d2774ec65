package dev.transload.mq.spi;

import dev.transload.mq.Message;
import dev.transload.mq.Shape;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One client's connection to a broker. It reconnects for ever by itself, declares again what it was asked to declare,
 * and puts its receivers back.
 *
 * <p>Thread-safe.
 */
public interface Transport {

    /**
     * What this broker does for places of a shape; constant once open, answered without I/O. Asked for any shape, also
     * for those that the answer refuses.
     */
    Capabilities capabilities(Shape shape);

    /**
     * What this broker does for a place, before it is sent to or received from for the first time: as for its shape,
     * unless some places are of another kind here. Constant once open, answered without I/O.
     */
    default Capabilities capabilities(Place place) {
        return capabilities(place.shape());
    }

    /**
     * Makes or checks a place under the context's topology policy; idempotent. Fails with {@link
     * dev.transload.mq.DestinationNotFoundException} or {@link dev.transload.mq.DestinationMismatchException}. A group is
     * made together with its topic, unless that exists. Never asked for {@link Place.Role#REPLY}.
     */
    CompletableFuture<Void> declare(Place place);

    /**
     * Sends a message. The engine declares a place before the first send to it. While the connection is down a send
     * fails at once with {@link dev.transload.mq.ConnectionLostException}; the engine tries again. If the place is gone it
     * fails with {@link dev.transload.mq.DestinationNotFoundException}; the engine declares it once more, where it may.
     * Never throws: every failure goes to the {@link Outgoing}.
     *
     * <p>Calls of one thread are sent in call order; that they are stored in that order although one fails is {@link
     * Capability#SEND_ORDER}.
     */
    void send(Outgoing outgoing);

    /** Sends messages that belong together, in list order. */
    default void send(List<? extends Outgoing> batch) {
        for (int i = 0; i < batch.size(); i++) {
            send(batch.get(i));
        }
    }

    /**
     * Starts receiving with no credit. Completes when every message sent from now on will be received.
     *
     * <p>The engine has declared what it receives from, save for groups: of a durable group it has declared the topic
     * alone, and the group is made or checked here, as by {@link #declare}. An ephemeral group gets a place of its own,
     * which ends with the receiver; its {@link Place#name()} is that of the topic and thus not unique. Under {@link
     * dev.transload.mq.Topology#NONE} that fails with {@link dev.transload.mq.UnsupportedCapabilityException}.
     */
    CompletableFuture<Receiver> receive(ReceiveSpec spec, Sink sink);

    /**
     * Opens this client's private reply inbox; deliveries are acked by the engine at once. Messages whose {@code
     * replyTo} is this inbox are requests.
     *
     * @return the receiver, whose {@link Receiver#replyTo()} is present
     */
    CompletableFuture<Receiver> openReplyInbox(Sink sink);

    /** Copies of the oldest messages of a place, at most {@code max}. Needs {@link Capability#BROWSE}. */
    default CompletableFuture<List<Message>> browse(Place place, int max) {
        throw new UnsupportedOperationException("BROWSE is not declared");
    }

    /** Questions about places. */
    PlaceAdmin admin();

    /**
     * Closes receivers, then connections, within the timeout; unsettled deliveries go back. Idempotent. Whatever comes
     * later fails with {@link dev.transload.mq.ClientClosedException}. No thread of the transport is left; if their names
     * hold {@link TransportContext#clientId()}, the kit can tell.
     */
    CompletableFuture<Void> close(Duration timeout);

    /** The time that the engine goes by; the context's own unless the transport has a virtual one. */
    default Optional<TimeSource> time() {
        return Optional.empty();
    }

    /** The broker's own client object of that type, as in JDBC. */
    default <T> Optional<T> unwrap(Class<T> type) {
        return Optional.empty();
    }
}

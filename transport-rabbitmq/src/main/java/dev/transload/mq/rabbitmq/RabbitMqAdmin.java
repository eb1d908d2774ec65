package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.ShutdownSignalException;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.PlaceAdmin;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Questions and orders about queues and exchanges. A depth counts what is ready, not what consumers hold.
 *
 * <p>Thread-safe.
 */
final class RabbitMqAdmin implements PlaceAdmin {

    private final RabbitMqTransport transport;
    private final RabbitMqTopology topology;

    RabbitMqAdmin(RabbitMqTransport transport, RabbitMqTopology topology) {
        this.transport = transport;
        this.topology = topology;
    }

    @Override
    public CompletableFuture<OptionalLong> depth(Place place) {
        return transport.call("ask for the depth of " + place.name(), () -> {
            try {
                return OptionalLong.of(ask(channel -> {
                    if (place.role() == Place.Role.TOPIC) {
                        channel.exchangeDeclarePassive(RabbitMqRoute.exchange(place));
                        return 0L;
                    }
                    return (long) channel.queueDeclarePassive(place.name()).getMessageCount();
                }));
            } catch (IOException | ShutdownSignalException e) {
                if (code(e) == RabbitMqErrors.NOT_FOUND) {
                    return OptionalLong.empty();
                }
                throw e;
            }
        });
    }

    @Override
    public CompletableFuture<Void> purge(Place place) {
        return transport.act("purge " + place.name(), () -> {
            if (place.role() != Place.Role.TOPIC) {
                ask(channel -> channel.queuePurge(place.name()));
            }
        });
    }

    @Override
    public CompletableFuture<Void> delete(Place place) {
        return transport.act("delete " + place.name(), () -> {
            topology.forget(place);
            transport.delays().forget(place);
            if (place.role() == Place.Role.TOPIC) {
                deleteTopic(place);
            } else {
                ask(channel -> channel.queueDelete(place.name()));
            }
        });
    }

    // The exchange may serve other topics of the same first segment, and groups, so it stays while it is used.
    private void deleteTopic(Place place) throws IOException {
        ask(channel -> {
            RabbitMqDelays.delete(channel, place);
            return channel.exchangeDelete(RabbitMqTopology.marker(place.name()));
        });
        try {
            ask(channel -> channel.exchangeDelete(RabbitMqRoute.exchange(place), true));
        } catch (IOException | ShutdownSignalException e) {
            if (code(e) != RabbitMqErrors.PRECONDITION_FAILED) {
                throw e;
            }
        }
    }

    private <T> T ask(RabbitMqTopology.Question<T> question) throws IOException {
        return RabbitMqTopology.ask(transport.required().connection(), question);
    }

    private static int code(Exception e) {
        ShutdownSignalException signal = RabbitMqErrors.signal(e);
        return signal == null || signal.isHardError() ? 0 : RabbitMqErrors.code(signal);
    }
}

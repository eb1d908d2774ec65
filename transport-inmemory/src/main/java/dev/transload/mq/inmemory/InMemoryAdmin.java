package dev.transload.mq.inmemory;

import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.PlaceAdmin;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Answers questions about places at once. Thread-safe. */
final class InMemoryAdmin implements PlaceAdmin {

    private final InMemoryTransport client;
    private final Broker broker;

    InMemoryAdmin(InMemoryTransport client, Broker broker) {
        this.client = client;
        this.broker = broker;
    }

    @Override
    public CompletableFuture<OptionalLong> depth(Place place) {
        return client.ask(() -> {
            if (place.role() == Role.TOPIC) {
                TopicState topic = broker.places.topic(place.name());
                return topic == null ? OptionalLong.empty() : OptionalLong.of(topic.depth());
            }
            Mailbox mailbox = broker.places.mailbox(place.name());
            return mailbox == null ? OptionalLong.empty() : OptionalLong.of(mailbox.waiting());
        });
    }

    @Override
    public CompletableFuture<Void> purge(Place place) {
        return client.ask(() -> {
            TopicState topic = broker.places.topic(place.name());
            if (place.role() == Role.TOPIC) {
                if (topic != null && topic.history != null) {
                    topic.history.clear();
                }
                return null;
            }
            Mailbox mailbox = broker.places.mailbox(place.name());
            if (mailbox != null) {
                mailbox.clear();
                broker.forgetHeld(mailbox);
            }
            return null;
        });
    }

    @Override
    public CompletableFuture<Void> delete(Place place) {
        return client.ask(() -> {
            broker.places.delete(place);
            return null;
        });
    }
}

package dev.transload.mq.examples.files;

import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.PlaceAdmin;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Counts, empties and removes folders. Thread-safe. */
final class FilesAdmin implements PlaceAdmin {

    private final FilesTransport client;

    FilesAdmin(FilesTransport client) {
        this.client = client;
    }

    @Override
    public CompletableFuture<OptionalLong> depth(Place place) {
        return client.ask("count " + place.name(), () -> {
            if (!client.store.exists(place)) {
                return OptionalLong.empty();
            }
            return OptionalLong.of(
                    place.role() == Place.Role.TOPIC
                            ? 0
                            : client.store.box(place).depth());
        });
    }

    @Override
    public CompletableFuture<Void> purge(Place place) {
        return client.ask("purge " + place.name(), () -> {
            if (place.role() != Place.Role.TOPIC && client.store.exists(place)) {
                client.store.box(place).purge();
            }
            return null;
        });
    }

    @Override
    public CompletableFuture<Void> delete(Place place) {
        return client.ask("delete " + place.name(), () -> {
            client.forget(place);
            client.store.delete(place);
            return null;
        });
    }
}

package dev.transload.mq.client;

import dev.transload.mq.AsyncMessageHandler;
import dev.transload.mq.Codec;
import dev.transload.mq.MessageHandler;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Place;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a flow receives, how it handles it and where it puts what fails. Immutable.
 *
 * @param source name for people: the queue or group
 * @param destination queue or topic the failure record names
 * @param group group the failure record names, or null
 * @param place what is received
 * @param home where a retried message is sent: the queue or group itself
 * @param deadLetters where messages are set aside, or null if they are discarded
 * @param suspects where messages run alone, or null if they do in place
 * @param alone whether this is the flow that runs suspects
 * @param ephemeral whether the group ends with the subscription
 * @param codec how bytes become payloads
 * @param sync the handler, or null if it is asynchronous
 * @param async the handler, or null if it is synchronous
 * @param options of the subscription
 * @param prefetch most unsettled deliveries
 * @param capabilities of the broker for the shape
 * @param headerFilter headers that must be equal
 * @param pattern pattern the message's topic must match, or null
 * @param onTheWay whether messages only pass here on the way to where they are handled, and where it is judged whether
 *     they expired or kill processes; nobody is told of such deliveries, but for lost leases
 * @param <T> type of the payload
 */
record FlowSpec<T>(
        String source,
        String destination,
        @Nullable String group,
        Place place,
        Place home,
        @Nullable Place deadLetters,
        @Nullable Place suspects,
        boolean alone,
        boolean ephemeral,
        Codec<T> codec,
        @Nullable MessageHandler<T> sync,
        @Nullable AsyncMessageHandler<T> async,
        SubscribeOptions options,
        int prefetch,
        Capabilities capabilities,
        Map<String, String> headerFilter,
        @Nullable TopicMatcher pattern,
        boolean onTheWay) {

    /** Whether keys keep their order. */
    boolean ordered() {
        return place.shape().ordered();
    }

    /** The same subscription over another place. */
    FlowSpec<T> over(Place other, boolean runAlone, int credit, SubscribeOptions with, Capabilities capable) {
        return new FlowSpec<>(
                source,
                destination,
                group,
                other,
                home,
                deadLetters,
                runAlone ? null : suspects,
                runAlone,
                ephemeral,
                codec,
                sync,
                async,
                with,
                credit,
                capable,
                headerFilter,
                null,
                onTheWay);
    }
}

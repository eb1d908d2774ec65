package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.transload.mq.DestinationMismatchException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and checks queues, exchanges and bindings. Every question is asked on a channel of its own, since the broker
 * answers no by closing it.
 *
 * <p>Used on the control thread only; every method waits for the network.
 */
final class RabbitMqTopology {

    private static final Logger LOG = LoggerFactory.getLogger(RabbitMqTopology.class);
    private static final int MOST_DIFFERENCES = 16;
    private static final int MOST_AGAIN = 5;

    private final Topology policy;
    private final BrokerVersion version;
    private final Map<String, Place> declared = new LinkedHashMap<>();

    RabbitMqTopology(Topology policy, BrokerVersion version) {
        this.policy = policy;
        this.version = version;
    }

    /** What is asked of the broker on a channel. */
    interface Question<T> {
        T ask(Channel channel) throws IOException;
    }

    /** Asks on a channel of its own. */
    static <T> T ask(Connection connection, Question<T> question) throws IOException {
        Channel channel = connection.createChannel();
        if (channel == null) {
            throw new IOException("the connection has no channel left");
        }
        try {
            return question.ask(channel);
        } finally {
            if (channel.isOpen()) {
                try {
                    channel.close();
                } catch (TimeoutException | ShutdownSignalException e) {
                    LOG.debug("rabbitmq: closing a channel", e);
                }
            }
        }
    }

    /** Makes or checks a place. */
    void declare(Connection connection, Place place) throws IOException {
        refuse(place.shape(), version);
        if (policy == Topology.NONE || place.role() == Role.REPLY) {
            return;
        }
        apply(connection, place);
        if (policy == Topology.CREATE && (place.role() != Role.GROUP || place.group() != null)) {
            declared.put(place.role() == Role.TOPIC ? "topic " + place.name() : place.name(), place);
        }
    }

    /** Makes again, on a new connection, what was declared before. */
    void restore(Connection connection) throws IOException {
        for (Place place : declared.values()) {
            try {
                apply(connection, place);
            } catch (DestinationMismatchException e) {
                LOG.warn("rabbitmq: {} came back different: {}", place.name(), e.getMessage());
            }
        }
    }

    /** Forgets a place that was deleted, so that it does not come back with the next connection. */
    void forget(Place place) {
        declared.remove(place.role() == Role.TOPIC ? "topic " + place.name() : place.name());
    }

    static void refuse(Shape shape, BrokerVersion version) {
        if (shape.partitions() > 1) {
            throw new UnsupportedCapabilityException(
                    "ordered by key",
                    "partitions(" + shape.partitions() + ")",
                    version.toString(),
                    "an ordered destination is one single-active-consumer queue",
                    "use partitions(1), or several destinations");
        }
    }

    // What is missing was there a moment ago: someone deleted another topic that shares the exchange, or this very
    // place.
    private void apply(Connection connection, Place place) throws IOException {
        for (int again = MOST_AGAIN; ; again--) {
            try {
                applyOnce(connection, place);
                return;
            } catch (IOException | ShutdownSignalException e) {
                ShutdownSignalException signal = RabbitMqErrors.signal(e);
                boolean missing = signal != null
                        && !signal.isHardError()
                        && RabbitMqErrors.code(signal) == RabbitMqErrors.NOT_FOUND;
                if (policy != Topology.CREATE || !missing || again == 0) {
                    throw e;
                }
            }
        }
    }

    private void applyOnce(Connection connection, Place place) throws IOException {
        switch (place.role()) {
            case TOPIC -> {
                String exchange = RabbitMqRoute.exchange(place);
                exchange(connection, exchange);
                shapeOfTopic(connection, place.name(), place.shape());
                keep(connection, exchange, place.name(), place);
            }
            case GROUP -> {
                String exchange = RabbitMqRoute.groupExchange(place);
                exchange(connection, exchange);
                String topic = RabbitMqRoute.topic(place);
                if (topic.indexOf('*') < 0 && topic.indexOf('#') < 0) {
                    shapeOfTopic(connection, topic, place.shape());
                    keep(connection, exchange, topic, place);
                }
                if (place.group() != null) {
                    queue(connection, place);
                    bind(connection, place);
                }
            }
            default -> queue(connection, place);
        }
    }

    private void bind(Connection connection, Place group) throws IOException {
        if (policy == Topology.CREATE) {
            ask(
                    connection,
                    channel -> channel.queueBind(
                            group.name(), RabbitMqRoute.groupExchange(group), RabbitMqRoute.bindingKey(group)));
        }
    }

    private void exchange(Connection connection, String name) throws IOException {
        Optional<ShutdownSignalException> no =
                refused(() -> ask(connection, channel -> channel.exchangeDeclarePassive(name)));
        if (no.isEmpty()) {
            return;
        }
        if (RabbitMqErrors.code(no.get()) != RabbitMqErrors.NOT_FOUND) {
            throw RabbitMqErrors.operation("declare exchange " + name, no.get());
        }
        if (policy == Topology.ASSERT) {
            throw new DestinationNotFoundException(
                    "rabbitmq: no exchange " + name + ", and none may be made", no.get());
        }
        ask(connection, channel -> channel.exchangeDeclare(name, "topic", true));
    }

    /**
     * Keeps the shape of a topic where every client compares it: as an argument of an exchange that nothing is sent
     * to. Exchanges know no arguments of their own that the broker would compare, save this one.
     */
    private void shapeOfTopic(Connection connection, String topic, Shape shape) throws IOException {
        String marker = marker(topic);
        if (policy == Topology.ASSERT
                && refused(() -> ask(connection, channel -> channel.exchangeDeclarePassive(marker)))
                        .isPresent()) {
            return; // made by others, who keep no shape
        }
        String text = shapeText(shape);
        Map<String, Object> arguments = new HashMap<>();
        arguments.put("alternate-exchange", text);
        Optional<ShutdownSignalException> no = refused(() ->
                ask(connection, channel -> channel.exchangeDeclare(marker, "fanout", true, false, true, arguments)));
        if (no.isPresent()) {
            String found = QueueArguments.difference(RabbitMqErrors.text(no.get()))
                    .map(d -> String.valueOf(d.current()))
                    .orElse(RabbitMqErrors.text(no.get()));
            throw new DestinationMismatchException(
                    "rabbitmq: topic " + topic + " was declared as '" + found + "', not as '" + text + "'", no.get());
        }
    }

    /**
     * Keeps the exchange that topics share while this one is there: whoever deletes another deletes the exchange if it is
     * unused, and what is bound to it uses it. No message has the key of the binding. An exchange of the broker's own may
     * be of any type, and no topic shares it.
     */
    private void keep(Connection connection, String exchange, String topic, Place place) throws IOException {
        if (policy != Topology.CREATE || !place.portable()) {
            return;
        }
        String marker = marker(topic);
        Optional<ShutdownSignalException> no =
                refused(() -> ask(connection, channel -> channel.exchangeBind(marker, exchange, marker)));
        // Who may not read the exchange can send to it as well.
        if (no.isPresent() && RabbitMqErrors.code(no.get()) != RabbitMqErrors.ACCESS_REFUSED) {
            throw no.get();
        }
    }

    /** Exchange that keeps the shape of a topic. */
    static String marker(String topic) {
        return RabbitMqRoute.OWN + "shape." + topic;
    }

    static String shapeText(Shape shape) {
        StringBuilder text = new StringBuilder(shape.ordered() ? "ordered" : "not ordered");
        if (shape.priorities() > 1) {
            text.append(", priorities ").append(shape.priorities());
        }
        return text.toString();
    }

    private void queue(Connection connection, Place place) throws IOException {
        Optional<ShutdownSignalException> no =
                refused(() -> ask(connection, channel -> channel.queueDeclarePassive(place.name())));
        Map<String, Object> arguments = QueueArguments.of(place, version);
        if (no.isEmpty()) {
            compare(connection, place, arguments);
            return;
        }
        if (RabbitMqErrors.code(no.get()) != RabbitMqErrors.NOT_FOUND) {
            throw RabbitMqErrors.operation("declare " + place.name(), no.get());
        }
        if (policy == Topology.ASSERT) {
            throw new DestinationNotFoundException(
                    "rabbitmq: no queue " + place.name() + ", and none may be made", no.get());
        }
        String backstop = RabbitMqRoute.backstop(place);
        if (backstop != null && arguments.containsKey(QueueArguments.DEAD_LETTER_KEY)) {
            queue(connection, Place.of(Role.DEAD_LETTERS, backstop, Shape.PLAIN));
        }
        no = refused(
                () -> ask(connection, channel -> channel.queueDeclare(place.name(), true, false, false, arguments)));
        if (no.isPresent()) {
            // Another client was quicker.
            compare(connection, place, arguments);
        }
    }

    /**
     * Finds every difference between a queue that exists and the one asked for. The broker names one at a time, so what
     * it names and can be lived with is asked for as it is, until it agrees.
     */
    private void compare(Connection connection, Place place, Map<String, Object> wanted) throws IOException {
        Map<String, Object> arguments = new LinkedHashMap<>(wanted);
        boolean durable = true;
        boolean autoDelete = false;
        for (int i = 0; i < MOST_DIFFERENCES; i++) {
            boolean keep = durable;
            boolean remove = autoDelete;
            Optional<ShutdownSignalException> no = refused(() ->
                    ask(connection, channel -> channel.queueDeclare(place.name(), keep, false, remove, arguments)));
            if (no.isEmpty()) {
                return;
            }
            String text = RabbitMqErrors.text(no.get());
            QueueArguments.Difference difference =
                    QueueArguments.difference(text).orElse(null);
            if (difference == null) {
                if (RabbitMqErrors.code(no.get()) == RabbitMqErrors.PRECONDITION_FAILED) {
                    LOG.info("rabbitmq: queue {} cannot be compared: {}", place.name(), text);
                    return;
                }
                throw RabbitMqErrors.operation("use " + place.name(), no.get());
            }
            String conflict = QueueArguments.conflict(place, difference);
            if (conflict != null) {
                throw new DestinationMismatchException(
                        "rabbitmq: " + place.name() + ": " + conflict + " (" + text + ")", no.get());
            }
            LOG.info("rabbitmq: queue {} is used although it differs: {}", place.name(), text);
            switch (difference.argument()) {
                case "durable" -> durable = Boolean.TRUE.equals(difference.value());
                case "auto_delete" -> autoDelete = Boolean.TRUE.equals(difference.value());
                default -> put(arguments, difference.argument(), difference.value());
            }
        }
    }

    private static void put(Map<String, Object> arguments, String name, @Nullable Object value) {
        if (value == null) {
            arguments.remove(name);
        } else {
            arguments.put(name, value);
        }
    }

    private interface Attempt {
        Object run() throws IOException;
    }

    /** Runs what the broker may refuse by closing the channel; returns its refusal. */
    private static Optional<ShutdownSignalException> refused(Attempt attempt) throws IOException {
        try {
            attempt.run();
            return Optional.empty();
        } catch (IOException | ShutdownSignalException e) {
            ShutdownSignalException signal = RabbitMqErrors.signal(e);
            if (signal == null || signal.isHardError()) {
                throw e;
            }
            return Optional.of(signal);
        }
    }
}

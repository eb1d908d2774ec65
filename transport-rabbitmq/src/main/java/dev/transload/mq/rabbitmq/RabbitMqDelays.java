package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.transload.mq.Topology;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Place;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Delays without a plugin and without a client in the loop. A delay is a binary number of quarter seconds; each of its
 * bits has a queue that keeps what enters for exactly its weight and passes it on to the exchange of the next lower
 * bit. The bits stand in the routing key, highest first, before the name of the place the message goes to in the end.
 * All places of a virtual host share these queues.
 *
 * <p>Level {@code n} is a topic exchange and a queue, both called {@code mq.delay.<n>}; behind level 0 stands {@code
 * mq.delay.out}, to which every place is bound that delayed messages were ever sent to. A topic is reached through a
 * queue that keeps nothing and restores the routing key.
 *
 * <p>{@link #ready} and the routing keys may be asked on any thread, the rest belongs to the control thread.
 */
final class RabbitMqDelays {

    static final int LEVELS = 29;
    static final long UNIT_MILLIS = 250;
    static final Duration MAX = Duration.ofMillis(((1L << LEVELS) - 1) * UNIT_MILLIS);

    /** Longest name of a place that fits a routing key behind the bits. */
    static final int MAX_NAME = 255 - 2 * LEVELS - 2;

    private static final String PREFIX = RabbitMqRoute.OWN + "delay.";
    private static final String OUT = PREFIX + "out";
    /** Exchange through which delayed messages reach topics, with the topic as routing key. */
    static final String TOPICS = PREFIX + "topics";

    private static final String NOBODY = PREFIX + "nobody";

    private final Topology policy;
    private final Set<String> bound = ConcurrentHashMap.newKeySet();
    private volatile int levels;

    RabbitMqDelays(Topology policy) {
        this.policy = policy;
    }

    /** Quarter seconds that are never less than the delay. */
    static long units(long delayMillis) {
        return (delayMillis + UNIT_MILLIS - 1) / UNIT_MILLIS;
    }

    /** The exchange a delayed message is sent to: that of its highest bit. */
    static String exchange(long units) {
        return name(63 - Long.numberOfLeadingZeros(units));
    }

    /** The routing key of a delayed message: its bits, then where it goes. */
    static String routingKey(long units, Place to) {
        StringBuilder key = new StringBuilder(2 * LEVELS + to.name().length());
        for (int level = LEVELS - 1; level >= 0; level--) {
            key.append((units >> level & 1) == 0 ? '0' : '1').append('.');
        }
        return key.append(bindingName(to)).toString();
    }

    // A topic and a queue may have one name; topics have a word of their own.
    private static String bindingName(Place to) {
        return to.role() == Place.Role.TOPIC ? "t." + to.name() : "q." + to.name();
    }

    /** Whether a delayed message to a place can be sent without asking the broker for anything. */
    boolean ready(Place to, long units) {
        return levels > 63 - Long.numberOfLeadingZeros(units) && bound.contains(bindingName(to));
    }

    /** Forgets what is known to exist: the broker may have lost it. */
    void forgetAll() {
        levels = 0;
        bound.clear();
    }

    /** Forgets that a place is bound. */
    void forget(Place to) {
        bound.remove(bindingName(to));
    }

    /** Makes what a delayed message to a place needs, the place's end first. Waits for the network. */
    void prepare(Connection connection, Place to, long units) throws IOException {
        if (ready(to, units)) {
            return;
        }
        checkName(to);
        if (policy == Topology.CREATE) {
            RabbitMqTopology.ask(connection, channel -> {
                channel.exchangeDeclare(OUT, "topic", true);
                end(channel, to);
                return channel;
            });
            RabbitMqTopology.ask(connection, channel -> {
                for (int level = levels; level <= 63 - Long.numberOfLeadingZeros(units); level++) {
                    level(channel, level);
                }
                return channel;
            });
        }
        bound.add(bindingName(to));
        levels = Math.max(levels, 64 - Long.numberOfLeadingZeros(units));
    }

    private static void checkName(Place to) {
        boolean wild = false;
        for (String word : to.name().split("\\.", -1)) {
            wild |= word.equals("*") || word.equals("#");
        }
        if (wild || to.name().length() > MAX_NAME) {
            throw TransportException.permanent(
                    "rabbitmq: cannot delay a message to " + to.name() + ": the name has more than " + MAX_NAME
                            + " characters, or a word that is a wildcard",
                    null);
        }
    }

    private static void end(Channel channel, Place to) throws IOException {
        String binding = "*.".repeat(LEVELS) + bindingName(to);
        if (to.role() != Place.Role.TOPIC) {
            channel.queueBind(to.name(), OUT, binding);
            return;
        }
        // A dead letter that reaches no queue is kept and tried again for ever, so a topic without groups needs one.
        Map<String, Object> nothing = new LinkedHashMap<>();
        nothing.put(QueueArguments.TYPE, "classic");
        nothing.put("x-max-length", 0);
        channel.exchangeDeclare(TOPICS, "topic", true);
        channel.queueDeclare(NOBODY, true, false, false, nothing);
        channel.queueBind(NOBODY, TOPICS, "#");
        String exchange = RabbitMqRoute.exchange(to);
        channel.exchangeBind(exchange, TOPICS, to.portable() ? exchange + ".#" : to.name());
        String restorer = PREFIX + "to." + to.name();
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put(QueueArguments.TYPE, "quorum");
        arguments.put(QueueArguments.MESSAGE_TTL, 0);
        QueueArguments.deadLettersTo(arguments, TOPICS, to.name());
        channel.queueDeclare(restorer, true, false, false, arguments);
        channel.queueBind(restorer, OUT, binding);
    }

    private static void level(Channel channel, int level) throws IOException {
        String name = name(level);
        String below = level == 0 ? OUT : name(level - 1);
        String stars = "*.".repeat(LEVELS - 1 - level);
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put(QueueArguments.TYPE, "quorum");
        arguments.put(QueueArguments.MESSAGE_TTL, UNIT_MILLIS << level);
        QueueArguments.deadLettersTo(arguments, below, null);
        channel.exchangeDeclare(name, "topic", true);
        channel.queueDeclare(name, true, false, false, arguments);
        channel.queueBind(name, name, stars + "1.#");
        channel.exchangeBind(below, name, stars + "0.#");
    }

    private static String name(int level) {
        return PREFIX + (level < 10 ? "0" : "") + level;
    }

    /** Removes what only a place that is deleted needs. */
    static void delete(Channel channel, Place place) throws IOException {
        if (place.role() == Place.Role.TOPIC) {
            channel.queueDelete(PREFIX + "to." + place.name());
        }
    }
}

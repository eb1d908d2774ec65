package dev.transload.mq.rabbitmq;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Place;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Arguments that queues are declared with, and what a difference means. Pure. */
final class QueueArguments {

    /**
     * Deliveries after which the broker sets a message aside by itself: far above any number of attempts. A queue with
     * native priorities has its number of levels added, since the broker keeps no other trace of them.
     */
    static final int DELIVERY_LIMIT = 100;

    /** A limit that is none; the same on every version, so that an upgrade of the broker changes nothing. */
    static final int NO_LIMIT = 1_000_000_000;

    static final String TYPE = "x-queue-type";
    static final String LIMIT = "x-delivery-limit";
    static final String MAX_PRIORITY = "x-max-priority";
    static final String SINGLE_ACTIVE = "x-single-active-consumer";
    static final String OVERFLOW = "x-overflow";
    static final String MESSAGE_TTL = "x-message-ttl";
    static final String DEAD_LETTER_EXCHANGE = "x-dead-letter-exchange";
    static final String DEAD_LETTER_KEY = "x-dead-letter-routing-key";
    static final String DEAD_LETTER_STRATEGY = "x-dead-letter-strategy";

    private static final Pattern DIFFERENCE = Pattern.compile(
            ".*inequivalent arg '([^']*)' for (?:queue|exchange) '.*' in vhost '.*': received (.*) but current is (.*)",
            Pattern.DOTALL);
    private static final Pattern VALUE =
            Pattern.compile("(?:the value )?'(.*?)'(?: of type '(\\w+)')?.*", Pattern.DOTALL);

    /**
     * One difference between what was declared and what exists.
     *
     * @param argument name of the argument or property
     * @param current what exists, null for nothing
     */
    record Difference(String argument, @Nullable String current) {

        /** The value that exists, as the client writes it. */
        @Nullable
        Object value() {
            if (current == null) {
                return null;
            }
            if (current.equals("true") || current.equals("false")) {
                return Boolean.valueOf(current);
            }
            return current.matches("-?\\d{1,18}") && !argument.startsWith("x-dead-letter")
                    ? (Object) Long.valueOf(current)
                    : current;
        }
    }

    private QueueArguments() {}

    /** Arguments of the queue a place is. */
    static Map<String, Object> of(Place place, BrokerVersion version) {
        Map<String, Object> all = new LinkedHashMap<>();
        Shape shape = place.shape();
        if (shape.priorities() > 1 && !nativePriorities(version)) {
            all.put(TYPE, "classic");
            all.put(MAX_PRIORITY, shape.priorities() - 1);
            return all;
        }
        all.put(TYPE, "quorum");
        String backstop = RabbitMqRoute.backstop(place);
        if (backstop == null) {
            all.put(LIMIT, NO_LIMIT);
        } else {
            all.put(LIMIT, DELIVERY_LIMIT + (shape.priorities() > 1 ? shape.priorities() : 0));
            deadLettersTo(all, "", backstop);
        }
        if (shape.ordered()) {
            all.put(SINGLE_ACTIVE, true);
        }
        return all;
    }

    /** Adds that what leaves the queue unhandled goes elsewhere, and is kept until it is there. */
    static void deadLettersTo(Map<String, Object> arguments, String exchange, @Nullable String routingKey) {
        arguments.put(DEAD_LETTER_EXCHANGE, exchange);
        if (routingKey != null) {
            arguments.put(DEAD_LETTER_KEY, routingKey);
        }
        arguments.put(DEAD_LETTER_STRATEGY, "at-least-once");
        arguments.put(OVERFLOW, "reject-publish");
    }

    /** Whether quorum queues keep priorities apart strictly. */
    static boolean nativePriorities(BrokerVersion version) {
        return version.atLeast(4, 3);
    }

    /** Reads the difference a refused declaration names; empty if the text names none. */
    static Optional<Difference> difference(String text) {
        Matcher m = DIFFERENCE.matcher(text);
        if (!m.matches()) {
            return Optional.empty();
        }
        String current = m.group(3);
        Matcher value = VALUE.matcher(current);
        return Optional.of(new Difference(m.group(1), value.matches() ? value.group(1) : null));
    }

    /**
     * Says why a place cannot live with a difference.
     *
     * @return a phrase that names both shapes, or null if it can
     */
    static @Nullable String conflict(Place place, Difference difference) {
        Shape shape = place.shape();
        String now = difference.current();
        return switch (difference.argument()) {
            case SINGLE_ACTIVE ->
                "asked for " + (shape.ordered() ? "ordered" : "not ordered") + ", but it was made "
                        + ("true".equals(now) ? "ordered" : "not ordered");
            case MAX_PRIORITY -> levels(shape, now == null ? 1 : number(now) + 1);
            case LIMIT -> {
                long limit = now == null ? 0 : number(now);
                boolean ours = limit == DELIVERY_LIMIT || (limit > DELIVERY_LIMIT + 1 && limit <= DELIVERY_LIMIT + 10);
                yield ours && RabbitMqRoute.backstop(place) != null
                        ? levels(shape, Math.max(1, (int) limit - DELIVERY_LIMIT))
                        : null;
            }
            case TYPE -> "stream".equals(now) ? "asked for a queue, but it is a stream" : null;
            case "durable" -> null;
            case "exclusive" -> "it belongs to another connection alone";
            default -> null;
        };
    }

    private static @Nullable String levels(Shape shape, long levels) {
        return levels == shape.priorities()
                ? null
                : "asked for " + shape.priorities() + " priorities, but it was made with " + levels;
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}

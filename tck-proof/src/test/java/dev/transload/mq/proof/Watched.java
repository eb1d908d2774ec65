package dev.transload.mq.proof;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Outgoing;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Breaks nothing, and remembers of each case what it sent and what it failed: a number that is the same whenever the
 * same was done, in whatever order threads did it, and most likely another one when something else was.
 */
final class Watched extends Twist {

    private static final Pattern CASE = Pattern.compile("tck-[a-z0-9]+\\.([a-z]+-[0-9]+)\\.");
    private static final Map<String, Long> DONE = new ConcurrentHashMap<>();

    /** What was done since the last call, by case. */
    static Map<String, Long> take() {
        Map<String, Long> done = new TreeMap<>(DONE);
        DONE.clear();
        return done;
    }

    private static void note(String destination, Message message, long number) {
        Matcher name = CASE.matcher(destination);
        if (name.find()) {
            long hash = Arrays.hashCode(message.body());
            hash = hash * 31 + message.headers().hashCode();
            hash = hash * 31 + String.valueOf(message.key()).hashCode();
            hash = (hash * 31 + number) * 0x9E3779B97F4A7C15L;
            DONE.merge(name.group(1).toUpperCase(java.util.Locale.ROOT), hash ^ (hash >>> 29), Long::sum);
        }
    }

    @Override
    void send(Outgoing outgoing) {
        note(outgoing.to().name(), outgoing.message(), outgoing.delayMillis());
        real().send(outgoing);
    }

    @Override
    void note(Incoming delivery, int failures, Completion completion) {
        note(delivery.destination(), delivery.message(), -failures);
        delivery.note(failures, completion);
    }
}

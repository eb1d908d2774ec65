package dev.transload.mq.redis;

import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/**
 * Which topics there are, and which groups follow a pattern of them. Both stand at the server: who declares a topic looks
 * for groups that follow it, and who follows a pattern looks for topics, each after having written down its own, so that
 * one of them finds the other.
 *
 * <p>Thread-safe; its futures complete on the commander's thread.
 */
final class TopicPatterns {

    private static final Pattern LEVEL = Pattern.compile("(.*)(--p[0-9]+)");
    private static final long SLACK_MILLIS = 60_000;

    private final Commands commander;
    private final TimeSource time;

    TopicPatterns(Commands commander, TimeSource time) {
        this.commander = commander;
        this.time = time;
    }

    /**
     * A group that follows a pattern.
     *
     * @param group its name
     * @param ephemeral whether it ends with its client
     */
    record Follower(String group, boolean ephemeral) {}

    /** Whether a place is a group over a pattern. */
    static boolean isPattern(Place place) {
        String topic = place.topic();
        return place.role() == Role.GROUP
                && place.portable()
                && topic != null
                && (topic.indexOf('*') >= 0 || topic.indexOf('#') >= 0);
    }

    /** Which topics a pattern stands for. */
    static Pattern matching(String pattern) {
        Matcher level = LEVEL.matcher(pattern);
        String plain = level.matches() ? level.group(1) : pattern;
        StringBuilder regex = new StringBuilder();
        for (String segment : plain.split("\\.", -1)) {
            if (segment.equals("#")) {
                regex.append("(\\.[^.]+)*");
                continue;
            }
            if (regex.length() > 0) {
                regex.append("\\.");
            }
            regex.append(segment.equals("*") ? "[^.]+?" : Pattern.quote(segment));
        }
        return Pattern.compile(regex + (level.matches() ? Pattern.quote(level.group(2)) : ""));
    }

    /** Those of the names that a pattern stands for; a level of priority is followed by its own pattern alone. */
    static List<String> matching(String pattern, List<?> names) {
        Pattern matching = matching(pattern);
        boolean levels = LEVEL.matcher(pattern).matches();
        List<String> all = new ArrayList<>();
        for (Object name : names) {
            String topic = Bytes.text(name);
            if (levels == LEVEL.matcher(topic).matches()
                    && matching.matcher(topic).matches()) {
                all.add(topic);
            }
        }
        return all;
    }

    /** Topics that a pattern stands for now. */
    CompletableFuture<List<String>> topics(String pattern) {
        return commander
                .ask(Command.SMEMBERS, RedisKeys.TOPICS)
                .thenApply(names -> matching(pattern, names instanceof List<?> list ? list : List.of()));
    }

    /** Writes a topic down, and gives the groups that follow it by a pattern. */
    CompletableFuture<List<Follower>> announce(String topic) {
        return commander
                .ask(Command.SADD, RedisKeys.TOPICS, Bytes.of(topic))
                .thenCompose(added -> commander.ask(Command.HGETALL, RedisKeys.PATTERNS))
                .thenApply(all -> followers(topic, all));
    }

    private List<Follower> followers(String topic, @Nullable Object answer) {
        List<Follower> found = new ArrayList<>();
        List<?> all = answer instanceof List<?> list ? list : List.of();
        for (int i = 0; i + 1 < all.size(); i += 2) {
            String value = Bytes.text(all.get(i + 1));
            int blank = value.indexOf(' ');
            long until = Bytes.number(Bytes.of(value.substring(0, Math.max(0, blank))));
            String group = Bytes.text(all.get(i));
            if (until != 0 && until + SLACK_MILLIS < time.millis()) {
                var unused = unfollow(group); // its client is gone
            } else if (!matching(value.substring(blank + 1), List.of(Bytes.of(topic)))
                    .isEmpty()) {
                found.add(new Follower(group, until != 0));
            }
        }
        return found;
    }

    /** Writes down that a group follows a pattern, an ephemeral one for as long as it says so again. */
    CompletableFuture<Void> follow(String group, String pattern, boolean ephemeral) {
        return commander
                .ask(Command.HSET, RedisKeys.PATTERNS, Bytes.of(group), entry(pattern, ephemeral))
                .thenAccept(done -> {});
    }

    private byte[] entry(String pattern, boolean ephemeral) {
        return Bytes.of((ephemeral ? time.millis() + ServerInfo.EPHEMERAL.toMillis() : 0) + " " + pattern);
    }

    /** A group follows nothing any more. */
    CompletableFuture<Void> unfollow(String group) {
        return commander.ask(Command.HDEL, RedisKeys.PATTERNS, Bytes.of(group)).thenAccept(done -> {});
    }
}

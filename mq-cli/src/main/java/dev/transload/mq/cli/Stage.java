package dev.transload.mq.cli;

import dev.transload.mq.Group;
import dev.transload.mq.MqAdmin;
import dev.transload.mq.Queue;
import dev.transload.mq.Topic;
import dev.transload.mq.client.MqClient;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What stories play on: a client, names that no other run uses, and a narrator. Removes at the end what they made.
 * Used by one thread.
 */
final class Stage {

    private final MqClient mq;
    private final Narrator narrator;
    private final String suffix;
    private final List<Queue<?>> queues = new ArrayList<>();
    private final List<Topic<?>> topics = new ArrayList<>();
    private final List<Group<?>> groups = new ArrayList<>();
    private int verified;

    Stage(MqClient mq, Narrator narrator, String suffix) {
        this.mq = mq;
        this.narrator = narrator;
        this.suffix = suffix;
    }

    MqClient mq() {
        return mq;
    }

    /** A queue for this run. */
    <T> Queue<T> queue(String name, Class<T> type) {
        return queue(name, type, plain -> plain);
    }

    /** A queue for this run, with a shape. */
    <T> Queue<T> queue(String name, Class<T> type, UnaryOperator<Queue<T>> shape) {
        Queue<T> queue = shape.apply(Queue.of(name + suffix, type));
        queues.add(queue);
        return queue;
    }

    /** A topic for this run, with a shape. */
    <T> Topic<T> topic(String name, Class<T> type, UnaryOperator<Topic<T>> shape) {
        Topic<T> topic = shape.apply(Topic.of(name + suffix, type));
        topics.add(topic);
        return topic;
    }

    /** A durable group of such a topic. */
    <T> Group<T> group(Topic<T> topic, String name) {
        Group<T> group = topic.group(name);
        groups.add(group);
        return group;
    }

    /** What the names of this run end in. */
    String suffix() {
        return suffix;
    }

    /** A text without what makes the names of this run its own. */
    String plain(String text) {
        return text.replace(suffix, "");
    }

    /** Something that happened. */
    void say(String text) {
        narrator.say(text);
    }

    /**
     * Something that must be so.
     *
     * @throws StoryException if it is not; {@code found} says what is instead
     */
    void verify(String what, boolean holds, Object found) {
        if (!holds) {
            throw new StoryException("not so: " + what + ". Found: " + plain(String.valueOf(found)));
        }
        verified++;
        narrator.verified(what);
    }

    /** How much was verified so far. */
    int verified() {
        return verified;
    }

    /** Removes everything that was made at the broker and returns how many queues and topics that were. */
    int clear() {
        MqAdmin admin = mq.admin();
        groups.forEach(admin::delete);
        topics.forEach(admin::delete);
        queues.forEach(admin::delete);
        boolean left =
                queues.stream().anyMatch(admin::exists) || topics.stream().anyMatch(admin::exists);
        if (left) {
            throw new StoryException("some queues or topics are still there, with names that end in " + suffix);
        }
        int removed = queues.size() + topics.size();
        groups.clear();
        topics.clear();
        queues.clear();
        return removed;
    }
}

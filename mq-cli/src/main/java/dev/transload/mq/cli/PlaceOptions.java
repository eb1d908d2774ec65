package dev.transload.mq.cli;

import dev.transload.mq.DeadLetters;
import dev.transload.mq.Destination;
import dev.transload.mq.Group;
import dev.transload.mq.Queue;
import dev.transload.mq.Source;
import dev.transload.mq.client.MqClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which queue, topic or group a command is about, and the shape it was declared with. */
final class PlaceOptions {

    @Option(names = "--queue", paramLabel = "NAME", description = "A work queue.")
    private @Nullable String queue;

    @Option(names = "--topic", paramLabel = "NAME", description = "A topic.")
    private @Nullable String topic;

    @Mixin
    private final ShapeOptions shape = new ShapeOptions();

    /** Where messages are sent to. */
    Destination<byte[]> destination() {
        requireOne();
        return queue != null ? shape.queue(queue) : shape.topic(String.valueOf(topic));
    }

    /** Where messages are received from: the queue, or the group of the topic. */
    Source<byte[]> source(@Nullable String group) {
        requireOne();
        if (queue != null) {
            if (group != null) {
                throw new IllegalArgumentException("a queue has no groups: give --topic with --group");
            }
            return shape.queue(queue);
        }
        if (group == null) {
            throw new IllegalArgumentException("which group of the topic? Give --group");
        }
        return shape.topic(String.valueOf(topic)).group(group);
    }

    /** Where messages are received from while someone looks: like {@link #source}, a topic without a group included. */
    Source<byte[]> sourceOrEphemeral(@Nullable String group) {
        requireOne();
        return topic != null && group == null ? shape.topic(topic).ephemeral() : source(group);
    }

    /** The dead letters of the queue or group. */
    DeadLetters deadLetters(MqClient mq, @Nullable String group) {
        Source<byte[]> source = source(group);
        return source instanceof Group<byte[]> ofTopic
                ? mq.deadLetters(ofTopic)
                : mq.deadLetters((Queue<byte[]>) source);
    }

    private void requireOne() {
        if ((queue == null) == (topic == null)) {
            throw new IllegalArgumentException("give either --queue or --topic");
        }
    }
}

package dev.transload.mq.cli;

import dev.transload.mq.Codec;
import dev.transload.mq.DeadLetters;
import dev.transload.mq.Destination;
import dev.transload.mq.Group;
import dev.transload.mq.Queue;
import dev.transload.mq.Source;
import dev.transload.mq.Topic;
import dev.transload.mq.client.MqClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which queue, topic or group a command is about, and the shape it was declared with. */
final class PlaceOptions {

    @Option(names = "--queue", paramLabel = "NAME", description = "A work queue.")
    private @Nullable String queue;

    @Option(names = "--topic", paramLabel = "NAME", description = "A topic.")
    private @Nullable String topic;

    @Option(names = "--existing", description = "The name is the broker's own and is used exactly as written.")
    private boolean existing;

    @Option(names = "--ordered", description = "The application declares it .ordered().")
    private boolean ordered;

    @Option(names = "--partitions", paramLabel = "N", description = "The application declares .partitions(N).")
    private int partitions;

    @Option(names = "--priorities", paramLabel = "N", description = "The application declares .priorities(N).")
    private int priorities;

    /** Where messages are sent to. */
    Destination<byte[]> destination() {
        requireOne();
        return queue != null ? queue(queue) : topic(String.valueOf(topic));
    }

    /** Where messages are received from: the queue, or the group of the topic. */
    Source<byte[]> source(@Nullable String group) {
        requireOne();
        if (queue != null) {
            if (group != null) {
                throw new IllegalArgumentException("a queue has no groups: give --topic with --group");
            }
            return queue(queue);
        }
        if (group == null) {
            throw new IllegalArgumentException("which group of the topic? Give --group");
        }
        return topic(String.valueOf(topic)).group(group);
    }

    /** Where messages are received from while someone looks: like {@link #source}, a topic without a group included. */
    Source<byte[]> sourceOrEphemeral(@Nullable String group) {
        requireOne();
        return topic != null && group == null ? topic(topic).ephemeral() : source(group);
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

    private Queue<byte[]> queue(String name) {
        Queue<byte[]> plain = existing ? Queue.named(name, RawCodec.INSTANCE) : Queue.of(name, RawCodec.INSTANCE);
        Queue<byte[]> shaped = ordered ? plain.ordered() : plain;
        shaped = partitions == 0 ? shaped : shaped.partitions(partitions);
        return priorities == 0 ? shaped : shaped.priorities(priorities);
    }

    private Topic<byte[]> topic(String name) {
        Topic<byte[]> plain = existing ? Topic.named(name, byte[].class) : Topic.of(name, RawCodec.INSTANCE);
        Topic<byte[]> shaped = ordered ? plain.ordered() : plain;
        shaped = partitions == 0 ? shaped : shaped.partitions(partitions);
        return priorities == 0 ? shaped : shaped.priorities(priorities);
    }

    /** Bytes as they are, without a content type of their own. */
    private enum RawCodec implements Codec<byte[]> {
        INSTANCE;

        @Override
        public byte[] encode(byte[] payload) {
            return payload;
        }

        @Override
        public byte[] decode(byte[] body) {
            return body.clone();
        }
    }
}

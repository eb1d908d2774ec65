package dev.transload.mq.cli;

import dev.transload.mq.Codec;
import dev.transload.mq.Queue;
import dev.transload.mq.Topic;
import picocli.CommandLine.Option;

/** The shape that the application declares its queues and topics with. */
final class ShapeOptions {

    @Option(names = "--existing", description = "The name is the broker's own and is used exactly as written.")
    private boolean existing;

    @Option(names = "--ordered", description = "The application declares it .ordered().")
    private boolean ordered;

    @Option(names = "--partitions", paramLabel = "N", description = "The application declares .partitions(N).")
    private int partitions;

    @Option(names = "--priorities", paramLabel = "N", description = "The application declares .priorities(N).")
    private int priorities;

    /** A queue of that name and shape. */
    Queue<byte[]> queue(String name) {
        Queue<byte[]> plain = existing ? Queue.named(name, RawCodec.INSTANCE) : Queue.of(name, RawCodec.INSTANCE);
        Queue<byte[]> shaped = ordered ? plain.ordered() : plain;
        shaped = partitions == 0 ? shaped : shaped.partitions(partitions);
        return priorities == 0 ? shaped : shaped.priorities(priorities);
    }

    /** A topic of that name and shape. */
    Topic<byte[]> topic(String name) {
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

package dev.transload.mq.sqs;

import dev.transload.mq.Shape;

/** What a queue or topic was made for, as the value of a tag. Pure. */
final class ShapeTag {

    /** Key of the tag of a queue; of a topic with {@code :} and its name, since several share one. */
    static final String KEY = "mq-shape";

    private ShapeTag() {}

    static String of(Shape shape) {
        return (shape.ordered() ? "ordered" : "unordered") + " partitions=" + shape.partitions() + " priorities="
                + shape.priorities();
    }

    static String topicKey(String topic) {
        return KEY + ":" + topic;
    }
}

package dev.transload.mq.sqs;

import dev.transload.mq.spi.Place;
import java.util.Optional;

/**
 * The filter policy of a group's subscription: which of the topics that share the SNS topic it wants. It is a saving; what
 * comes all the same is dropped here. Pure.
 */
final class FilterPolicy {

    private FilterPolicy() {}

    /** The policy of a group; none where the topic is not one of ours. */
    static Optional<String> of(Place group) {
        if (!group.portable()) {
            return Optional.empty();
        }
        String topic = SnsTopics.topicOf(group);
        StringBuilder json = new StringBuilder("{\"").append(SqsMessages.TOPIC).append("\":[");
        int wild = wild(topic);
        if (wild < 0) {
            WireText.quote(json, topic);
            if (topic.indexOf('.') < 0) {
                json.append(",{\"exists\":false}"); // what others publish to the SNS topic of this name
            }
        } else {
            String before = topic.substring(0, wild);
            if (topic.equals(before + "#")) {
                WireText.quote(json, before.substring(0, before.length() - 1));
                json.append(',');
            }
            json.append("{\"prefix\":");
            WireText.quote(json, before);
            json.append('}');
        }
        return Optional.of(json.append("]}").toString());
    }

    private static int wild(String topic) {
        for (int i = 0; i < topic.length(); i++) {
            if (topic.charAt(i) == '*' || topic.charAt(i) == '#') {
                return i;
            }
        }
        return -1;
    }

    /** Whether a group wants what was sent to a topic, as far as the transport has to tell. */
    static boolean wants(Place group, String sentTo) {
        String topic = SnsTopics.topicOf(group);
        return wild(topic) >= 0 || !group.portable() || topic.equals(sentTo);
    }
}

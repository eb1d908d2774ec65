package dev.transload.mq.inmemory;

/** Whether a topic's name matches a pattern: {@code *} is one segment, {@code #} any number, none included. Pure. */
final class TopicNames {

    private TopicNames() {}

    /** Whether the text is a pattern rather than a name. */
    static boolean isPattern(String text) {
        return text.indexOf('*') >= 0 || text.indexOf('#') >= 0;
    }

    static boolean matches(String pattern, String topic) {
        if (!isPattern(pattern)) {
            return pattern.equals(topic);
        }
        return matches(pattern.split("\\.", -1), 0, topic.split("\\.", -1), 0);
    }

    private static boolean matches(String[] pattern, int p, String[] topic, int t) {
        if (p == pattern.length) {
            return t == topic.length;
        }
        if (pattern[p].equals("#")) {
            for (int rest = t; rest <= topic.length; rest++) {
                if (matches(pattern, p + 1, topic, rest)) {
                    return true;
                }
            }
            return false;
        }
        return t < topic.length
                && (pattern[p].equals("*") || pattern[p].equals(topic[t]))
                && matches(pattern, p + 1, topic, t + 1);
    }
}

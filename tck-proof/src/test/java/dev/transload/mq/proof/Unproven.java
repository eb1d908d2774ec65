package dev.transload.mq.proof;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Cases that no mutant kills in every build, each with the reason. */
final class Unproven {

    private static final String ACCOUNTS = "needs a broker with a network and accounts, which the one in memory is not";

    private static final Map<String, String> WHY = Map.of(
            "LIF-10", ACCOUNTS,
            "SEC-02", ACCOUNTS,
            "SEC-03", ACCOUNTS,
            "SEC-04", ACCOUNTS);

    private Unproven() {}

    static boolean isListed(String id) {
        return WHY.containsKey(id);
    }

    static Set<String> ids() {
        return WHY.keySet();
    }

    /** All of them with their reasons. */
    static String all() {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(WHY)
                .forEach((id, why) -> text.append(text.isEmpty() ? "" : "; ")
                        .append(id)
                        .append(' ')
                        .append(why));
        return text.append('.').toString();
    }
}

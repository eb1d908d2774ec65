package dev.transload.mq.tck;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Many ids in a few words: {@code ACK 01–04, 09; RTY 01}. */
final class IdList {

    private IdList() {}

    static String of(Collection<String> ids) {
        Map<String, Set<Integer>> numbers = new LinkedHashMap<>();
        ids.stream().sorted().forEach(id -> {
            int dash = id.indexOf('-');
            numbers.computeIfAbsent(id.substring(0, dash), group -> new TreeSet<>())
                    .add(Integer.valueOf(id.substring(dash + 1)));
        });
        return numbers.entrySet().stream()
                .map(entry -> entry.getKey() + " " + ranges(entry.getValue()))
                .collect(Collectors.joining("; "));
    }

    private static String ranges(Set<Integer> numbers) {
        StringBuilder text = new StringBuilder();
        int first = -1;
        int last = -1;
        for (int number : numbers) {
            if (first >= 0 && number != last + 1) {
                range(text, first, last);
                first = -1;
            }
            first = first < 0 ? number : first;
            last = number;
        }
        range(text, first, last);
        return text.toString();
    }

    private static void range(StringBuilder text, int first, int last) {
        text.append(text.length() == 0 ? "" : ", ").append(String.format("%02d", first));
        if (last > first) {
            text.append(last == first + 1 ? ", " : "–").append(String.format("%02d", last));
        }
    }
}

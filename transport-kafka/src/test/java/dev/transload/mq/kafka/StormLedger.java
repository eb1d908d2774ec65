package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Delivery;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the members of a storm said they did, and what is wrong with it. Not thread-safe. */
final class StormLedger {

    /**
     * One call of a handler.
     *
     * @param owner who had the key: a member and its fence, as one that gets a key back is a new owner of it
     * @param end when it ended, or its process did
     * @param ended whether it ended by itself
     */
    record Call(String owner, String key, int number, long begin, long end, boolean ended) {}

    private static final int WORDS = 5;

    private final List<Call> calls = new ArrayList<>();

    /** What a member says when a call begins or ends. */
    static String line(String what, Delivery<String> delivery) {
        return what + " " + delivery.message().key() + " " + delivery.payload() + " " + delivery.fence() + " "
                + System.nanoTime();
    }

    /** Takes in all lines of one member, which was gone at that time. */
    void add(String member, List<String> lines, long goneNanos) {
        Map<String, Long> begun = new HashMap<>();
        for (String line : lines) {
            String[] word = line.split(" ", -1);
            if (word.length != WORDS) {
                continue; // not about a call, or cut short by a kill
            }
            String what = word[1] + " " + word[2] + " " + word[3];
            if (word[0].equals("begin")) {
                begun.put(what, Long.parseLong(word[4]));
            } else {
                Long begin = begun.remove(what);
                assertThat(begin).as("begin of %s at %s", what, member).isNotNull();
                calls.add(call(member, what, begin, Long.parseLong(word[4]), true));
            }
        }
        begun.forEach((what, begin) -> calls.add(call(member, what, begin, goneNanos, false)));
    }

    private static Call call(String member, String what, long begin, long end, boolean ended) {
        String[] word = what.split(" ", -1);
        return new Call(member + " by " + word[2], word[0], Integer.parseInt(word[1]), begin, end, ended);
    }

    /** How many different messages were handled to the end. */
    static int handled(List<List<String>> lines) {
        Set<String> handled = new HashSet<>();
        lines.forEach(all -> all.forEach(line -> {
            String[] word = line.split(" ", -1);
            if (word.length == WORDS && word[0].equals("end")) {
                handled.add(word[1] + " " + word[2]);
            }
        }));
        return handled.size();
    }

    /** Everything that a group which keeps its order may not do, of each key, in sentences. */
    List<String> faults(int perKey) {
        Map<String, List<Call>> byKey = new HashMap<>();
        calls.forEach(call ->
                byKey.computeIfAbsent(call.key(), key -> new ArrayList<>()).add(call));
        List<String> faults = new ArrayList<>();
        byKey.forEach((key, of) -> {
            of.sort(Comparator.comparingLong(Call::begin));
            faults.addAll(faults(of, perKey));
        });
        return faults;
    }

    private static List<String> faults(List<Call> of, int perKey) {
        List<String> faults = new ArrayList<>();
        int highest = -1;
        Call before = null;
        for (Call call : of) {
            if (before != null && call.begin() < before.end()) {
                faults.add("two at a time: " + before + " and " + call);
            }
            if (call.number() > highest + 1) {
                faults.add("a gap after " + highest + ": " + call);
            }
            if (before != null && before.owner().equals(call.owner()) && call.number() <= before.number()) {
                faults.add("out of order at one owner: " + before + " and " + call);
            }
            if (call.ended()) {
                highest = Math.max(highest, call.number());
            }
            before = call;
        }
        if (highest != perKey - 1) {
            faults.add("the last of " + of.get(0).key() + " that was handled is " + highest + " of " + perKey);
        }
        return faults;
    }

    /** Calls beyond the first of each message. */
    long repeats() {
        return calls.size()
                - calls.stream()
                        .map(call -> call.key() + " " + call.number())
                        .distinct()
                        .count();
    }
}

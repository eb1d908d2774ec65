package dev.transload.mq.tck;

import static dev.transload.mq.tck.HistoryEvent.Kind.ACKED;
import static dev.transload.mq.tck.HistoryEvent.Kind.CONSUMER_KILLED;
import static dev.transload.mq.tck.HistoryEvent.Kind.DEAD_LETTERED;
import static dev.transload.mq.tck.HistoryEvent.Kind.DELIVERED;
import static dev.transload.mq.tck.HistoryEvent.Kind.DEPTH;
import static dev.transload.mq.tck.HistoryEvent.Kind.FAILED;
import static dev.transload.mq.tck.HistoryEvent.Kind.FENCE_SENT;
import static dev.transload.mq.tck.HistoryEvent.Kind.LEASE_LOST;
import static dev.transload.mq.tck.HistoryEvent.Kind.NOT_SENT;
import static dev.transload.mq.tck.HistoryEvent.Kind.REJECTED;
import static dev.transload.mq.tck.HistoryEvent.Kind.RETRIED;
import static dev.transload.mq.tck.HistoryEvent.Kind.SENDING;
import static dev.transload.mq.tck.HistoryEvent.Kind.SENT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.tck.Simulation.Trouble;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A correct history with one thing changed is found out, and the right rule and message are named. */
class SpoiledHistoriesTest {

    private static final int SEEDS = 25;

    /** One way to spoil a history; returns the message to blame, or null where it does not apply. */
    private interface Spoiling {
        @Nullable
        String apply(Edit e);
    }

    /** A way to spoil a history, and the rule that it breaks. */
    private record Bug(String name, Invariant invariant, boolean ordered, List<Trouble> troubles, Spoiling spoiling) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Bug bug(String name, Invariant invariant, boolean ordered, Spoiling spoiling) {
        List<Trouble> troubles = invariant == Invariant.I13
                ? List.of(Trouble.LOST_LEASES)
                : invariant == Invariant.O4 ? List.of(Trouble.KILLS) : List.of();
        return new Bug(name, invariant, ordered, troubles, spoiling);
    }

    static Stream<Bug> bugs() {
        return Stream.of(
                bug("message lost", Invariant.I1, false, e -> {
                    String id = e.whose(DELIVERED, ACKED);
                    e.remove(x -> x.id().equals(id) && x.kind() != SENDING && x.kind() != SENT);
                    return id;
                }),
                bug("retry lost", Invariant.I1, false, e -> {
                    String id = e.whoseStoryBegins(DELIVERED, FAILED, RETRIED, DELIVERED);
                    int from = id == null
                            ? -1
                            : e.events.indexOf(e.of(id).get(e.of(id).size() - 1));
                    int retry = id == null ? -1 : e.find(id, RETRIED);
                    List<HistoryEvent> tail = id == null ? List.of() : e.events.subList(retry + 1, from + 1);
                    List<HistoryEvent> later =
                            tail.stream().filter(x -> x.id().equals(id)).toList();
                    e.events.removeAll(later);
                    return id;
                }),
                bug("handler hangs", Invariant.I2, false, e -> {
                    String id = e.whose(DELIVERED, ACKED);
                    e.remove(x -> x.kind() == ACKED && x.id().equals(id));
                    return id;
                }),
                bug("broker keeps a copy", Invariant.I2, false, e -> {
                    int at = e.find(0, x -> x.kind() == DEPTH);
                    e.events.set(at, Edit.nanos(e.events.get(at), 1));
                    return Simulation.Q;
                }),
                bug("phantom", Invariant.I3, false, e -> {
                    int at = e.find(0, x -> x.kind() == DELIVERED);
                    HistoryEvent ghost = Edit.id(e.events.get(at), "ghost");
                    e.insertAfter(at, ghost);
                    e.insertAfter(at + 1, Edit.ack(ghost));
                    return "ghost";
                }),
                bug("delivered before it is sent", Invariant.I3, false, e -> {
                    String id = e.whose(DELIVERED, ACKED);
                    if (id != null) {
                        e.moveHandling(id, e.find(id, SENDING));
                    }
                    return id;
                }),
                bug("aborted send is delivered", Invariant.I4, false, e -> {
                    String id = e.whose(DELIVERED, ACKED);
                    int at = id == null ? 0 : e.find(id, SENT);
                    e.events.set(at, Edit.kind(e.events.get(at), NOT_SENT, "no"));
                    return id;
                }),
                bug("body damaged", Invariant.I5, false, e -> {
                    String id = e.whose(DELIVERED, ACKED);
                    int at = id == null ? 0 : e.find(id, DELIVERED);
                    e.events.set(at, Edit.digest(e.events.get(at), "#else"));
                    return id;
                }),
                bug("ack is lost", Invariant.I6, false, e -> {
                    String id = e.whose(DELIVERED, ACKED);
                    return id == null ? null : again(e, id, e.events.size() - 2, 2);
                }),
                bug("delivered twice at once", Invariant.I8, false, e -> {
                    String id = e.whose(DELIVERED, ACKED);
                    return id == null ? null : again(e, id, e.find(id, DELIVERED), 2);
                }),
                bug("rejected message comes again", Invariant.I7, false, e -> {
                    String id = e.whose(DELIVERED, REJECTED, DEAD_LETTERED);
                    return id == null ? null : again(e, id, e.find(id, REJECTED), 2);
                }),
                bug("attempts do not rise", Invariant.I9, false, e -> {
                    String id = e.whose(DELIVERED, FAILED, RETRIED, DELIVERED, ACKED);
                    int at = id == null
                            ? 0
                            : e.find(e.find(id, RETRIED), x -> x.kind() == DELIVERED && x.id().equals(id));
                    e.events.set(at, Edit.attempt(e.events.get(at), 1, true));
                    return id;
                }),
                bug("attempts begin at two", Invariant.I9, false, e -> {
                    String id = e.whose(DELIVERED, ACKED);
                    int at = id == null ? 0 : e.find(id, DELIVERED);
                    e.events.set(at, Edit.attempt(e.events.get(at), 2, true));
                    return id;
                }),
                bug("redelivery is not marked", Invariant.I9, false, e -> {
                    String id = e.whose(DELIVERED, FAILED, RETRIED, DELIVERED, ACKED);
                    int at = id == null
                            ? 0
                            : e.find(e.find(id, RETRIED), x -> x.kind() == DELIVERED && x.id().equals(id));
                    e.events.set(at, Edit.attempt(e.events.get(at), 2, false));
                    return id;
                }),
                bug("one retry too many", Invariant.I10, false, e -> {
                    int dead =
                            e.find(0, x -> x.kind() == DEAD_LETTERED && x.why().equals("ATTEMPTS_EXHAUSTED"));
                    String id = dead < 0 ? null : e.events.get(dead).id();
                    if (id == null || e.find(id, HistoryEvent.Kind.REDRIVEN) >= 0) {
                        return null;
                    }
                    e.events.remove(dead);
                    return again(e, id, dead - 1, e.maxAttempts + 1);
                }),
                bug("dead lettered twice", Invariant.I11, false, e -> {
                    String id = e.whose(DELIVERED, REJECTED, DEAD_LETTERED);
                    int at = id == null ? 0 : e.find(id, DEAD_LETTERED);
                    e.insertAfter(at, e.events.get(at));
                    return id;
                }),
                bug("dead lettered and acked", Invariant.I11, false, e -> {
                    String id = e.whose(DELIVERED, ACKED);
                    int at = id == null ? 0 : e.find(id, ACKED);
                    e.insertAfter(at, Edit.kind(e.events.get(at), DEAD_LETTERED, "NOT_RETRYABLE"));
                    return id;
                }),
                bug("wrong reason", Invariant.I11, false, e -> {
                    String id = e.whose(DELIVERED, REJECTED, DEAD_LETTERED);
                    int at = id == null ? 0 : e.find(id, DEAD_LETTERED);
                    e.events.set(at, Edit.kind(e.events.get(at), DEAD_LETTERED, "ATTEMPTS_EXHAUSTED"));
                    return id;
                }),
                bug("delay cut short", Invariant.I12, false, e -> {
                    String id = e.whose(DELIVERED, ACKED);
                    int at = id == null ? 0 : e.find(id, SENDING);
                    long took = id == null
                            ? 0
                            : e.events.get(e.find(id, DELIVERED)).at()
                                    - e.events.get(at).at();
                    e.events.set(at, Edit.nanos(e.events.get(at), took + 5_000_000));
                    return id;
                }),
                bug("backoff cut short", Invariant.I12, false, e -> {
                    String id = e.whose(DELIVERED, FAILED, RETRIED, DELIVERED, ACKED);
                    int at = id == null ? 0 : e.find(id, RETRIED);
                    e.events.set(at, Edit.nanos(e.events.get(at), 3_600_000_000_000L));
                    return id;
                }),
                bug("zombie ack settles", Invariant.I13, false, e -> {
                    String id = e.ids().stream()
                            .filter(x -> e.confirmed(x)
                                    && e.fate(x).size() > 2
                                    && e.fate(x).subList(0, 2).equals(List.of(DELIVERED, LEASE_LOST)))
                            .findFirst()
                            .orElse(null);
                    if (id == null) {
                        return null;
                    }
                    HistoryEvent first = e.events.get(e.find(id, DELIVERED));
                    e.remove(x -> x.id().equals(id)
                            && x.kind() != SENDING
                            && x.kind() != SENT
                            && x.kind() != LEASE_LOST
                            && !x.equals(first));
                    e.insertAfter(e.find(id, LEASE_LOST), Edit.ack(first));
                    return id;
                }),
                bug("key out of order", Invariant.O2, true, e -> {
                    for (String id : e.ids()) {
                        String next = e.next(id);
                        if (next != null
                                && e.confirmed(id)
                                && e.fate(id).equals(List.of(DELIVERED, ACKED))
                                && e.find(next, SENT) < e.find(id, DELIVERED)) {
                            e.moveHandling(next, e.find(id, DELIVERED));
                            return id;
                        }
                    }
                    return null;
                }),
                bug("retry goes to the tail", Invariant.O3, true, e -> {
                    for (String id : e.ids()) {
                        String next = e.next(id);
                        if (next != null
                                && e.confirmed(id)
                                && e.fate(id).equals(List.of(DELIVERED, FAILED, RETRIED, DELIVERED, ACKED))
                                && e.find(next, SENT) < e.find(id, RETRIED)) {
                            e.moveHandling(next, e.find(id, RETRIED) + 1);
                            return id;
                        }
                    }
                    return null;
                }),
                bug("new owner skips", Invariant.O4, true, e -> {
                    for (String id : e.ids()) {
                        String next = e.next(id);
                        int kill = next == null ? -1 : e.find(e.find(id, DELIVERED), x -> x.kind() == CONSUMER_KILLED);
                        if (next != null
                                && e.confirmed(id)
                                && kill > 0
                                && e.fate(id).equals(List.of(DELIVERED, DELIVERED, ACKED))
                                && e.find(next, SENT) < kill) {
                            e.moveHandling(next, kill + 1);
                            return id;
                        }
                    }
                    return null;
                }),
                bug("key handled twice at once", Invariant.O5, true, e -> {
                    for (String id : e.ids()) {
                        String next = e.next(id);
                        if (next != null && e.confirmed(id) && e.fate(id).equals(List.of(DELIVERED, ACKED))) {
                            int at = e.find(id, ACKED);
                            HistoryEvent ack = e.events.remove(at);
                            e.insertAfter(e.find(next, DELIVERED), ack);
                            return id;
                        }
                    }
                    return null;
                }),
                bug("lane stands still", Invariant.L1, false, e -> {
                    HistoryEvent last = e.events.get(e.events.size() - 1);
                    e.insertAfter(e.events.size() - 1, Edit.id(Edit.kind(last, FENCE_SENT, ""), "fence"));
                    return "fence";
                }),
                bug("consumer stands still", Invariant.L2, false, SpoiledHistoriesTest::stall));
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void isFoundOut(Bug bug) {
        int spoiled = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Simulation simulation = new Simulation(seed, 150, bug.ordered, bug.troubles.toArray(new Trouble[0]));
            Edit edit = new Edit(simulation.run(), simulation.maxAttempts);
            String blamed = bug.spoiling.apply(edit);
            if (blamed == null) {
                continue;
            }
            spoiled++;
            Verdict verdict = HistoryChecker.check(edit.events, simulation.judge());
            assertThat(verdict.violations())
                    .as("seed %d\n%s", seed, verdict.report())
                    .anySatisfy(violation -> {
                        assertThat(violation.invariant()).isEqualTo(bug.invariant);
                        assertThat(violation.blamed()).isEqualTo(blamed);
                    });
        }
        assertThat(spoiled).as("histories that could be spoiled so").isGreaterThan(3);
    }

    private static String again(Edit e, String id, int after, int attempt) {
        HistoryEvent again = Edit.again(e.events.get(e.find(id, DELIVERED)), attempt);
        e.insertAfter(after, again);
        e.insertAfter(after + 1, Edit.ack(again));
        return id;
    }

    // The clock jumps where one message waits and nobody works.
    private static @Nullable String stall(Edit e) {
        Set<String> waiting = new HashSet<>();
        Set<String> seen = new HashSet<>();
        int running = 0;
        for (int i = 0; i < e.events.size() / 2; i++) {
            HistoryEvent x = e.events.get(i);
            switch (x.kind()) {
                case SENT -> {
                    if (!seen.contains(x.id())) {
                        waiting.add(x.id());
                    }
                }
                case DELIVERED, EXPIRED -> {
                    running += x.kind() == DELIVERED ? 1 : 0;
                    seen.add(x.id());
                    waiting.remove(x.id());
                }
                case ACKED, FAILED, REJECTED, DROPPED -> running--;
                default -> {}
            }
            if (running == 0 && waiting.equals(Set.of(x.id())) && e.find(x.id(), DELIVERED) > i) {
                if (e.events.get(e.find(x.id(), SENDING)).nanos() == 0) {
                    for (int k = i + 1; k < e.events.size(); k++) {
                        e.events.set(k, Edit.at(e.events.get(k), e.events.get(k).at() + 60_000_000_000L));
                    }
                    return x.id();
                }
            }
        }
        return null;
    }
}

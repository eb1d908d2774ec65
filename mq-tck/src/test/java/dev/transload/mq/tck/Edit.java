package dev.transload.mq.tck;

import dev.transload.mq.tck.HistoryEvent.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A history that is about to be spoiled. Not thread-safe. */
final class Edit {

    final List<HistoryEvent> events;
    final int maxAttempts;

    Edit(List<HistoryEvent> events, int maxAttempts) {
        this.events = new ArrayList<>(events);
        this.maxAttempts = maxAttempts;
    }

    // ---- looking

    int find(int from, Predicate<HistoryEvent> wanted) {
        for (int i = Math.max(0, from); i < events.size(); i++) {
            if (wanted.test(events.get(i))) {
                return i;
            }
        }
        return -1;
    }

    int find(String id, Kind kind) {
        return find(0, e -> e.kind() == kind && e.id().equals(id));
    }

    List<HistoryEvent> of(String id) {
        return events.stream().filter(e -> e.id().equals(id)).toList();
    }

    /** Kinds of all events of a message, without those of its send. */
    List<Kind> fate(String id) {
        return of(id).stream()
                .map(HistoryEvent::kind)
                .filter(kind -> kind != Kind.SENDING && kind != Kind.SENT)
                .toList();
    }

    List<String> ids() {
        return events.stream()
                .filter(e -> e.kind() == Kind.SENDING)
                .map(HistoryEvent::id)
                .toList();
    }

    boolean confirmed(String id) {
        return find(id, Kind.SENT) >= 0;
    }

    /** First confirmed message to which just that happened after its send. */
    @Nullable
    String whose(Kind... fate) {
        return ids().stream()
                .filter(id -> confirmed(id) && fate(id).equals(List.of(fate)))
                .findFirst()
                .orElse(null);
    }

    /** First confirmed message whose story begins so. */
    @Nullable
    String whoseStoryBegins(Kind... fate) {
        return ids().stream()
                .filter(this::confirmed)
                .filter(id -> fate(id).size() >= fate.length)
                .filter(id -> fate(id).subList(0, fate.length).equals(List.of(fate)))
                .findFirst()
                .orElse(null);
    }

    /** The next message of the same key that was handled once and acked, or null. */
    @Nullable
    String next(String id) {
        HistoryEvent sending = events.get(find(id, Kind.SENDING));
        int at = find(
                find(id, Kind.SENDING) + 1,
                e -> e.kind() == Kind.SENDING && e.key().equals(sending.key()));
        if (at < 0) {
            return null;
        }
        String next = events.get(at).id();
        return confirmed(next) && fate(next).equals(List.of(Kind.DELIVERED, Kind.ACKED)) ? next : null;
    }

    // ---- spoiling

    void remove(Predicate<HistoryEvent> unwanted) {
        events.removeIf(unwanted);
    }

    /** Puts a changed copy of the event at a position behind it. */
    void insertAfter(int at, HistoryEvent event) {
        events.add(at + 1, event);
        retime();
    }

    /** Moves all deliveries and ends of a message in front of a position. */
    void moveHandling(String id, int before) {
        HistoryEvent anchor = events.get(before);
        List<HistoryEvent> moved = events.stream()
                .filter(e -> e.id().equals(id) && e.kind() != Kind.SENDING && e.kind() != Kind.SENT)
                .toList();
        events.removeAll(moved);
        events.addAll(events.indexOf(anchor), moved);
        retime();
    }

    // Times go with positions.
    private void retime() {
        long last = 0;
        for (int i = 0; i < events.size(); i++) {
            HistoryEvent e = events.get(i);
            last = Math.max(last, e.at());
            if (e.at() != last) {
                events.set(i, at(e, last));
            }
        }
    }

    // ---- changed copies

    static HistoryEvent at(HistoryEvent e, long at) {
        return copy(
                e,
                at,
                e.kind(),
                e.id(),
                e.who(),
                e.call(),
                e.attempt(),
                e.redelivered(),
                e.digest(),
                e.nanos(),
                e.why());
    }

    static HistoryEvent kind(HistoryEvent e, Kind kind, String why) {
        return copy(
                e, e.at(), kind, e.id(), e.who(), e.call(), e.attempt(), e.redelivered(), e.digest(), e.nanos(), why);
    }

    static HistoryEvent id(HistoryEvent e, String id) {
        return copy(
                e,
                e.at(),
                e.kind(),
                id,
                e.who(),
                e.call() + 1_000_000,
                e.attempt(),
                e.redelivered(),
                e.digest(),
                e.nanos(),
                e.why());
    }

    static HistoryEvent digest(HistoryEvent e, String digest) {
        return copy(
                e,
                e.at(),
                e.kind(),
                e.id(),
                e.who(),
                e.call(),
                e.attempt(),
                e.redelivered(),
                digest,
                e.nanos(),
                e.why());
    }

    static HistoryEvent attempt(HistoryEvent e, int attempt, boolean redelivered) {
        return copy(
                e, e.at(), e.kind(), e.id(), e.who(), e.call(), attempt, redelivered, e.digest(), e.nanos(), e.why());
    }

    static HistoryEvent nanos(HistoryEvent e, long nanos) {
        return copy(
                e,
                e.at(),
                e.kind(),
                e.id(),
                e.who(),
                e.call(),
                e.attempt(),
                e.redelivered(),
                e.digest(),
                nanos,
                e.why());
    }

    /** The same delivery once more, as a call of another consumer. */
    static HistoryEvent again(HistoryEvent delivery, int attempt) {
        return copy(
                delivery,
                delivery.at(),
                Kind.DELIVERED,
                delivery.id(),
                "other",
                delivery.call() + 1_000_000,
                attempt,
                attempt > 1,
                delivery.digest(),
                0,
                "");
    }

    /** The ack of a delivery. */
    static HistoryEvent ack(HistoryEvent delivery) {
        return copy(delivery, delivery.at(), Kind.ACKED, delivery.id(), "", delivery.call(), 0, false, "", 0, "");
    }

    private static HistoryEvent copy(
            HistoryEvent e,
            long at,
            Kind kind,
            String id,
            String who,
            long call,
            int attempt,
            boolean redelivered,
            String digest,
            long nanos,
            String why) {
        return new HistoryEvent(at, kind, id, e.key(), e.place(), who, call, attempt, redelivered, digest, nanos, why);
    }
}

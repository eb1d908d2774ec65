package dev.transload.mq.kafka;

import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One partition from its assignment to its loss: what has come of it, what waits for credit, what waits for a commit.
 *
 * <p>Guarded by the lock of its member, save for what is final.
 */
final class Lane {

    /** What the lane is there for. */
    enum State {
        /** Assigned; where it goes on is not known yet. */
        FRESH,
        /** Known; this owner's number is being committed. */
        OPENING,
        /** Receives. */
        OPEN,
        /** Given up: what runs may end, nothing begins. */
        CLOSING,
        /** Someone else's. */
        GONE
    }

    /** The order of lanes that have something to hand out. */
    static final Comparator<Lane> BY_AGE = Comparator.<Lane>comparingLong(lane -> lane.buffer.element().cameWith)
            .thenComparingLong(lane -> lane.buffer.element().storedAt())
            .thenComparingLong(lane -> lane.turn)
            .thenComparingInt(Lane::number);

    private final Deliveries deliveries;
    private final KafkaReceiver receiver;
    private final TopicPartition partition;
    private final int number;
    /** Where it goes on whatever is committed, or -1. */
    private final long restartAt;

    private final ArrayDeque<KafkaDelivery> buffer = new ArrayDeque<>();
    private final int mostSpan;
    private @Nullable CompletionTracker<KafkaDelivery> tracker;
    private State state = State.FRESH;
    /** Number of the last delivery that was handed out, among those of all lanes. */
    private long turn;

    private int running;
    private boolean dirty;
    private boolean urgent;
    private boolean spanFull;
    private boolean textFull;
    private List<Completion> acks = new ArrayList<>();
    private List<NoteWaiting> notes = new ArrayList<>();
    private long commits;
    private long committed;
    /** Deliveries were handed out under this number. Read without the lock, written before the first. */
    private volatile long fence;

    Lane(
            Deliveries deliveries,
            KafkaReceiver receiver,
            TopicPartition partition,
            int number,
            long restartAt,
            int mostSpan) {
        this.deliveries = deliveries;
        this.receiver = receiver;
        this.partition = partition;
        this.number = number;
        this.restartAt = restartAt;
        this.mostSpan = mostSpan;
    }

    /**
     * Someone waits for a note to be committed.
     *
     * @param offset whose note it is
     */
    private record NoteWaiting(long offset, Completion completion) {}

    /** Who settles its deliveries. */
    Deliveries deliveries() {
        return deliveries;
    }

    KafkaReceiver receiver() {
        return receiver;
    }

    TopicPartition partition() {
        return partition;
    }

    int number() {
        return number;
    }

    long restartAt() {
        return restartAt;
    }

    long fence() {
        return fence;
    }

    State state() {
        return state;
    }

    /** Goes on from where the last owner came; the commit that says so is due at once. */
    void open(Progress from, long ownerNumber) {
        fence = ownerNumber;
        tracker = new CompletionTracker<>(from, ownerNumber);
        state = State.OPENING;
        dirty = true;
        urgent = true;
    }

    private CompletionTracker<KafkaDelivery> tracker() {
        CompletionTracker<KafkaDelivery> known = tracker;
        if (known == null) {
            throw new IllegalStateException("partition " + partition + " is not open");
        }
        return known;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    /** Whether records come in the order expected; otherwise the partition's log is another one. */
    boolean continues(long offset) {
        return offset >= tracker().next();
    }

    /** Takes a record in; returns whether it is to be handled. */
    boolean arrived(KafkaDelivery delivery) {
        CompletionTracker<KafkaDelivery> t = tracker();
        if (!t.arrives(delivery.offset())) {
            dirty = true;
            return false;
        }
        t.add(delivery);
        buffer.addLast(delivery);
        return true;
    }

    int buffered() {
        return buffer.size();
    }

    /** Whether something may be handed out. */
    boolean hasNext() {
        return state == State.OPEN && !buffer.isEmpty();
    }

    /** Moves the next delivery to the engine's list, as the one of that number. */
    void take(List<? super Incoming> into, long itsTurn) {
        turn = itsTurn;
        KafkaDelivery delivery = buffer.removeFirst();
        delivery.handedOut(mustNoteStart(delivery));
        into.add(delivery);
    }

    /** Forgets what waits for credit; returns how much it was. It stays open, so whoever comes next receives it. */
    int dropBuffer() {
        int dropped = buffer.size();
        buffer.forEach(delivery -> delivery.stage = KafkaDelivery.Stage.LOST);
        buffer.clear();
        return dropped;
    }

    /** What waits for credit is done, and so is all that comes before the offset. */
    void passTo(long offset) {
        CompletionTracker<KafkaDelivery> t = tracker();
        for (KafkaDelivery delivery : buffer) {
            delivery.stage = KafkaDelivery.Stage.SETTLED;
            t.done(delivery);
        }
        buffer.clear();
        t.passTo(offset);
        hurry();
    }

    /** Adds what is open since before the last call, each message once. */
    void lingering(List<? super KafkaDelivery> into) {
        if (tracker != null) {
            tracker.lingering(into);
        }
    }

    /** Whether the lane has room: neither its span nor the text that goes with the commit is full. */
    boolean hasRoom() {
        long span = tracker().span();
        spanFull = spanFull ? span > mostSpan * 3L / 4 : span >= mostSpan;
        return !spanFull && !textFull;
    }

    // ---- deliveries

    /** The delivery, if its settle still counts. */
    boolean owns(KafkaDelivery delivery) {
        return (state == State.OPEN || state == State.CLOSING)
                && delivery.stage != KafkaDelivery.Stage.LOST
                && tracker().isOpen(delivery);
    }

    /** Whether the start of its handler must be committed first. */
    boolean mustNoteStart(KafkaDelivery delivery) {
        return tracker().suspected(delivery.offset());
    }

    /** A handler begins. */
    void began(KafkaDelivery delivery) {
        if (delivery.stage != KafkaDelivery.Stage.RUNNING) {
            delivery.stage = KafkaDelivery.Stage.RUNNING;
            running++;
        }
    }

    /** Marks the start, for the next commit. */
    void noteStart(KafkaDelivery delivery) {
        tracker().note(delivery, delivery.note().withRunning(true));
        dirty = true;
    }

    /** Number of the next commit that has what is known now. */
    long nextCommit() {
        return commits + 1;
    }

    /** Whether that commit has been made. */
    boolean isCommitted(long commit) {
        return committed >= commit;
    }

    void hurry() {
        dirty = true;
        urgent = true;
    }

    void ack(KafkaDelivery delivery, Completion completion) {
        ended(delivery, KafkaDelivery.Stage.SETTLED);
        tracker().done(delivery);
        acks.add(completion);
        dirty = true;
    }

    /** A handler failed, and the delivery stays with the engine. */
    void failed(KafkaDelivery delivery, int failures, Completion completion) {
        ended(delivery, KafkaDelivery.Stage.HANDED);
        tracker().note(delivery, delivery.note().withFailures(failures));
        notes.add(new NoteWaiting(delivery.offset(), completion));
        hurry();
    }

    /** The delivery comes back unsettled; if it was cut short, a commit says so. */
    void released(KafkaDelivery delivery, boolean cutShort, Completion completion) {
        ended(delivery, KafkaDelivery.Stage.LOST);
        boolean wasMarked = delivery.note().running();
        tracker()
                .note(
                        delivery,
                        cutShort ? delivery.note().cutShort() : delivery.note().withRunning(false));
        if (cutShort || wasMarked) {
            dirty = true;
        }
        if (cutShort) {
            notes.add(new NoteWaiting(delivery.offset(), completion));
        }
    }

    /** Puts a released message first in line again. */
    void putBack(KafkaDelivery released) {
        KafkaDelivery again = released.again();
        tracker().replace(released, again);
        buffer.addFirst(again);
    }

    private void ended(KafkaDelivery delivery, KafkaDelivery.Stage now) {
        if (delivery.stage == KafkaDelivery.Stage.RUNNING) {
            running--;
        }
        delivery.stage = now;
    }

    int running() {
        return running;
    }

    // ---- the end

    /** Nothing begins any more. Returns what the engine has and has not begun, which is lost at once. */
    List<KafkaDelivery> closing() {
        state = tracker == null ? State.GONE : State.CLOSING;
        return lose(false);
    }

    /** The lane is someone else's. Returns what the engine still has. */
    List<KafkaDelivery> gone() {
        List<KafkaDelivery> lost = lose(true);
        state = State.GONE;
        return lost;
    }

    private List<KafkaDelivery> lose(boolean runningToo) {
        List<KafkaDelivery> lost = new ArrayList<>();
        if (tracker == null) {
            return lost;
        }
        dropBuffer();
        for (KafkaDelivery delivery : tracker.entries()) {
            boolean handed = delivery.stage == KafkaDelivery.Stage.HANDED
                    || delivery.stage == KafkaDelivery.Stage.STARTING
                    || (runningToo && delivery.stage == KafkaDelivery.Stage.RUNNING);
            if (handed) {
                ended(delivery, KafkaDelivery.Stage.LOST);
                lost.add(delivery);
            }
        }
        return lost;
    }

    /** Takes out everyone who waits for a commit that will not be made. */
    List<Completion> forsaken() {
        List<Completion> all = new ArrayList<>(acks);
        notes.forEach(note -> all.add(note.completion()));
        acks.clear();
        notes.clear();
        return all;
    }

    // ---- commits

    boolean isDirty() {
        return dirty && tracker != null && state != State.GONE;
    }

    boolean isUrgent() {
        return urgent;
    }

    /** What is to be committed now. */
    Commit commit(boolean clean, int mostChars) {
        CompletionTracker<KafkaDelivery> t = tracker();
        ProgressText.Written written = t.write(clean, mostChars);
        List<NoteWaiting> noted = new ArrayList<>();
        List<NoteWaiting> left = new ArrayList<>();
        notes.forEach(note -> (note.offset() < written.notedUntil() ? noted : left).add(note));
        Commit commit = new Commit(this, t.base(), written, acks, noted, ++commits, urgent);
        acks = new ArrayList<>();
        notes = left;
        dirty = false;
        urgent = false;
        textFull = !written.whole();
        return commit;
    }

    /** The broker has it. Returns who is to be told. */
    List<Completion> committed(Commit commit) {
        committed = commit.number();
        if (state == State.OPENING) {
            state = State.OPEN;
        }
        List<Completion> told = new ArrayList<>(commit.acks());
        commit.notes().forEach(note -> told.add(note.completion()));
        return told;
    }

    /** The broker does not have it: all of it goes into the next. */
    void notCommitted(Commit commit) {
        commit.acks().addAll(acks);
        acks = commit.acks();
        commit.notes().addAll(notes);
        notes = commit.notes();
        dirty = true;
    }

    /**
     * What one commit says of a lane, and who waits for it.
     *
     * @param base the offset
     * @param written its metadata
     * @param number of this lane's commits
     * @param awaited whether someone waits for it, rather than for the next in turn
     */
    record Commit(
            Lane lane,
            long base,
            ProgressText.Written written,
            List<Completion> acks,
            List<NoteWaiting> notes,
            long number,
            boolean awaited) {}
}

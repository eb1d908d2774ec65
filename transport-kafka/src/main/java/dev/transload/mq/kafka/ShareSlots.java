package dev.transload.mq.kafka;

import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The slots of a {@link ShareReceiver}: what they read, which of them may poll, and whether there are to be more.
 *
 * <p>A slot polls only if the engine would take as many messages as it may bring, and leaves the next messages to a larger
 * one, see {@link ShareSlot#isNextBefore}. That needs slots that may be lent the same messages, and the broker sees to it
 * only partly: it deals the partitions of all topics out among the members of a group if all of them read the same topics,
 * and those of each topic among its readers if not; each to several when there are more members than partitions. So a
 * receiver that has more than one topic, which is one of a group, has a slot <i>aside</i> that reads only one of them, the
 * group's own: then each topic of one partition is everybody's. That slot lends one message at a time, which the credit need
 * not cover, or it would keep a receiver of one message from the topic itself. Of a topic that has several partitions each
 * slot may have others: there every slot polls that holds nothing, and there are no more slots than may all poll at once.
 *
 * <p>Guarded by the receiver's lock. What is <i>free</i> is what the engine would take beyond what waits for it already.
 */
final class ShareSlots {

    private final ReceiveSpec spec;
    private final Opener opener;
    private Set<String> topics;
    /** Topics that have more than one partition. */
    private final Set<String> divided;

    /** Those that read everything, in the order of their numbers. */
    private final List<ShareSlot> numbered = new ArrayList<>();

    private @Nullable ShareSlot aside;
    private final List<ShareSlot> all = new ArrayList<>();
    /** Room kept for records that polls under way may bring. */
    private int reserved;

    /** Makes slots, whose threads have not begun. */
    interface Opener {
        /**
         * Makes one.
         *
         * @param size most messages it holds
         * @param needs how many of them the credit must cover
         */
        ShareSlot open(int size, int needs);
    }

    /**
     * @param topics what the receiver reads
     * @param divided those of them that have more than one partition
     */
    ShareSlots(ReceiveSpec spec, Set<String> topics, Set<String> divided, Opener opener) {
        this.spec = spec;
        this.topics = Set.copyOf(topics);
        this.divided = new HashSet<>(divided);
        this.opener = opener;
    }

    /** Those that have not ended; a view. */
    List<ShareSlot> all() {
        return Collections.unmodifiableList(all);
    }

    // ---- what they read

    Set<String> topics() {
        return topics;
    }

    /** The topics that a slot reads. */
    Set<String> topics(ShareSlot slot) {
        return slot.equals(aside) ? Set.of(KafkaNames.topic(spec.from())) : topics;
    }

    /** They read these topics from now on. */
    void reads(Collection<String> now) {
        topics = Set.copyOf(now);
        all.forEach(ShareSlot::wake);
    }

    /** A topic has so many partitions. */
    void found(String topic, int partitions) {
        if (partitions == 1 ? divided.remove(topic) : topics.contains(topic) && divided.add(topic)) {
            numbered.forEach(ShareSlot::wake);
        }
    }

    // Whether they may be lent different messages.
    private boolean isDivided() {
        return !divided.isEmpty() && topics.stream().anyMatch(divided::contains);
    }

    // ---- whether there are to be more

    void add() {
        int size = SlotSizes.of(numbered.size(), spec);
        ShareSlot slot = opener.open(size, size);
        numbered.add(slot);
        all.add(slot);
        slot.start();
    }

    // Not before another joins the group: the broker lets who comes a moment later wait for a second.
    private void addAside() {
        if (aside == null && spec.from().role() == Place.Role.GROUP) {
            ShareSlot slot = opener.open(1, 0);
            aside = slot;
            all.add(slot);
            slot.start();
        }
    }

    /** One has ended. */
    void remove(ShareSlot slot) {
        all.remove(slot);
        if (!numbered.remove(slot)) {
            aside = null;
        }
    }

    /**
     * Makes one more if none can bring what the engine would take.
     *
     * @param least how many it would have to bring at least
     * @return whether it did
     */
    boolean grow(int least, int free) {
        int next = SlotSizes.of(numbered.size(), spec);
        int room = free - reserved;
        boolean more = next >= least
                && room >= next
                && mayHave(numbered.size() + 1)
                && numbered.stream().noneMatch(slot -> slot.isIdle(room) || (slot.isPolling() && !isDivided()));
        if (more) {
            add();
        }
        return more;
    }

    // If each may be lent other messages, all of them must be able to poll at once.
    private boolean mayHave(int count) {
        return !isDivided()
                || IntStream.range(0, count)
                                .map(number -> SlotSizes.of(number, spec))
                                .sum()
                        <= spec.maxCredit();
    }

    /** Whether a slot is one too many, since a topic has more partitions than before. */
    boolean isTooMany(ShareSlot slot) {
        return !mayHave(numbered.indexOf(slot) + 1);
    }

    // ---- which may poll

    /** Whether the engine would take what a slot may bring, and no other comes before. */
    boolean mayBring(ShareSlot slot, int free) {
        if (free - reserved < slot.needs()) {
            return false;
        }
        long now = System.nanoTime();
        int number = isDivided() ? 0 : numbered.indexOf(slot);
        for (int before = 0; before < number; before++) {
            if (numbered.get(before).isNextBefore(slot, now)) {
                return false;
            }
        }
        return true;
    }

    /** Whether one that waits may poll now. */
    boolean isOneWaitingThatMay(int free) {
        for (ShareSlot slot : all) {
            if (slot.awaitsRoom && mayBring(slot, free)) {
                return true;
            }
        }
        return false;
    }

    /** Keeps room for what a slot's poll may bring, if it may. */
    boolean reserve(ShareSlot slot, int free) {
        boolean may = mayBring(slot, free);
        if (may) {
            reserved += slot.needs();
            addAside();
        }
        return may;
    }

    /** What was reserved for a slot has come, or will not. */
    void unreserve(ShareSlot slot) {
        reserved -= slot.needs();
    }
}

package dev.transload.mq.kafka;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What a poll of a slot brought, and how much of it is out: the broker has no outcome of it, and the slot knows of no loss.
 * It forgets all of it when nothing is out any more. Of the slot's thread.
 */
final class ShareBatch {

    private final List<ShareDelivery> brought = new ArrayList<>();
    private int out;

    void add(ShareDelivery delivery) {
        brought.add(delivery);
        out++;
    }

    /** All of it, whether out or not. */
    List<ShareDelivery> brought() {
        return brought;
    }

    /** How many are out. */
    int out() {
        return out;
    }

    /** What is out, by its place, in the order in which it came. */
    Map<ShareDelivery.Id, ShareDelivery> known() {
        Map<ShareDelivery.Id, ShareDelivery> known = new LinkedHashMap<>();
        for (ShareDelivery delivery : brought) {
            if (delivery.out) {
                known.put(delivery.id(), delivery);
            }
        }
        return known;
    }

    /** One that was out is so no more. */
    void isIn(ShareDelivery delivery) {
        delivery.out = false;
        out--;
        if (out == 0) {
            brought.clear();
        }
    }

    /** Takes in those of what is out that are meant, and returns them. */
    List<ShareDelivery> withdraw(Predicate<ShareDelivery.Id> which) {
        List<ShareDelivery> gone = new ArrayList<>();
        for (ShareDelivery delivery : brought) {
            if (delivery.out && which.test(delivery.id())) {
                gone.add(delivery);
            }
        }
        gone.forEach(this::isIn);
        return gone;
    }
}

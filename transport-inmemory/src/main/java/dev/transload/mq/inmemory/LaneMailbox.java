package dev.transload.mq.inmemory;

import dev.transload.mq.spi.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A mailbox of an ordered place: keys are spread over lanes, each lane has one receiver at a time, and changes hands
 * only when nothing of it is out. Guarded by the broker's lock.
 */
final class LaneMailbox extends Mailbox {

    private final Lane[] lanes;
    private final List<Flow> members = new ArrayList<>();
    private long fences;

    LaneMailbox(Broker broker, Place place, int lanes) {
        super(broker, place);
        this.lanes = new Lane[lanes];
        for (int i = 0; i < lanes; i++) {
            this.lanes[i] = new Lane(i);
        }
    }

    @Override
    void add(Entry entry) {
        Lane lane = lanes[Keys.lane(entry.message, lanes.length)];
        entry.lane = lane;
        lane.waiting.add(entry);
        offer(lane);
    }

    @Override
    void giveBack(List<Entry> entries) {
        if (deleted()) {
            return;
        }
        for (Entry entry : entries) {
            Lane lane = lane(entry);
            lane.out--;
            lane.waiting.giveBack(entry);
        }
        entries.forEach(entry -> change(lane(entry)));
    }

    @Override
    void settled(Entry entry) {
        Lane lane = lane(entry);
        lane.out--;
        if (lane.owner != lane.heir) {
            change(lane);
        }
    }

    @Override
    void join(Flow flow) {
        members.add(flow);
        balance();
    }

    @Override
    void quit(Flow flow) {
        if (members.remove(flow)) {
            balance();
        }
    }

    @Override
    void credited(Flow flow) {
        if (flow.handing) {
            return; // the loop below is at it
        }
        flow.handing = true;
        while (flow.takes()) {
            Lane lane = flow.lanes.pollFirst();
            if (lane == null) {
                break;
            }
            lane.queued = false;
            if (lane.heir == flow) {
                Entry entry = lane.waiting.poll();
                if (entry != null) {
                    lane.out++;
                    flow.hand(entry, lane.index, lane.fence);
                    offer(lane);
                }
            }
        }
        flow.handing = false;
    }

    /** A lost delivery makes an end to the ownership it was made under. */
    void fenceOff(Lane lane) {
        lane.fence = ++fences;
    }

    private void balance() {
        int[] owners = new int[lanes.length];
        for (int i = 0; i < owners.length; i++) {
            owners[i] = lanes[i].heir == null ? LaneBalance.NOBODY : members.indexOf(lanes[i].heir);
        }
        int[] heirs = LaneBalance.balance(owners, members.size());
        for (int i = 0; i < heirs.length; i++) {
            lanes[i].heir = heirs[i] == LaneBalance.NOBODY ? null : members.get(heirs[i]);
        }
        for (Lane lane : lanes) {
            change(lane);
        }
    }

    private void change(Lane lane) {
        if (lane.owner != lane.heir && lane.out == 0) {
            if (lane.owner != null && lane.queued) {
                lane.owner.lanes.remove(lane);
                lane.queued = false;
            }
            lane.owner = lane.heir;
            if (lane.owner != null) {
                lane.fence = ++fences;
            }
        }
        offer(lane);
    }

    private void offer(Lane lane) {
        Flow owner = lane.owner;
        if (owner == null || owner != lane.heir || lane.queued || lane.waiting.isEmpty()) {
            return;
        }
        lane.queued = true;
        owner.lanes.addLast(lane);
        credited(owner);
    }

    private static Lane lane(Entry entry) {
        Lane lane = entry.lane;
        if (lane == null) {
            throw new IllegalStateException("an entry that was never added came back");
        }
        return lane;
    }

    @Override
    int waiting() {
        int waiting = 0;
        for (Lane lane : lanes) {
            waiting += lane.waiting.size();
        }
        return waiting;
    }

    @Override
    void clear() {
        for (Lane lane : lanes) {
            lane.waiting.clear();
        }
    }

    @Override
    void forEachWaiting(Consumer<Entry> action) {
        List<Entry> all = new ArrayList<>();
        for (Lane lane : lanes) {
            lane.waiting.forEach(all::add);
        }
        all.sort((a, b) -> Long.compare(a.seq, b.seq));
        all.forEach(action);
    }
}

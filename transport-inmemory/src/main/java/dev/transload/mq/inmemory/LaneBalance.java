package dev.transload.mq.inmemory;

import java.util.Arrays;

/** Shares lanes among receivers evenly, moving as few as it can. Pure. */
final class LaneBalance {

    /** Owner of a lane that has none. */
    static final int NOBODY = -1;

    private LaneBalance() {}

    /**
     * Says who should own each lane.
     *
     * @param owners index of each lane's owner among the members, or {@link #NOBODY}
     * @param members how many there are, in the order they came
     * @return a new array; no two members differ by more than one lane
     */
    static int[] balance(int[] owners, int members) {
        int[] result = new int[owners.length];
        Arrays.fill(result, NOBODY);
        if (members == 0) {
            return result;
        }
        int[] owned = new int[members];
        for (int owner : owners) {
            if (owner != NOBODY) {
                owned[owner]++;
            }
        }
        int[] room = quotas(owned, owners.length);
        for (int lane = 0; lane < owners.length; lane++) {
            int owner = owners[lane];
            if (owner != NOBODY && room[owner] > 0) {
                room[owner]--;
                result[lane] = owner;
            }
        }
        int next = 0;
        for (int lane = 0; lane < owners.length; lane++) {
            if (result[lane] == NOBODY) {
                while (room[next] == 0) {
                    next++;
                }
                room[next]--;
                result[lane] = next;
            }
        }
        return result;
    }

    /** The odd lanes go to those who own most, so that they need not give them up. */
    private static int[] quotas(int[] owned, int lanes) {
        int members = owned.length;
        int[] quota = new int[members];
        Arrays.fill(quota, lanes / members);
        int odd = lanes % members;
        boolean[] favoured = new boolean[members];
        for (; odd > 0; odd--) {
            int best = NOBODY;
            for (int m = 0; m < members; m++) {
                if (!favoured[m] && (best == NOBODY || owned[m] > owned[best])) {
                    best = m;
                }
            }
            favoured[best] = true;
            quota[best]++;
        }
        return quota;
    }
}

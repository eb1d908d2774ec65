package dev.transload.mq.tck;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** How much a case asks of the machine and the broker, which decides when it is run. */
enum Tier {
    /** Cheap enough for every build. */
    T0,
    /** Load or waiting: for every build of a transport against its broker. */
    T1,
    /** Breaks the broker, the link or a process: runs when asked for. */
    T2;

    /** Reads names with commas between them, such as {@code T0,T1}. */
    static Set<Tier> of(String names) {
        Set<Tier> tiers = EnumSet.noneOf(Tier.class);
        for (String name : names.split(",", -1)) {
            try {
                tiers.add(valueOf(name.strip().toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new IllegalStateException(
                        TckSettings.TIERS + " must be tiers among T0,T1,T2 with commas between them, was " + names, e);
            }
        }
        return tiers;
    }
}

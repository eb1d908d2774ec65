package dev.transload.mq.examples.files;

import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capabilities.Limits;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Counting;
import java.time.Duration;
import java.util.List;

/** What a directory can do, and why it cannot do the rest. */
final class FilesCapabilities {

    private static final Duration YEAR = Duration.ofDays(365);
    private static final int MOST_BYTES = 16 << 20;
    private static final int MOST_HEADER_BYTES = 1 << 20;
    private static final int MOST_HEADERS = 1_000;
    private static final int LONGEST_NAME = 160;

    private FilesCapabilities() {}

    static Capabilities of(Disk disk) {
        Capabilities.Builder can = Capabilities.builder(
                "directory of files", new Limits(MOST_BYTES, MOST_HEADER_BYTES, MOST_HEADERS, LONGEST_NAME));
        if (disk.fsync()) {
            can.durability("on the disk of this machine", List.of());
        } else {
            can.durability(
                    "in the file system: survives every process, but not the machine",
                    List.of("fsync is off: a power failure can lose messages that were confirmed"));
        }
        return can.has(Capability.GROUPS, "a folder for each group; a message is one file with a name in each")
                .has(Capability.RENEW, "the claim's file gets a later name")
                .has(Capability.BROWSE, "files are read where they are")
                .sendDelay(YEAR, "a file waits beside the others until it is due, to a quarter of a second")
                .releaseDelay(YEAR)
                .counting(new Counting(false, true, Integer.MAX_VALUE))
                .exactDepth(true)
                .refuses(Capability.LANES, "whoever renames a file first has it, so no order by key can be kept")
                .refuses(Capability.HISTORY, "a file is removed when its message is done")
                .refuses(Capability.PATTERN, "a message goes to the groups that its topic's folder names")
                .build();
    }
}

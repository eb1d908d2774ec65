package dev.transload.mq.inmemory;

import dev.transload.mq.Message;
import java.nio.charset.StandardCharsets;

/** Which lane a message belongs to; the same in every JVM and release. */
final class Keys {

    private Keys() {}

    /** The lane of a message among so many: by its key, or by its id if it has no key. */
    static int lane(Message message, int lanes) {
        String key = message.key();
        return lane(key == null ? message.id() : key, lanes);
    }

    /** FNV-1a over UTF-8, folded so that few lanes share the load too. */
    static int lane(String key, int lanes) {
        if (lanes == 1) {
            return 0;
        }
        int hash = 0x811c9dc5;
        for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x01000193;
        }
        hash ^= hash >>> 16;
        hash *= 0x7feb352d;
        hash ^= hash >>> 15;
        return Math.floorMod(hash, lanes);
    }
}

package dev.transload.mq.redis;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.util.JedisClusterCRC16;

/** Which primary of a cluster has which hash slot, as one node saw it. Immutable. */
final class Slots {

    private static final int ALL = 16_384;

    private final @Nullable HostAndPort[] owners;

    private Slots(@Nullable HostAndPort[] owners) {
        this.owners = owners;
    }

    /**
     * Reads the answer to {@code CLUSTER SLOTS}: of each range its first and last slot, then its primary and replicas, each
     * with address, port and more.
     *
     * @param asked the node that answered, which may not know its own address
     */
    static Slots of(List<?> answer, HostAndPort asked) {
        @Nullable HostAndPort[] owners = new HostAndPort[ALL];
        for (Object one : answer) {
            List<?> range = (List<?>) one;
            List<?> primary = (List<?>) range.get(2);
            HostAndPort node = address(Bytes.text(primary.get(0)), (int) Bytes.number(primary.get(1)), asked);
            int first = (int) Bytes.number(range.get(0));
            Arrays.fill(owners, first, (int) Bytes.number(range.get(1)) + 1, node);
        }
        return new Slots(owners);
    }

    /** An address as a node tells it; without a host, or with one it does not know, it means its own. */
    static HostAndPort address(@Nullable String host, int port, HostAndPort asked) {
        return host == null || host.isEmpty() || host.equals("?")
                ? new HostAndPort(asked.getHost(), port)
                : new HostAndPort(host, port);
    }

    /** The primary that has a key; null if none has. */
    @Nullable
    HostAndPort owner(byte[] key) {
        return owners[JedisClusterCRC16.getSlot(key)];
    }

    /** The same with one slot elsewhere. */
    Slots with(int slot, HostAndPort node) {
        @Nullable HostAndPort[] others = owners.clone();
        others[slot] = node;
        return new Slots(others);
    }

    /** All primaries that have slots. */
    Set<HostAndPort> primaries() {
        Set<HostAndPort> all = new LinkedHashSet<>();
        for (HostAndPort owner : owners) {
            if (owner != null) {
                all.add(owner);
            }
        }
        return all;
    }

    /** Whether each slot has a primary. */
    boolean areComplete() {
        return Arrays.stream(owners).allMatch(owner -> owner != null);
    }
}

package dev.transload.mq.redis;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.UnsupportedCapabilityException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** Asks nodes of a cluster where the slots are. Immutable; its calls block. */
final class ClusterScout {

    private final Connector connector;
    private final List<HostAndPort> named;
    private final String where;

    /** @param named nodes that the URI names, asked when nobody else answers */
    ClusterScout(Connector connector, List<HostAndPort> named, String where) {
        this.connector = connector;
        this.named = List.copyOf(named);
        this.where = where;
    }

    /**
     * Asks one node after the other until one answers that is part of a cluster that serves.
     *
     * @param first who to ask first
     * @throws MessagingException if none does
     */
    Slots look(Set<HostAndPort> first) {
        Set<HostAndPort> all = new LinkedHashSet<>(first);
        all.addAll(named);
        RuntimeException last = null;
        for (HostAndPort node : all) {
            try {
                return look(node);
            } catch (AuthenticationException | UnsupportedCapabilityException e) {
                throw e;
            } catch (MessagingException | JedisException e) {
                last = e;
            }
        }
        throw RedisErrors.connecting(where, last == null ? new IllegalStateException("no node") : last);
    }

    private Slots look(HostAndPort node) {
        Connection asking = connector.connectToAny(node);
        try {
            asking.sendCommand(Command.CLUSTER, "INFO");
            String info = Bytes.text(asking.getOne());
            // One that is cut off, or is just back, does not know what the others have agreed upon.
            if (!info.contains("cluster_state:ok")) {
                throw new ConnectionLostException(
                        "redis: " + node + " sees a cluster that does not serve", Outcome.NOT_SENT, null);
            }
            asking.sendCommand(Command.CLUSTER, "SLOTS");
            return Slots.of((List<?>) asking.getOne(), node);
        } catch (JedisDataException e) {
            if (String.valueOf(e.getMessage()).contains("cluster support disabled")) {
                throw new UnsupportedCapabilityException(
                        "queues",
                        "option cluster",
                        node.toString(),
                        "the server is no node of a cluster",
                        "leave the option out");
            }
            throw e;
        } finally {
            Connector.drop(asking);
        }
    }
}

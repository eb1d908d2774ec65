package dev.transload.mq.redis;

import dev.transload.mq.UnsupportedCapabilityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * What a server is and what it does with what it is sent: its kind and version, what survives its end. Immutable.
 *
 * @param product Redis or Valkey
 * @param version its own
 * @param durability what a confirmed send survives
 * @param warnings what is weak about it
 */
record ServerInfo(String product, String version, String durability, List<String> warnings) {

    private static final String NO_REPLICA = "no replica";

    ServerInfo {
        warnings = List.copyOf(warnings);
    }

    /**
     * Asks a server.
     *
     * @param asCluster whether it must be a node of a cluster; else it must not be one
     */
    static ServerInfo ask(Connection connection, Confirmation confirmation, boolean asCluster) {
        Map<String, String> server = info(connection, "server");
        Map<String, String> persistence = info(connection, "persistence");
        Map<String, String> replication = info(connection, "replication");
        String fsync = setting(connection, "appendfsync");
        String save = setting(connection, "save");
        String eviction = setting(connection, "maxmemory-policy");
        ServerInfo info = of(server, persistence, replication, confirmation, fsync, save, eviction);
        boolean cluster = server.getOrDefault("redis_mode", "").equals("cluster");
        if (cluster && !asCluster) {
            throw new UnsupportedCapabilityException(
                    "queues",
                    "a connection to a cluster",
                    info.toString(),
                    "one node of it has only some of the keys",
                    "add the option cluster=true");
        }
        if (confirmation.disk()) {
            info.requireWaitAof(connection, persistence);
        }
        return info;
    }

    /** Reads what a server told; a setting it would not tell is empty text. */
    static ServerInfo of(
            Map<String, String> server,
            Map<String, String> persistence,
            Map<String, String> replication,
            Confirmation confirmation,
            String fsync,
            String save,
            String eviction) {
        boolean valkey = server.containsKey("valkey_version")
                || server.getOrDefault("server_name", "redis").equals("valkey");
        String version = server.getOrDefault(valkey ? "valkey_version" : "redis_version", "of unknown version");
        List<String> warnings = new ArrayList<>();
        boolean appendOnly = persistence.getOrDefault("aof_enabled", "0").equals("1");
        String durability =
                disk(appendOnly, fsync, save, warnings) + "; " + replicas(replication, confirmation, warnings);
        if (confirmation.isAsked()) {
            durability = confirmation.text() + "; otherwise " + durability;
        }
        if (confirmation.disk()) {
            warnings.removeIf(warning -> warning.startsWith("appendfsync"));
        }
        if (eviction.startsWith("allkeys")) {
            warnings.add("maxmemory-policy is " + eviction
                    + ": a server that runs out of memory throws whole queues away; noeviction keeps them");
        }
        return new ServerInfo(valkey ? "Valkey" : "Redis", version, durability, warnings);
    }

    /**
     * What primaries of one cluster are together: a destination is on one of them, so the weakest may have it.
     *
     * @param all at least one
     */
    static ServerInfo ofCluster(List<ServerInfo> all) {
        Set<String> durabilities = new TreeSet<>();
        Set<String> versions = new TreeSet<>();
        Set<String> warnings = new LinkedHashSet<>();
        for (ServerInfo one : all) {
            durabilities.add(one.durability());
            versions.add(one.version());
            warnings.addAll(one.warnings());
            if (one.durability().endsWith(NO_REPLICA)) {
                warnings.add("a primary has no replica: its destinations stand still while it is gone");
            }
        }
        return new ServerInfo(
                all.get(0).product() + " Cluster",
                String.join(", ", versions),
                String.join(" or ", durabilities) + "; a destination is on one of " + all.size() + " primaries",
                new ArrayList<>(warnings));
    }

    private static String disk(boolean appendOnly, String fsync, String save, List<String> warnings) {
        if (!appendOnly) {
            warnings.add("appendonly is off: what was sent since the last snapshot is gone when the server ends"
                    + (save.isEmpty() ? ", and there may be no snapshots" : ""));
            return save.isEmpty()
                    ? "in the server's memory"
                    : "in the server's memory, and in snapshots (save " + save + ")";
        }
        return switch (fsync) {
            case "always" -> "on the server's disk (appendfsync always)";
            case "everysec" -> {
                warnings.add("appendfsync is everysec: a machine that fails loses up to a second of what was sent;"
                        + " a server that is killed loses nothing");
                yield "in the server's append-only file, on its disk within a second (appendfsync everysec)";
            }
            case "" -> "in the server's append-only file; it does not tell when that is on its disk";
            default -> {
                warnings.add("appendfsync is " + fsync + ": a machine that fails loses what was not on its disk yet");
                yield "in the server's append-only file (appendfsync " + fsync + ")";
            }
        };
    }

    private static String replicas(Map<String, String> replication, Confirmation confirmation, List<String> warnings) {
        String count = replication.getOrDefault("connected_slaves", "0");
        if (count.equals("0")) {
            return NO_REPLICA;
        }
        if (confirmation.replicas() > 0) {
            return count + (count.equals("1") ? " replica" : " replicas");
        }
        warnings.add("replicas get what was sent after it was confirmed: a failover may lose the last of it");
        return count + (count.equals("1") ? " replica" : " replicas") + ", which are not waited for";
    }

    private void requireWaitAof(Connection connection, Map<String, String> persistence) {
        connection.sendCommand(Command.COMMAND, "INFO", "WAITAOF");
        boolean known = connection.getOne() instanceof List<?> answer && !answer.isEmpty() && answer.get(0) != null;
        if (!known || persistence.getOrDefault("aof_enabled", "0").equals("0")) {
            throw new UnsupportedCapabilityException(
                    "durability",
                    "option waitDisk",
                    toString(),
                    known ? "appendonly is off" : "the server has no WAITAOF, which came with Redis 7.2",
                    "leave the option out, or have appendfsync always");
        }
    }

    private static Map<String, String> info(Connection connection, String section) {
        Map<String, String> all = new HashMap<>();
        try {
            connection.sendCommand(Command.INFO, section);
            for (String line : Bytes.text(connection.getOne()).split("\r?\n", -1)) {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    all.put(line.substring(0, colon), line.substring(colon + 1));
                }
            }
        } catch (JedisDataException e) {
            return all; // may not be asked
        }
        return all;
    }

    private static String setting(Connection connection, String name) {
        try {
            connection.sendCommand(Command.CONFIG, "GET", name);
            List<?> answer = connection.getOne() instanceof List<?> list ? list : List.of();
            return answer.size() == 2 ? Bytes.text(answer.get(1)) : "";
        } catch (JedisDataException e) {
            return ""; // may not be asked
        }
    }

    /** How long a group that ends with its client outlives it. */
    static final Duration EPHEMERAL = Duration.ofSeconds(60);

    @Override
    public String toString() {
        return product + " " + version;
    }
}

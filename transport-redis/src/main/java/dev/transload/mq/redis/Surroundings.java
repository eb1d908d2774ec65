package dev.transload.mq.redis;

import dev.transload.mq.spi.TimeSource;

/** What receivers of one client have in common. */
record Surroundings(
        Commands commander,
        RedisTopology topology,
        RedisSender sender,
        TopicTrimmer trimmer,
        TimeSource time,
        RedisOptions options,
        String clientId) {}

package dev.transload.mq.kafka;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.SupportedVersionRange;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;

/**
 * What a cluster told of itself when the client connected. What it would not tell has the default that brokers ship
 * with. Immutable.
 *
 * @param release the release line, such as {@code 4.4}, as its newest metadata format shows; empty if it is not told
 * @param nodes brokers that answered
 * @param consumerProtocol whether the broker can run consumer groups itself
 * @param shareGroups whether the broker has share groups of Kafka 4.2 or newer
 * @param maxRecordBytes largest batch of records it takes
 * @param maxMetadataChars longest metadata of a committed offset
 * @param retention how long a topic keeps messages unless told otherwise; zero for ever
 * @param replication copies of a topic unless told otherwise
 * @param minInSync copies that must have a record before it is confirmed
 * @param sessionTimeout after which a silent member of a group run by the broker is dead
 * @param leastSession shortest session of a member of a classic group
 * @param formsAfter how long a classic group that was empty waits for more members before the first gets anything
 * @param makesTopics whether it makes a topic that a producer asks for
 * @param shareDeliveries after how many deliveries a share group gives a message up, unless it is told otherwise
 * @param archivePrefix how names of topics begin to which share groups can write what they give up; empty if they cannot
 */
record BrokerInfo(
        String release,
        int nodes,
        boolean consumerProtocol,
        boolean shareGroups,
        int maxRecordBytes,
        int maxMetadataChars,
        Duration retention,
        int replication,
        int minInSync,
        Duration sessionTimeout,
        Duration leastSession,
        Duration formsAfter,
        boolean makesTopics,
        int shareDeliveries,
        Optional<String> archivePrefix) {

    /** Levels of {@code metadata.version} at which a release line begins. */
    private static final List<Map.Entry<Integer, String>> RELEASES = List.of(
            Map.entry(34, "4.5 or newer"),
            Map.entry(31, "4.4"),
            Map.entry(30, "4.3"),
            Map.entry(28, "4.2"),
            Map.entry(26, "4.1"),
            Map.entry(22, "4.0"),
            Map.entry(21, "3.9"),
            Map.entry(20, "3.8"),
            Map.entry(15, "3.7"),
            Map.entry(12, "3.6"),
            Map.entry(9, "3.5"),
            Map.entry(8, "3.4"),
            Map.entry(1, "3.3"));

    /** The level of Kafka 4.2; share groups of before lend no message again, and whole batches only. */
    private static final int SHARES = 28;

    /** Asks a cluster. Blocks. */
    static BrokerInfo ask(Admin admin, Duration most)
            throws ExecutionException, TimeoutException, InterruptedException {
        long deadline = System.nanoTime() + most.toNanos();
        Collection<Node> nodes = admin.describeCluster().nodes().get(most.toNanos(), TimeUnit.NANOSECONDS);
        Optional<FeatureMetadata> features =
                optional(() -> admin.describeFeatures().featureMetadata().get(left(deadline), TimeUnit.NANOSECONDS));
        Optional<Config> config = optional(() -> {
            ConfigResource broker = new ConfigResource(
                    ConfigResource.Type.BROKER,
                    Integer.toString(nodes.iterator().next().id()));
            return requireNonNull(admin.describeConfigs(List.of(broker))
                    .all()
                    .get(left(deadline), TimeUnit.NANOSECONDS)
                    .get(broker));
        });
        return new BrokerInfo(
                features.map(BrokerInfo::release).orElse(""),
                nodes.size(),
                features.map(f -> finalized(f, "group.version") >= 1).orElse(false),
                features.map(f -> finalized(f, "share.version") >= 1 && level(f) >= SHARES)
                        .orElse(false),
                (int) number(config, "message.max.bytes", 1_048_588),
                (int) number(config, "offset.metadata.max.bytes", ProgressText.MOST_CHARS),
                retention(config),
                (int) number(config, "default.replication.factor", 1),
                (int) number(config, "min.insync.replicas", 1),
                Duration.ofMillis(number(config, "group.consumer.session.timeout.ms", 45_000)),
                Duration.ofMillis(number(config, "group.min.session.timeout.ms", 6_000)),
                Duration.ofMillis(number(config, "group.initial.rebalance.delay.ms", 3_000)),
                config.map(all -> all.get("auto.create.topics.enable"))
                        .map(entry -> !"false".equals(entry.value()))
                        .orElse(true),
                (int) number(config, "group.share.delivery.count.limit", 5),
                features.filter(f -> finalized(f, "share.version") >= 2)
                        .map(f -> text(config, "errors.deadletterqueue.topic.name.prefix", "dlq.")));
    }

    private static long left(long deadline) {
        return Math.max(1, deadline - System.nanoTime());
    }

    private interface Question<T> {
        T ask() throws ExecutionException, TimeoutException, InterruptedException;
    }

    // Older brokers, and those that let this client see less, do not say.
    private static <T> Optional<T> optional(Question<T> question) throws ExecutionException, InterruptedException {
        try {
            return Optional.of(question.ask());
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ApiException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static String release(FeatureMetadata features) {
        int level = level(features);
        return RELEASES.stream()
                .filter(line -> level >= line.getKey())
                .findFirst()
                .map(Map.Entry::getValue)
                .orElse("");
    }

    private static int level(FeatureMetadata features) {
        SupportedVersionRange range = features.supportedFeatures().get("metadata.version");
        return range == null ? 0 : range.maxVersion();
    }

    private static int finalized(FeatureMetadata features, String feature) {
        FinalizedVersionRange range = features.finalizedFeatures().get(feature);
        return range == null ? 0 : range.maxVersionLevel();
    }

    private static long number(Optional<Config> config, String name, long unlessTold) {
        try {
            return config.map(all -> all.get(name))
                    .map(ConfigEntry::value)
                    .map(Long::parseLong)
                    .orElse(unlessTold);
        } catch (NumberFormatException e) {
            return unlessTold;
        }
    }

    private static String text(Optional<Config> config, String name, String unlessTold) {
        return config.map(all -> all.get(name)).map(ConfigEntry::value).orElse(unlessTold);
    }

    private static Duration retention(Optional<Config> config) {
        long hours = number(config, "log.retention.hours", 168);
        long minutes = number(config, "log.retention.minutes", hours < 0 ? -1 : hours * 60);
        long millis = number(config, "log.retention.ms", minutes < 0 ? -1 : minutes * 60_000);
        return millis < 0 ? Duration.ZERO : Duration.ofMillis(millis);
    }

    @Override
    public String toString() {
        return release.isEmpty() ? "Kafka" : "Kafka " + release;
    }
}

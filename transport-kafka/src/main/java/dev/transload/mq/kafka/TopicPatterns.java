package dev.transload.mq.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/**
 * Finds the topics that a pattern stands for: those whose names match, that were not made for anything but a topic.
 *
 * <p>Blocks for the broker. Thread-safe.
 */
final class TopicPatterns {

    private final KafkaAsk ask;
    /** Whether a topic is one that is sent to; what was found once is not asked again while the topic is there. */
    private final Map<String, Boolean> topics = new ConcurrentHashMap<>();

    TopicPatterns(KafkaAsk ask) {
        this.ask = ask;
    }

    Set<String> matching(String pattern) throws ExecutionException, InterruptedException {
        Set<String> all = ask.get(ask.admin().listTopics().names());
        topics.keySet().retainAll(all);
        Pattern names = KafkaNames.matching(pattern);
        Set<String> matching = new TreeSet<>();
        List<String> unknown = new ArrayList<>();
        for (String name : all) {
            if (names.matcher(name).matches() && !KafkaNames.isDerived(name)) {
                matching.add(name);
                if (!topics.containsKey(name)) {
                    unknown.add(name);
                }
            }
        }
        learn(unknown);
        matching.removeIf(name -> !topics.getOrDefault(name, true));
        return matching;
    }

    private void learn(List<String> unknown) throws ExecutionException, InterruptedException {
        if (unknown.isEmpty()) {
            return;
        }
        Set<ConfigResource> resources = new HashSet<>();
        unknown.forEach(name -> resources.add(new ConfigResource(ConfigResource.Type.TOPIC, name)));
        Map<ConfigResource, Config> answers = new HashMap<>();
        try {
            answers.putAll(ask.get(ask.admin().describeConfigs(resources).all()));
        } catch (ExecutionException e) {
            if (!KafkaErrors.isMissing(e)
                    && !(e.getCause() instanceof org.apache.kafka.common.errors.AuthorizationException)) {
                throw e;
            }
        }
        answers.forEach((resource, config) -> {
            ConfigEntry entry = config.get(TopicConfig.DELETE_RETENTION_MS_CONFIG);
            ShapeMark mark = ShapeMark.read(entry == null ? null : entry.value());
            topics.put(resource.name(), mark == null || mark.isTopic());
        });
    }
}

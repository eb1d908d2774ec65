package dev.transload.mq.kafka;

import dev.transload.mq.MessagingException;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes again what a client has declared and a cluster that was away has forgotten. A group that is made again reads from
 * the earliest, since all there is came after its loss.
 *
 * <p>Blocks for the broker. Thread-safe.
 */
final class Restoration {

    private static final Logger LOG = LoggerFactory.getLogger(Restoration.class);

    private final KafkaTopology topology;
    private final GroupStart groups;
    private final ShareGroups shareGroups;
    private final KafkaAdmin.Tenants tenants;

    Restoration(KafkaTopology topology, GroupStart groups, ShareGroups shareGroups, KafkaAdmin.Tenants tenants) {
        this.topology = topology;
        this.groups = groups;
        this.shareGroups = shareGroups;
        this.tenants = tenants;
    }

    /** Makes what is missing; returns when it is there. What cannot be made is left out with a warning. */
    void run() throws ExecutionException, InterruptedException {
        for (Place place : topology.lost()) {
            LOG.warn("kafka: {} is gone, it is made again", place.name());
            try {
                if (shareGroups.reads(place)) {
                    shareGroups.setUpAgain(place);
                    topology.declare(place);
                    shareGroups.begin(place, topics(place), true, Instant.EPOCH);
                } else if (topology.declare(place) && place.role() == Role.GROUP) {
                    groups.born(place, topics(place), Instant.EPOCH);
                }
            } catch (MessagingException | ExecutionException e) {
                if (KafkaErrors.isLost(e)) {
                    throw e;
                }
                LOG.warn("kafka: {} cannot be made again: {}", place.name(), e.toString());
            }
        }
    }

    private Set<String> topics(Place group) throws ExecutionException, InterruptedException {
        String topic = group.topic();
        if (topic == null) {
            return Set.of();
        }
        return KafkaNames.isPattern(topic) ? tenants.matching(topic) : Set.of(topic);
    }
}

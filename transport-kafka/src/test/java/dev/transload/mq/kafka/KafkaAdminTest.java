package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.TransportUri;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KafkaAdminTest {

    private static final Place QUEUE = Place.of(Place.Role.QUEUE, "orders", Shape.PLAIN);

    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private Set<AclOperation> allowed = Set.of(AclOperation.DESCRIBE, AclOperation.DELETE);
    private final KafkaAsk ask = new KafkaAsk(admin("quick"), new SlowAdmin(() -> admin("slow")));

    @AfterEach
    void close() {
        ask.close(Duration.ZERO);
    }

    @Test
    void aShareGroupIsDeletedBeforeItsTopicByAConnectionOfItsOwn() {
        // Nothing after the deletion of the group is answered here.
        assertThatThrownBy(() -> sharing().delete(QUEUE).get()).isInstanceOf(ExecutionException.class);

        assertThat(asked).containsExactly("quick describeTopics", "slow deleteShareGroups");
    }

    @Test
    void aShareGroupIsKeptWhereItsTopicMayNotBeDeleted() {
        allowed = Set.of(AclOperation.DESCRIBE);

        assertThatThrownBy(() -> sharing().delete(QUEUE).get())
                .cause()
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining("orders");

        assertThat(asked).containsExactly("quick describeTopics");
    }

    private KafkaAdmin sharing() {
        KafkaOptions options = KafkaOptions.of(TransportUri.parse("kafka://localhost:9092?queues=share"));
        BrokerInfo broker = new BrokerInfo(
                "4.4",
                1,
                true,
                true,
                1 << 20,
                4096,
                Duration.ZERO,
                1,
                1,
                Duration.ofSeconds(45),
                Duration.ofSeconds(6),
                Duration.ZERO,
                false,
                5,
                Optional.empty());
        GroupStart groups = new GroupStart(ask);
        KafkaTopology topology = new KafkaTopology(ask, Topology.CREATE, options, "kafka");
        return new KafkaAdmin(ask, groups, new ShareGroups(ask, groups, topology, broker, true), new NoTenants());
    }

    private Admin admin(String name) {
        return (Admin) Proxy.newProxyInstance(
                KafkaAdminTest.class.getClassLoader(), new Class<?>[] {Admin.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        return null;
                    }
                    asked.add(name + " " + method.getName());
                    if (method.getName().equals("describeTopics")) {
                        return new Described(new TopicDescription("orders", false, List.of(), allowed));
                    }
                    throw new IllegalStateException("not answered here: " + method.getName());
                });
    }

    private static final class Described extends DescribeTopicsResult {
        Described(TopicDescription one) {
            super(null, Map.of(one.name(), KafkaFuture.completedFuture(one)));
        }
    }

    private static final class NoTenants implements KafkaAdmin.Tenants {
        @Override
        public Set<String> matching(String pattern) {
            return Set.of();
        }

        @Override
        public void deleted(Place place) {}

        @Override
        public boolean passOver(Place place, Map<TopicPartition, Long> ends) {
            return false;
        }
    }
}

package dev.transload.mq.kafka;

import dev.transload.mq.ClientClosedException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions to the cluster, and the threads on which they are waited for: a few, made when needed.
 *
 * <p>Thread-safe.
 */
final class KafkaAsk {

    private static final int THREADS = 24;
    private static final Logger LOG = LoggerFactory.getLogger(KafkaAsk.class);
    private static final Duration MOST = Duration.ofSeconds(30);
    private static final int LEADERS_MILLIS = 3_000;

    private final Admin admin;
    private final SlowAdmin slow;
    private final ThreadPoolExecutor control;

    /**
     * @param admin for what brokers answer at once
     * @param slow for what they may take their time over
     */
    KafkaAsk(Admin admin, SlowAdmin slow) {
        this.admin = admin;
        this.slow = slow;
        AtomicInteger number = new AtomicInteger();
        this.control = new ThreadPoolExecutor(
                0,
                THREADS,
                5,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> daemon(task, "mq-kafka-control-" + number.incrementAndGet()),
                new WaitForRoom());
    }

    static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** For what brokers answer at once: what is asked here waits for what was asked before. */
    Admin admin() {
        return admin;
    }

    /** For what brokers may take their time over. Connects at the first call. */
    Admin slowAdmin() {
        return slow.get();
    }

    /** What may wait for the network. */
    interface Work<T> {
        T run() throws ExecutionException, InterruptedException;
    }

    /** Runs work on a control thread; a failure is told in the words of {@link KafkaErrors}. */
    <T> CompletableFuture<T> call(String what, Work<? extends T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            control.execute(() -> {
                try {
                    result.complete(work.run());
                } catch (ExecutionException | InterruptedException | RuntimeException e) {
                    result.completeExceptionally(
                            control.isShutdown() && e instanceof InterruptedException
                                    ? closed(what)
                                    : KafkaErrors.operation(what, e));
                }
            });
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(closed(what));
        }
        return result;
    }

    /** What may wait for the network and has no result. */
    interface Action {
        void run() throws ExecutionException, InterruptedException;
    }

    /** As {@link #call}, without a result. */
    CompletableFuture<Void> act(String what, Action action) {
        return this.<Boolean>call(what, () -> {
                    action.run();
                    return true;
                })
                .thenAccept(done -> {});
    }

    static ClientClosedException closed(String what) {
        return new ClientClosedException("kafka: closed, cannot " + what, null);
    }

    /** Ends what is asked, and the connections. */
    void close(Duration most) {
        control.shutdownNow();
        slow.close();
        admin.close(most);
    }

    boolean awaitClosed(Duration most) throws InterruptedException {
        return control.awaitTermination(most.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Waits for an answer. */
    <T> T get(KafkaFuture<T> future) throws ExecutionException, InterruptedException {
        try {
            return future.get(MOST.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new ExecutionException(e);
        }
    }

    /** Describes a topic, or returns null if there is none of that name. */
    @Nullable
    TopicDescription topic(String name) throws ExecutionException, InterruptedException {
        return describe(name, new DescribeTopicsOptions());
    }

    private @Nullable TopicDescription describe(String name, DescribeTopicsOptions how)
            throws ExecutionException, InterruptedException {
        try {
            return get(admin.describeTopics(List.of(name), how).allTopicNames()).get(name);
        } catch (ExecutionException e) {
            if (KafkaErrors.isMissing(e) || e.getCause() instanceof InvalidTopicException) {
                return null;
            }
            throw e;
        }
    }

    /** Refuses, if brokers say that this client may not delete the topic. */
    void requireMayDelete(String topic) throws ExecutionException, InterruptedException {
        TopicDescription found = describe(topic, new DescribeTopicsOptions().includeAuthorizedOperations(true));
        Set<AclOperation> may = found == null ? null : found.authorizedOperations();
        if (may != null && !may.contains(AclOperation.DELETE)) {
            throw new TopicAuthorizationException("delete " + topic, Set.of(topic));
        }
    }

    /** Those of the topics that are not there. */
    Set<String> missing(Collection<String> topics) throws ExecutionException, InterruptedException {
        Set<String> missing = new TreeSet<>();
        Map<String, KafkaFuture<TopicDescription>> answers =
                admin.describeTopics(TopicCollection.ofTopicNames(topics)).topicNameValues();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> one : answers.entrySet()) {
            try {
                get(one.getValue());
            } catch (ExecutionException e) {
                if (KafkaErrors.isMissing(e)) {
                    missing.add(one.getKey());
                } else if (KafkaErrors.isLost(e)) {
                    throw e;
                }
            }
        }
        return missing;
    }

    /**
     * Waits, briefly, until the leaders of a topic that may be new take requests: they are named before they do. What an
     * idempotent producer sends to one that is not quite there yet may come to be refused for good, since the first of its
     * batches is the one that is turned away.
     */
    void awaitLeaders(String topic, int partitions) throws InterruptedException {
        Map<TopicPartition, OffsetSpec> question = new HashMap<>();
        for (int i = 0; i < partitions; i++) {
            question.put(new TopicPartition(topic, i), OffsetSpec.latest());
        }
        try {
            get(admin.listOffsets(question, new ListOffsetsOptions().timeoutMs(LEADERS_MILLIS))
                    .all());
        } catch (ExecutionException e) {
            LOG.debug("kafka: not all leaders of {} answer", topic, e);
        }
    }

    /** Whether a broker still has a log of the topic; false if this client may not know. */
    boolean hasReplicas(String topic) throws ExecutionException, InterruptedException {
        try {
            List<Integer> brokers =
                    get(admin.describeCluster().nodes()).stream().map(Node::id).toList();
            return get(admin.describeLogDirs(brokers).allDescriptions()).values().stream()
                    .flatMap(folders -> folders.values().stream())
                    .flatMap(folder -> folder.replicaInfos().keySet().stream())
                    .anyMatch(partition -> partition.topic().equals(topic));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ApiException) {
                return false;
            }
            throw e;
        }
    }

    /** All partitions of the topics that exist. */
    List<TopicPartition> partitions(Collection<String> topics) throws ExecutionException, InterruptedException {
        List<TopicPartition> all = new java.util.ArrayList<>();
        for (String topic : topics) {
            TopicDescription description = topic(topic);
            if (description != null) {
                description.partitions().forEach(p -> all.add(new TopicPartition(topic, p.partition())));
            }
        }
        return all;
    }

    /** Offsets of partitions, such as their ends. */
    Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec which)
            throws ExecutionException, InterruptedException {
        if (partitions.isEmpty()) {
            return Map.of();
        }
        Map<TopicPartition, OffsetSpec> question = new HashMap<>();
        partitions.forEach(partition -> question.put(partition, which));
        Map<TopicPartition, ListOffsetsResultInfo> answer =
                get(admin.listOffsets(question, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                        .all());
        Map<TopicPartition, Long> offsets = new HashMap<>();
        answer.forEach((partition, info) -> offsets.put(partition, info.offset()));
        return offsets;
    }

    /** Lets the caller wait, briefly, rather than refuse work when all threads are at it. */
    private static final class WaitForRoom implements java.util.concurrent.RejectedExecutionHandler {
        @Override
        public void rejectedExecution(Runnable task, ThreadPoolExecutor executor) {
            if (executor.isShutdown()) {
                throw new RejectedExecutionException("closed");
            }
            daemon(task, "mq-kafka-control-more").start();
        }
    }
}

package dev.transload.mq.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what a member's lanes have done: every 100 ms, or at once where someone waits for it. One commit is under way
 * at a time, and what one failed to say the next one says. One that gets no answer counts as failed after a while, since
 * the client sets no end to it. Used by the member's loop alone.
 */
final class Committer {

    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);

    /** How long a settle that is not urgent may wait. */
    static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final int LEAST_CHARS = 16;

    private final String group;
    private final Lanes lanes;
    private final Consumer<?, ?> consumer;
    private final LongSupplier nanos;
    private int mostChars;
    private @Nullable Attempt underWay;
    private long last;

    /**
     * @param mostChars longest metadata of an offset that the broker is said to take
     */
    Committer(String group, Lanes lanes, Consumer<?, ?> consumer, int mostChars, LongSupplier nanos) {
        this.group = group;
        this.lanes = lanes;
        this.consumer = consumer;
        this.mostChars = mostChars;
        this.nanos = nanos;
        this.last = nanos.getAsLong();
    }

    /** A commit that was begun and is not answered yet. */
    private static final class Attempt {
        private final List<Lane.Commit> commits;
        private final boolean awaited;

        Attempt(List<Lane.Commit> commits) {
            this.commits = commits;
            this.awaited = commits.stream().anyMatch(Lane.Commit::awaited);
        }
    }

    /** Begins a commit if one is due. */
    void begin() {
        long now = nanos.getAsLong();
        Attempt before = underWay;
        if (before != null && now - last < ANSWER.toNanos()) {
            return;
        }
        if (before != null) {
            LOG.warn("kafka: a commit of group {} is not answered, another one is made", group);
            answered(before, new TimeoutException("no answer within " + ANSWER));
        }
        List<Lane.Commit> commits = lanes.commits(now - last >= EVERY_NANOS, mostChars);
        if (commits.isEmpty()) {
            return;
        }
        last = now;
        Attempt attempt = new Attempt(commits);
        underWay = attempt;
        try {
            consumer.commitAsync(offsets(commits), (offsets, failure) -> answered(attempt, failure));
        } catch (KafkaException e) {
            answered(attempt, e);
        }
    }

    private void answered(Attempt attempt, @Nullable Exception failure) {
        if (underWay == attempt) { // otherwise it has been given up
            underWay = null;
            ended(attempt.commits, failure);
        }
    }

    /** No answer will come any more: a commit that is under way counts as failed. */
    void abandon() {
        Attempt attempt = underWay;
        if (attempt != null) {
            answered(attempt, new TimeoutException("no answer before the end"));
        }
    }

    /** Whether a commit is under way that someone waits for. */
    boolean isAwaited() {
        Attempt attempt = underWay;
        return attempt != null && attempt.awaited;
    }

    /** Commits all news and waits for it. */
    void all() {
        wait(lanes.commits(true, mostChars));
    }

    /** Commits what is to be said last of lanes that go, and waits for it. */
    void last(List<Lane> going) {
        wait(lanes.lastCommits(going, mostChars));
    }

    private void wait(List<Lane.Commit> commits) {
        if (commits.isEmpty()) {
            return;
        }
        last = nanos.getAsLong();
        try {
            again(() -> {
                consumer.commitSync(offsets(commits), ANSWER);
                return true;
            });
            ended(commits, null);
        } catch (KafkaException e) {
            ended(commits, e);
        }
    }

    private void ended(List<Lane.Commit> commits, @Nullable Exception failure) {
        if (failure instanceof OffsetMetadataTooLarge) {
            mostChars = mostChars < LEAST_CHARS ? 0 : mostChars / 2;
            LOG.warn(
                    "kafka: the broker takes less metadata with an offset than it says, {} characters from now on",
                    mostChars);
        } else if (failure != null) {
            LOG.debug("kafka: a commit of group {} failed", group, failure);
        }
        lanes.committed(commits, failure == null);
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(List<Lane.Commit> commits) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        commits.forEach(commit -> offsets.put(
                commit.lane().partition(),
                new OffsetAndMetadata(
                        commit.base(), Optional.empty(), commit.written().text())));
        return offsets;
    }

    /** Calls once more if the call met a wake-up that was meant for a poll which had just ended. */
    static <T> T again(Supplier<T> call) {
        try {
            return call.get();
        } catch (WakeupException e) {
            return call.get();
        }
    }
}

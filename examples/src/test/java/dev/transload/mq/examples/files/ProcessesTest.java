package dev.transload.mq.examples.files;

import static dev.transload.mq.examples.files.OtherProcess.WORK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several processes on one directory, some of which are killed. */
class ProcessesTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final TestDirectory directory = new TestDirectory();

    @AfterEach
    void clean() {
        directory.close();
    }

    @Test
    void whatAKilledProcessHeldComesBackWhenItsLeasesEnd() throws InterruptedException {
        List<String> all = send(20);
        try (OtherProcess holder = OtherProcess.holder(directory.uri())) {
            holder.awaitLines(4);
            await("a full prefetch").atMost(SOON).until(() -> claimed().size() == 10);
            holder.kill();
        }
        assertThat(claimed()).as("claims of the dead process").hasSize(10);

        Map<String, Integer> attempts = new ConcurrentHashMap<>();
        try (MqClient mq = MqClient.connect(directory.uri())) {
            mq.subscribe(WORK, delivery -> attempts.merge(delivery.payload(), delivery.attempt(), Integer::sum));

            await("all messages").atMost(SOON).until(() -> attempts.size() == 20);
            assertThat(attempts.keySet()).containsExactlyInAnyOrderElementsOf(all);
            assertThat(attempts.values())
                    .as("each handled once, those of the dead as attempt 2")
                    .satisfies(numbers ->
                            assertThat(numbers.stream().filter(n -> n == 2)).hasSize(10))
                    .satisfies(numbers ->
                            assertThat(numbers.stream().filter(n -> n == 1)).hasSize(10));
            await("the last acknowledgement").atMost(SOON).until(() -> claimed().isEmpty());
        }
    }

    @Test
    void processesThatLiveShareAQueueAndHandleEachMessageOnce() throws InterruptedException {
        try (OtherProcess one = OtherProcess.worker(directory.uri());
                OtherProcess two = OtherProcess.worker(directory.uri())) {
            List<String> all = send(300);
            await("all messages")
                    .atMost(SOON)
                    .until(() -> one.said().size() + two.said().size() >= 300);

            List<String> handled = new ArrayList<>(one.said());
            handled.addAll(two.said());
            assertThat(handled).containsExactlyInAnyOrderElementsOf(all);
            assertThat(Stream.of(one, two))
                    .as("both take part")
                    .noneMatch(each -> each.said().isEmpty());
        }
    }

    @Test
    void aSenderKilledInMidSendHasLostNothingItWasToldIsThere() throws InterruptedException {
        List<String> confirmed;
        try (OtherProcess sender = OtherProcess.sender(directory.uri())) {
            sender.awaitLines(200);
            sender.kill();
            confirmed = sender.said();
        }
        List<String> handled = new CopyOnWriteArrayList<>();
        try (MqClient mq = MqClient.connect(directory.uri())) {
            mq.subscribe(
                    WORK,
                    delivery -> handled.add(delivery.payload()),
                    SubscribeOptions.builder().concurrency(1).build());
            await("all messages").atMost(SOON).until(() -> handled.containsAll(confirmed));

            // One more may have been stored before its sender could be told.
            assertThat(handled).doesNotHaveDuplicates().hasSizeBetween(confirmed.size(), confirmed.size() + 1);
        }
    }

    private List<String> send(int count) {
        List<String> all =
                IntStream.range(0, count).mapToObj(i -> "message " + i).toList();
        try (MqClient mq = MqClient.connect(directory.uri())) {
            mq.admin().create(WORK);
            all.forEach(text -> mq.send(WORK, text));
        }
        return all;
    }

    private List<String> claimed() {
        return directory.names("work", "claimed");
    }
}

package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.LeaseLostException;
import dev.transload.mq.spi.Completion;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class GroupMemberTest {

    @Test
    void nothingIsHandedOutBeyondTheCredit() {
        MemberBench bench = new MemberBench(10);
        Lane lane = bench.open(0);
        bench.arrive(lane, 0, 1, 2, 3);
        assertThat(bench.delivered).isEmpty();
        bench.receiver.credit(3);
        assertThat(bench.offsets()).containsExactly(0L, 1L, 2L);
        bench.receiver.credit(5);
        assertThat(bench.offsets()).containsExactly(0L, 1L, 2L, 3L);
    }

    @Test
    void nothingIsHandedOutBeforeTheOwnersNumberIsCommitted() {
        MemberBench bench = new MemberBench(10);
        bench.member.assigned(MemberBench.partition(0), -1);
        Lane lane = bench.lanes.of(MemberBench.partition(0));
        assertThat(bench.lanes.paused()).containsExactly(MemberBench.partition(0));
        bench.lanes.open(lane, Progress.at(5), 17);
        assertThat(bench.lanes.paused()).containsExactly(MemberBench.partition(0));

        List<Lane.Commit> first = bench.lanes.commits(false, MemberBench.CHARS);
        assertThat(first).hasSize(1);
        assertThat(MemberBench.progress(first.get(0)).fence()).isEqualTo(17);
        assertThat(MemberBench.progress(first.get(0)).clean()).isFalse();
        bench.lanes.committed(first, true);

        assertThat(bench.lanes.paused()).isEmpty();
        assertThat(lane.fence()).isEqualTo(17);
    }

    @Test
    void anAckIsTrueWhenItsCommitIs() {
        MemberBench bench = new MemberBench(10);
        Lane lane = bench.open(0);
        bench.receiver.credit(10);
        bench.arrive(lane, 0, 1, 2);
        Told told = new Told();
        bench.delivery(1).ack(told);
        assertThat(told.isTold()).isFalse();

        List<Lane.Commit> failed = bench.lanes.commits(true, MemberBench.CHARS);
        bench.lanes.committed(failed, false);
        assertThat(told.isTold()).isFalse();

        List<Lane.Commit> second = bench.commit();
        assertThat(told.dones).isEqualTo(1);
        assertThat(second.get(0).base()).isZero();
        assertThat(MemberBench.progress(second.get(0)).done()).containsOnly(java.util.Map.entry(1L, 2L));
        assertThat(bench.commit()).isEmpty();
    }

    @Test
    void aSecondSettleIsRefused() {
        MemberBench bench = new MemberBench(10);
        Lane lane = bench.open(0);
        bench.receiver.credit(10);
        bench.arrive(lane, 0);
        bench.delivery(0).ack(Completion.IGNORED);
        Told again = new Told();
        bench.delivery(0).ack(again);
        assertThat(again.failure).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFailureIsNotedBeforeItIsTold() {
        MemberBench bench = new MemberBench(10);
        Lane lane = bench.open(0);
        bench.receiver.credit(10);
        bench.arrive(lane, 0);
        bench.delivery(0).began();
        Told told = new Told();
        bench.delivery(0).note(2, told);
        assertThat(told.isTold()).isFalse();

        List<Lane.Commit> commits = bench.lanes.commits(false, MemberBench.CHARS);
        bench.lanes.committed(commits, true);

        assertThat(told.dones).isEqualTo(1);
        assertThat(MemberBench.progress(commits.get(0)).notes()).containsEntry(0L, new Note(2, 0, false));
    }

    @Test
    void theNextOwnerGoesOnCountingFailures() {
        MemberBench first = new MemberBench(10);
        Lane lane = first.open(0);
        first.receiver.credit(10);
        first.arrive(lane, 0, 1);
        first.delivery(0).began();
        first.delivery(0).note(2, Completion.IGNORED);
        Progress left = first.handOver(lane);

        MemberBench second = new MemberBench(10);
        second.receiver.credit(10);
        second.arrive(second.open(0, left), 0, 1);
        assertThat(second.delivery(0).notedFailures()).isEqualTo(2);
        assertThat(second.delivery(0).brokerCount()).isEqualTo(3);
        assertThat(second.delivery(1).brokerCount()).isEqualTo(1);
        assertThat(second.delivery(0).fence()).isGreaterThan(first.delivery(0).fence());
    }

    @Test
    void whatHasNotBegunIsLostAtOnceAndWhatRunsMayEnd() {
        MemberBench bench = new MemberBench(10);
        Lane lane = bench.open(0);
        bench.receiver.credit(2);
        bench.arrive(lane, 0, 1, 2);
        bench.delivery(0).began();

        List<Lane> going = bench.lanes.closing(List.of(lane.partition()), true, "revoked");

        assertThat(bench.lost).containsExactly(bench.delivery(1));
        assertThat(Lanes.isQuiet(going)).isFalse();
        Told late = new Told();
        bench.delivery(1).ack(late);
        assertThat(late.failure).isInstanceOf(LeaseLostException.class);

        Told inTime = new Told();
        bench.delivery(0).ack(inTime);
        assertThat(Lanes.isQuiet(going)).isTrue();
        List<Lane.Commit> last = bench.lanes.lastCommits(going, MemberBench.CHARS);
        assertThat(MemberBench.progress(last.get(0)).clean()).isTrue();
        assertThat(last.get(0).base()).isEqualTo(1);
        bench.lanes.committed(last, true);
        bench.lanes.gone(going, true, "revoked");
        assertThat(inTime.dones).isEqualTo(1);
        assertThat(bench.lost).hasSize(1);
    }

    @Test
    void whatStillRunsAtTheEndOfTheWaitIsLostAndCountsAsACrash() {
        MemberBench first = new MemberBench(10);
        Lane lane = first.open(0);
        first.receiver.credit(10);
        first.arrive(lane, 0, 1);
        first.delivery(0).began();
        Progress left = first.handOver(lane);

        assertThat(first.lost).containsExactlyInAnyOrder(first.delivery(0), first.delivery(1));
        assertThat(left.clean()).isFalse();
        MemberBench second = new MemberBench(10);
        second.receiver.credit(10);
        second.arrive(second.open(0, left.handedOver(100, 2)), 0, 1);
        assertThat(second.delivery(0).brokerCount()).isEqualTo(2);
        assertThat(second.delivery(1).brokerCount()).isEqualTo(1);
    }

    @Test
    void settlesOfAPartitionThatIsGoneFailAndChangeNothing() {
        MemberBench bench = new MemberBench(10);
        Lane lane = bench.open(0);
        bench.receiver.credit(10);
        bench.arrive(lane, 0);
        bench.delivery(0).began();
        Told waiting = new Told();
        KafkaDelivery old = bench.delivery(0);
        bench.lanes.gone(bench.lanes.closing(List.of(lane.partition()), true, "lost"), true, "lost");

        old.ack(waiting);
        assertThat(waiting.failure).isInstanceOf(LeaseLostException.class);
        Told renewed = new Told();
        old.renew(renewed);
        assertThat(renewed.failure).isInstanceOf(LeaseLostException.class);
        Told released = new Told();
        old.release(Duration.ZERO, false, released);
        assertThat(released.failure).isInstanceOf(LeaseLostException.class);
        Told noted = new Told();
        old.note(1, noted);
        assertThat(noted.failure).isInstanceOf(LeaseLostException.class);

        Lane again = bench.open(0);
        bench.arrive(again, 0);
        assertThat(bench.commit())
                .allSatisfy(commit -> assertThat(commit.base()).isZero());
        assertThat(bench.delivery(0)).isNotSameAs(old);
    }

    @Test
    void anAckWhoseCommitFailedWithItsPartitionGoneIsToldSo() {
        MemberBench bench = new MemberBench(10);
        Lane lane = bench.open(0);
        bench.receiver.credit(10);
        bench.arrive(lane, 0);
        Told told = new Told();
        bench.delivery(0).ack(told);
        List<Lane.Commit> underWay = bench.lanes.commits(true, MemberBench.CHARS);
        bench.lanes.gone(bench.lanes.closing(List.of(lane.partition()), true, "lost"), true, "lost");
        assertThat(told.isTold()).isFalse();
        bench.lanes.committed(underWay, false);
        assertThat(told.failure).isInstanceOf(LeaseLostException.class);
    }

    @Test
    void aReleasedMessageIsNextInLineAndCountsAsNothing() {
        MemberBench bench = new MemberBench(10);
        Lane lane = bench.open(0);
        bench.receiver.credit(1);
        bench.arrive(lane, 0, 1);
        Told told = new Told();
        bench.delivery(0).release(Duration.ZERO, false, told);
        assertThat(told.dones).isEqualTo(1);
        bench.receiver.credit(2);
        assertThat(bench.offsets()).containsExactly(0L, 0L, 1L);
        assertThat(bench.delivery(0).brokerCount()).isEqualTo(1);
    }

    @Test
    void aMessageReleasedAfterTheStopStaysForWhoeverComesNext() {
        MemberBench bench = new MemberBench(10);
        Lane lane = bench.open(0);
        bench.receiver.credit(2);
        bench.arrive(lane, 0, 1, 2);
        assertThat(bench.member.stop(bench.receiver)).isCompleted();
        bench.delivery(0).release(Duration.ZERO, false, Completion.IGNORED);
        bench.delivery(1).ack(Completion.IGNORED);
        bench.receiver.credit(10);
        assertThat(bench.offsets()).containsExactly(0L, 1L);

        Progress left = bench.handOver(lane);
        assertThat(left.clean()).isTrue();
        assertThat(left.base()).isZero();
        assertThat(left.isDone(1)).isTrue();
        assertThat(left.isDone(2)).isFalse();
    }

    @Test
    void aHandlerThatWasCutShortCountsAsACrash() {
        MemberBench bench = new MemberBench(10);
        Lane lane = bench.open(0);
        bench.receiver.credit(1);
        bench.arrive(lane, 0);
        bench.delivery(0).began();
        Told told = new Told();
        bench.delivery(0).release(Duration.ZERO, true, told);
        assertThat(told.isTold()).isFalse();
        bench.commit();
        assertThat(told.dones).isEqualTo(1);
        bench.receiver.credit(1);
        assertThat(bench.delivery(0).brokerCount()).isEqualTo(2);
    }

    @Test
    void afterACrashAStartIsCommittedBeforeTheHandlerBegins() throws Exception {
        MemberBench bench = new MemberBench(10);
        Progress crashed = new Progress(0, false, 3, 0, new TreeMap<>(), new TreeMap<>()).handedOver(100, 1);
        Lane lane = bench.open(0, crashed);
        bench.receiver.credit(10);
        bench.arrive(lane, 0, 1);
        ExecutorService worker = Executors.newSingleThreadExecutor();
        try {
            bench.delivery(1).began(); // beyond the suspicion: at once

            CompletableFuture<Void> began = CompletableFuture.runAsync(bench.delivery(0)::began, worker);
            List<List<Lane.Commit>> urgent = new java.util.ArrayList<>();
            await("the commit is asked for").until(() -> {
                List<Lane.Commit> commits = bench.lanes.commits(false, MemberBench.CHARS);
                if (!commits.isEmpty()) {
                    urgent.add(commits);
                }
                return !urgent.isEmpty();
            });
            assertThat(began).isNotDone();
            assertThat(MemberBench.progress(urgent.get(0).get(0)).notes()).containsEntry(0L, new Note(0, 0, true));
            bench.lanes.committed(urgent.get(0), true);
            began.get(10, java.util.concurrent.TimeUnit.SECONDS);
            assertThat(bench.lost).isEmpty();
        } finally {
            worker.shutdownNow();
        }
    }

    @Test
    void whatAnOwnerThatDiedMayHaveBegunIsMarkedUntilItCounts() {
        MemberBench bench = new MemberBench(10);
        TreeMap<Long, Note> notes = new TreeMap<>();
        notes.put(1L, new Note(0, 0, true));
        Progress crashed = new Progress(0, false, 3, 0, new TreeMap<>(), notes).handedOver(100, 2);
        Lane lane = bench.open(0, crashed);
        bench.receiver.credit(10);
        bench.arrive(lane, 0, 1, 2);

        assertThat(bench.delivery(0).mayHaveBegun()).isTrue();
        assertThat(bench.delivery(0).brokerCount()).isEqualTo(1);
        assertThat(bench.delivery(1).brokerCount()).isEqualTo(2);
        assertThat(bench.delivery(2).mayHaveBegun()).isFalse();
    }

    @Test
    void aStartThatWaitsForItsCommitHasNotBegunWhenThePartitionGoes() throws Exception {
        MemberBench bench = new MemberBench(10);
        Progress crashed = new Progress(0, false, 3, 0, new TreeMap<>(), new TreeMap<>()).handedOver(100, 1);
        Lane lane = bench.open(0, crashed);
        bench.receiver.credit(10);
        bench.arrive(lane, 0);
        ExecutorService worker = Executors.newSingleThreadExecutor();
        try {
            CompletableFuture<Void> began = CompletableFuture.runAsync(bench.delivery(0)::began, worker);
            await("it waits").until(() -> bench.delivery(0).stage == KafkaDelivery.Stage.STARTING);
            List<Lane> going = bench.lanes.closing(List.of(lane.partition()), true, "revoked");
            began.get(10, java.util.concurrent.TimeUnit.SECONDS);
            assertThat(Lanes.isQuiet(going)).isTrue();
            assertThat(bench.lost).containsExactly(bench.delivery(0));
        } finally {
            worker.shutdownNow();
        }
    }

    @Test
    void aReceiverWithEnoughInStockFetchesNoMoreUntilHalfOfItIsGone() {
        MemberBench bench = new MemberBench(4);
        Lane lane = bench.open(0);
        bench.arrive(lane, 0, 1, 2, 3, 4);
        assertThat(bench.lanes.paused()).containsExactly(lane.partition());
        bench.receiver.credit(2);
        assertThat(bench.lanes.paused()).containsExactly(lane.partition());
        bench.receiver.credit(1);
        assertThat(bench.lanes.paused()).isEmpty();
    }

    @Test
    void aLaneWhoseSpanIsFullFetchesNoMoreUntilItsOldestIsDone() {
        MemberBench bench = new MemberBench(1_000);
        Lane lane = bench.open(0);
        bench.receiver.credit(1_000);
        for (int i = 0; i < 100; i++) {
            bench.arrive(lane, i);
        }
        assertThat(bench.lanes.paused()).containsExactly(lane.partition());
        for (int i = 1; i < 100; i++) {
            bench.delivery(i).ack(Completion.IGNORED);
        }
        assertThat(bench.lanes.paused()).containsExactly(lane.partition());
        bench.delivery(0).ack(Completion.IGNORED);
        assertThat(bench.lanes.paused()).isEmpty();
    }

    @Test
    void thePartitionsTakeTurns() {
        MemberBench bench = new MemberBench(10);
        Lane a = bench.open(0);
        Lane b = bench.open(1);
        bench.arrive(a, 0, 1, 2);
        bench.arrive(b, 0, 1, 2);
        for (int i = 0; i < 6; i++) {
            bench.receiver.credit(1);
        }
        assertThat(bench.delivered.stream()
                        .map(delivery -> delivery.ownLane().partition().partition()))
                .containsExactly(0, 1, 0, 1, 0, 1);
    }

    @Test
    void aGroupThatPassesOverForgetsWhatItHasInStockOnly() {
        MemberBench bench = new MemberBench(10);
        Lane lane = bench.open(0);
        bench.receiver.credit(1);
        bench.arrive(lane, 0, 1, 2);
        assertThat(bench.lanes.passOver(java.util.Map.of(lane.partition(), 9L))).containsEntry(lane.partition(), 9L);
        bench.receiver.credit(10);
        assertThat(bench.offsets()).containsExactly(0L);
        bench.delivery(0).ack(Completion.IGNORED);
        assertThat(bench.commit().get(0).base()).isEqualTo(9);
    }

    @Test
    void onlyTheLastReceiverToLeaveEndsTheMember() {
        MemberBench bench = new MemberBench(10);
        MemberBench other = new MemberBench(10);
        KafkaReceiver second = new KafkaReceiver(bench.receiver.spec(), other);
        bench.member.join(second, java.util.Set.of("r"));
        assertThat(bench.member.newTopics()).containsExactly("q", "r");

        CompletableFuture<Void> left = bench.member.leave(second, Duration.ZERO);
        assertThat(bench.member.isEnding()).isFalse();
        assertThat(bench.member.newTopics()).containsExactly("q");
        bench.member.takeLeaving().values().forEach(future -> future.complete(null));
        assertThat(left).isCompleted();

        CompletableFuture<Void> ended = bench.member.leave(bench.receiver, Duration.ZERO);
        assertThat(bench.member.isEnding()).isTrue();
        bench.member.ended();
        assertThat(ended).isCompleted();
        assertThat(bench.member.join(second, java.util.Set.of("r"))).isFalse();
    }

    @Test
    void aReceiverThatLeavesWhileTheMemberEndsHasLeftWithIt() {
        MemberBench bench = new MemberBench(10);
        KafkaReceiver second = new KafkaReceiver(bench.receiver.spec(), bench);
        bench.member.join(second, java.util.Set.of("r"));
        List<CompletableFuture<Void>> left = new java.util.ArrayList<>();
        CompletableFuture<Void> passed = bench.member
                .passOver(java.util.Map.of())
                .thenRun(() -> left.add(bench.member.leave(second, Duration.ZERO))); // within its end

        bench.member.ended();

        assertThat(passed).isCompleted();
        assertThat(left).singleElement().satisfies(future -> assertThat(future).isCompleted());
    }
}

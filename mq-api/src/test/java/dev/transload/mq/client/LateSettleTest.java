package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Delivery;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a handler can still do with a delivery that is no longer its own. */
class LateSettleTest {

    private final FlowRig rig = new FlowRig();
    private final List<Delivery<byte[]>> handed = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        rig.close();
    }

    /** A handler that takes what it gets and never ends. */
    private void startHolding() {
        rig.async = delivery -> {
            handed.add(delivery);
            return new CompletableFuture<>();
        };
        rig.start(delivery -> {});
    }

    private Delivery<byte[]> handed(int number) {
        await("the handler is called").until(() -> handed.size() >= number);
        return handed.get(number - 1);
    }

    @Test
    void aHandlerWhoseTimeIsUpHasLostItsDelivery() {
        rig.options.maxProcessingTime(Duration.ofMinutes(1));
        startHolding();
        ScriptedTransport.Delivered delivered = rig.deliver("a");
        Delivery<byte[]> late = handed(1);
        await("the handler is under way").until(() -> delivered.began);

        rig.advance(Duration.ofSeconds(66));

        assertThat(late.leaseLost()).isTrue();
        assertThatThrownBy(late::ack).isInstanceOf(LeaseLostException.class).hasMessageContaining("a");
        await("it is set aside")
                .untilAsserted(() -> assertThat(rig.deadLettered).hasSize(1));
        assertThat(delivered.settles).hasValue(1);
    }

    @Test
    void whatACloseGaveBackIsLostToItsHandler() {
        startHolding();
        ScriptedTransport.Delivered delivered = rig.deliver("a");
        Delivery<byte[]> late = handed(1);

        rig.subscription.close(Duration.ofMillis(10));

        assertThat(late.leaseLost()).isTrue();
        assertThatThrownBy(late::retry).isInstanceOf(LeaseLostException.class);
        assertThat(delivered.released).isCompleted();
        assertThat(delivered.settles).hasValue(1);
    }

    @Test
    void aSecondSettleOfOnesOwnIsNoLostLease() {
        startHolding();
        rig.deliver("a");
        Delivery<byte[]> own = handed(1);
        own.ack();

        assertThat(own.leaseLost()).isFalse();
        assertThatThrownBy(own::ack).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aLateHandlerCannotSettleTheNextRunInItsPlace() throws Exception {
        rig.place = FlowRig.ORDERS;
        rig.options.concurrency(2).maxProcessingTime(Duration.ofMinutes(1)).retry(RetryPolicy.immediate(3));
        startHolding();
        ScriptedTransport.Delivered delivered = rig.deliver("a", "k");
        Delivery<byte[]> late = handed(1);
        await("the handler is under way").until(() -> delivered.began);
        rig.advance(Duration.ofSeconds(66));
        Delivery<byte[]> next = handed(2);

        assertThatThrownBy(late::ack).isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(() -> late.deadLetter("late")).isInstanceOf(LeaseLostException.class);
        assertThat(late.leaseLost()).isTrue();
        assertThat(next.leaseLost()).isFalse();
        assertThat(next.attempt()).isEqualTo(2);
        assertThat(late.message()).isEqualTo(next.message());
        next.ack();
        delivered.acked.get(10, TimeUnit.SECONDS);
        assertThat(delivered.settles).hasValue(1);
    }
}

package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.Explanation;
import dev.transload.mq.Explanation.Support;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Counting;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplanationsTest {

    private static final Function<Capabilities, Duration> NO_LANES = Capabilities::maxSendDelay;

    private final ScriptedTransport transport = new ScriptedTransport();

    @AfterEach
    void close() {
        transport.close();
    }

    private static Capabilities.Builder bare() {
        return Capabilities.builder("Scripted 1.0", ScriptedTransport.LIMITS)
                .refuses(Capability.HISTORY, "it forgets")
                .refuses(Capability.LANES, "it mixes");
    }

    private static Capabilities.Builder full() {
        Capabilities.Builder all = Capabilities.builder("Scripted 2.0", ScriptedTransport.LIMITS);
        for (Capability capability : Capability.values()) {
            all.has(capability, "by the broker: " + capability);
        }
        return all.sendDelay(Duration.ofDays(3), "in a sorted set")
                .releaseDelay(Duration.ofDays(3))
                .counting(new Counting(true, true, Integer.MAX_VALUE))
                .exactDepth(true);
    }

    @ParameterizedTest
    @CsvSource({
        "queues, NATIVE, NATIVE",
        "topics, REFUSED, NATIVE",
        "ephemeral groups, REFUSED, NATIVE",
        "ordered by key, REFUSED, NATIVE",
        "delay, REFUSED, NATIVE",
        "retry, EMULATED, NATIVE",
        "attempts, EMULATED, NATIVE",
        "dead letters, EMULATED, NATIVE",
        "redrive, EMULATED, EMULATED",
        "priority, EMULATED, NATIVE",
        "ttl, EMULATED, EMULATED",
        "replay, REFUSED, NATIVE",
        "topic patterns, REFUSED, NATIVE",
        "header filters, REFUSED, NATIVE",
        "request/reply, EMULATED, EMULATED",
        "idempotency, EMULATED, EMULATED",
        "leases, NATIVE, NATIVE",
        "crash isolation, EMULATED, NATIVE",
        "depth, NATIVE, NATIVE",
        "browse, EMULATED, NATIVE"
    })
    void everyFeatureHasAVerdictAndAReason(String feature, Support bare, Support full) {
        transport.capabilities(bare().build());
        Explanation.Feature least = explain().feature(feature);
        transport.capabilities(full().build());
        Explanation.Feature most = explain().feature(feature);

        assertThat(least.support()).isEqualTo(bare);
        assertThat(most.support()).isEqualTo(full);
        assertThat(least.how()).isNotBlank();
        assertThat(most.how()).isNotBlank();
    }

    @Test
    void aRefusalGivesTheTransportsReason() {
        transport.capabilities(bare().build());

        assertThat(explain().feature("replay").how()).isEqualTo("it forgets");
        assertThat(explain().feature("ordered by key").how()).isEqualTo("it mixes");
    }

    @Test
    void theBrokerItsDurabilityAndItsWarningsAreNamed() {
        transport.capabilities(
                full().durability("on one disk", List.of("no replica")).build());

        Explanation explanation = explain();

        assertThat(explanation.transport()).isEqualTo("scripted");
        assertThat(explanation.broker()).isEqualTo("Scripted 2.0");
        assertThat(explanation.durability()).isEqualTo("on one disk");
        assertThat(explanation.warnings()).containsExactly("no replica");
        assertThat(explanation.toString()).contains("in a sorted set; up to 3 d", "EXACT");
    }

    @Test
    void delayLanesMakeADelayEmulated() {
        transport.capabilities(
                bare().sendDelay(Duration.ofMinutes(15), "native").build());

        Explanation explanation = Explanations.of("scripted", transport, capable -> Duration.ofDays(12));

        assertThat(explanation.feature("delay").support()).isEqualTo(Support.EMULATED);
        assertThat(explanation.feature("delay").how()).contains("12 d", "by the broker up to 15 min");
    }

    @Test
    void headerFiltersAreTheEnginesWhereThereAreGroups() {
        transport.capabilities(bare().has(Capability.GROUPS, "yes").build());

        assertThat(explain().feature("header filters").support()).isEqualTo(Support.EMULATED);
    }

    @Test
    void whatDiffersInOrderIsShown() {
        transport.capabilities(shape -> shape.ordered()
                ? full().maxInFlightSpan(1000).sendDelay(Duration.ZERO, "").build()
                : full().counting(new Counting(false, true, 100)).build());

        Explanation explanation = explain();

        assertThat(explanation.limits()).extracting(Explanation.Limit::name).doesNotHaveDuplicates();
        assertThat(limit(explanation, "span of a lane, messages")).isEqualTo("no limit, ordered: 1,000");
        assertThat(limit(explanation, "delay")).isEqualTo("3 d, ordered: none");
        assertThat(limit(explanation, "payload, bytes")).isEqualTo("1,048,576");
        assertThat(limit(explanation, "retention")).isEqualTo("for ever");
        assertThat(explanation.feature("attempts").how()).startsWith("UPPER BOUND");
        assertThat(explanation.feature("dead letters").how()).contains("backstop is 100 deliveries");
    }

    @Test
    void howFarACountMayBeOffIsSaid() {
        assertThat(explainCounting(new Counting(true, true, 100)))
                .isEqualTo("EXACT: only deliveries whose handler had begun are counted");
        assertThat(explainCounting(new Counting(true, true, 100, 1, 2)))
                .startsWith("EXACT")
                .endsWith("after a crash it may be 1 too few or 2 too many");
        assertThat(explainCounting(new Counting(false, true, 100)))
                .startsWith("UPPER BOUND")
                .doesNotContain("too many");
        assertThat(explainCounting(new Counting(false, true, 100, 0, 1)))
                .startsWith("UPPER BOUND")
                .endsWith("made to a process that had died before the message was sent, which is 1 too many");
    }

    private String explainCounting(Counting counting) {
        transport.capabilities(full().counting(counting).build());
        return explain().feature("attempts").how();
    }

    @Test
    void onlyAnExactCountMayMissHandlers() {
        assertThatThrownBy(() -> new Counting(false, true, 100, 1, 0)).hasMessageContaining("not exact");
        assertThatThrownBy(() -> new Counting(true, true, 100, -1, 0)).hasMessageContaining("-1");
    }

    private Explanation explain() {
        return Explanations.of("scripted", transport, NO_LANES);
    }

    private static String limit(Explanation explanation, String name) {
        return explanation.limits().stream()
                .filter(limit -> limit.name().equals(name))
                .findFirst()
                .orElseThrow()
                .value();
    }
}

package dev.transload.mq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every public factory and builder of the vocabulary says to wrong input: the argument, the rule, the value. */
class WrongInputTest {

    private static final Topic<String> ORDERS = Topic.of("orders", String.class);

    private static Arguments wrong(ThrowingCallable call, String... texts) {
        return Arguments.of(call, List.of(texts));
    }

    static Stream<Arguments> wrongInput() {
        SubscribeOptions.Builder subscribe = SubscribeOptions.builder();
        RetryPolicy.Builder retry = RetryPolicy.builder();
        Queue<String> queue = Queue.of("q", String.class);
        return Stream.of(
                wrong(() -> Queue.of("", String.class), "queue name must not be blank"),
                wrong(() -> Queue.of(" ", String.class), "queue name must not be blank"),
                wrong(() -> Queue.of("a".repeat(49), String.class), "queue name", "at most 48 characters", "had 49"),
                wrong(() -> Topic.of("a".repeat(49), String.class), "topic name", "at most 48 characters", "had 49"),
                wrong(() -> ORDERS.group("a".repeat(49)), "group name", "at most 48 characters", "had 49"),
                wrong(() -> Queue.named("a".repeat(256), String.class), "name", "at most 255 characters", "had 256"),
                wrong(() -> Queue.named("a\nb", String.class), "name", "control characters", "U+000A at 1"),
                wrong(() -> Topic.named("\u007f", String.class), "name", "control characters", "U+007F at 0"),
                wrong(() -> Queue.of("a\u001b[31m", String.class), "queue name", "was 'a\\u001b[31m'"),
                wrong(() -> Topic.pattern("*.created", String.class), "pattern", "literal segment", "'*.created'"),
                wrong(() -> Topic.pattern("a.#.b", String.class), "pattern", "'a.#.b'"),
                wrong(() -> queue.partitions(0), "partitions must be 1 to 1024, was 0"),
                wrong(() -> queue.partitions(1025), "partitions must be 1 to 1024, was 1025"),
                wrong(() -> queue.priorities(1), "priorities must be 2 to 10, was 1"),
                wrong(() -> queue.priorities(11), "priorities must be 2 to 10, was 11"),
                wrong(() -> queue.priorities(3).ordered(), "an ordered destination has no priorities, was 3"),
                wrong(() -> queue.ordered().priorities(3), "an ordered destination has no priorities, was 3"),
                wrong(() -> ORDERS.retained(Duration.ZERO), "retained must be positive, was PT0S"),
                wrong(() -> ORDERS.retained(Duration.ofDays(-1)), "retained must be positive, was PT-24H"),
                wrong(() -> ORDERS.group("g").fromBeginning(), "replay needs a retained topic", "orders"),
                wrong(() -> new Shape(false, -1, 1, null), "partitions", "was -1"),
                wrong(() -> new Shape(false, 0, 0, null), "priorities", "was 0"),
                wrong(() -> SendOptions.id(""), "id must not be empty"),
                wrong(() -> SendOptions.id("i".repeat(256)), "id", "at most 255 characters", "had 256"),
                wrong(() -> SendOptions.key("a\u0000b"), "key", "control characters", "U+0000 at 1"),
                wrong(() -> SendOptions.key("\ud800"), "key", "lone surrogate at 0"),
                wrong(() -> SendOptions.type(""), "type must not be empty"),
                wrong(() -> SendOptions.none().contentType("a\r\nb"), "contentType", "U+000D at 1"),
                wrong(() -> SendOptions.none().correlationId("c".repeat(256)), "correlationId", "had 256"),
                wrong(() -> SendOptions.none().replyTo("r".repeat(1025)), "replyTo", "at most 1024", "had 1025"),
                wrong(() -> SendOptions.ttl(Duration.ZERO), "ttl must be at least 1 ms, was PT0S"),
                wrong(() -> SendOptions.ttl(Duration.ofNanos(999_999)), "ttl must be at least 1 ms"),
                wrong(() -> SendOptions.ttl(Duration.ofSeconds(Long.MAX_VALUE)), "ttl must be at most 3650000 days"),
                wrong(
                        () -> SendOptions.delay(Duration.ofSeconds(Long.MAX_VALUE)),
                        "delay must be at most 3650000 days"),
                wrong(() -> SendOptions.deliverAt(Instant.MAX), "deliverAt must be before the year 10000"),
                wrong(() -> SendOptions.priority(-1), "priority must be 0 to 9, was -1"),
                wrong(() -> SendOptions.priority(10), "priority must be 0 to 9, was 10"),
                wrong(() -> SendOptions.header("", "v"), "header name", "1 to 255", "was ''"),
                wrong(() -> SendOptions.header("a b", "v"), "header name", "was 'a b'"),
                wrong(() -> SendOptions.header("a\r\nx: y", "v"), "header name", "was 'a\\u000d\\u000ax: y'"),
                wrong(() -> SendOptions.header("n".repeat(256), "v"), "header name", "1 to 255", "…"),
                wrong(() -> SendOptions.header("mq-attempt", "1"), "header name is reserved", "mq-attempt"),
                wrong(() -> SendOptions.header("MQ-Attempt", "1"), "header name is reserved", "MQ-Attempt"),
                wrong(() -> SendOptions.header("x-death", "1"), "header name is reserved", "x-death"),
                wrong(() -> SendOptions.headers(Map.of("CC", "x")), "header name is reserved", "CC"),
                wrong(() -> ORDERS.group("g").whereHeader("a b", "v"), "header name", "was 'a b'"),
                wrong(() -> subscribe.concurrency(0), "concurrency must be 1 to 10000, was 0"),
                wrong(() -> subscribe.concurrency(10_001), "concurrency must be 1 to 10000, was 10001"),
                wrong(() -> subscribe.prefetch(0), "prefetch must be 1 to 100000, was 0"),
                wrong(() -> subscribe.prefetch(100_001), "prefetch must be 1 to 100000, was 100001"),
                wrong(
                        () -> SubscribeOptions.builder()
                                .concurrency(9)
                                .prefetch(8)
                                .build(),
                        "prefetch must not be below the concurrency of 9, was 8"),
                wrong(() -> subscribe.lease(Duration.ofMillis(999)), "lease must be PT1S to PT12H, was PT0.999S"),
                wrong(() -> subscribe.lease(Duration.ofHours(13)), "lease must be PT1S to PT12H, was PT13H"),
                wrong(() -> subscribe.maxProcessingTime(Duration.ZERO), "maxProcessingTime must be PT1S to PT12H"),
                wrong(() -> subscribe.deadLetterQueue(" "), "must not be blank"),
                wrong(() -> subscribe.deadLetterQueue("a\tb"), "control characters", "U+0009 at 1"),
                wrong(() -> retry.maxAttempts(0), "maxAttempts must be 1 to 1000, was 0"),
                wrong(() -> RetryPolicy.immediate(1001), "maxAttempts must be 1 to 1000, was 1001"),
                wrong(() -> RetryPolicy.fixed(3, Duration.ofMillis(-1)), "delay must be 0 to 365 days, was PT-0.001S"),
                wrong(() -> RetryPolicy.exponential(3, Duration.ofDays(366)), "initialDelay must be 0 to 365 days"),
                wrong(() -> retry.exponential(Duration.ofSeconds(1), 0.5), "multiplier must be 1 to 10, was 0.5"),
                wrong(() -> retry.exponential(Duration.ofSeconds(1), Double.NaN), "multiplier", "was NaN"),
                wrong(() -> retry.jitter(1.5), "jitter must be 0 to 1, was 1.5"),
                wrong(() -> retry.jitter(Double.NaN), "jitter must be 0 to 1, was NaN"),
                wrong(() -> retry.maxDelay(Duration.ofSeconds(-1)), "maxDelay must be 0 to 365 days"),
                wrong(() -> RetryPolicy.delays(Duration.ofDays(400)), "delays must be 0 to 365 days"),
                wrong(
                        () -> RetryPolicy.builder()
                                .delays(List.of(Duration.ZERO))
                                .maxAttempts(5)
                                .build(),
                        "maxAttempts must be one more than the 1 delays, was 5"),
                wrong(
                        () -> RetryPolicy.builder()
                                .fixed(Duration.ofSeconds(9))
                                .maxDelay(Duration.ofSeconds(1))
                                .build(),
                        "maxDelay must not be below the first delay PT9S, was PT1S"),
                wrong(() -> Redrive.all().rate(0), "rate must be at least 1 per second, was 0"),
                wrong(() -> Redrive.all().max(0), "max must be at least 1, was 0"),
                wrong(
                        () -> Idempotency.byMessageId(new InMemoryIdempotencyStore())
                                .lease(Duration.ZERO),
                        "lease must be at least 1 s, was PT0S"),
                wrong(
                        () -> Idempotency.byMessageId(new InMemoryIdempotencyStore())
                                .retention(Duration.ofMillis(999)),
                        "retention must be at least 1 s, was PT0.999S"));
    }

    @ParameterizedTest
    @MethodSource("wrongInput")
    void isRefusedByArgumentRuleAndValue(ThrowingCallable call, List<String> texts) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(texts.toArray(new String[0]))
                .satisfies(e -> assertThat(e.getMessage()).matches("[^\\p{Cntrl}]{1,400}"));
    }

    static Stream<Arguments> nulls() {
        return Stream.of(
                wrong(() -> Queue.of(null, String.class), "queue name"),
                wrong(() -> Queue.of("q", (Codec<String>) null), "codec"),
                wrong(() -> Queue.named(null, String.class), "name"),
                wrong(() -> Topic.of(null, String.class), "topic name"),
                wrong(() -> Topic.pattern(null, String.class), "pattern"),
                wrong(() -> ORDERS.group(null), "group name"),
                wrong(() -> ORDERS.retained(null), "duration"),
                wrong(() -> ORDERS.retained(Duration.ofDays(1)).group("g").from(null), "time"),
                wrong(() -> ORDERS.group("g").whereHeader("n", null), "header value"),
                wrong(() -> SendOptions.id(null), "id"),
                wrong(() -> SendOptions.key(null), "key"),
                wrong(() -> SendOptions.delay(null), "delay"),
                wrong(() -> SendOptions.deliverAt(null), "time"),
                wrong(() -> SendOptions.ttl(null), "ttl"),
                wrong(() -> SendOptions.header(null, "v"), "header name"),
                wrong(() -> SendOptions.header("n", null), "header value"),
                wrong(() -> SendOptions.headers(null), "headers"),
                wrong(() -> SubscribeOptions.builder().retry(null), "retry"),
                wrong(() -> SubscribeOptions.builder().lease(null), "lease"),
                wrong(() -> SubscribeOptions.builder().deadLetterQueue(null), "name"),
                wrong(() -> SubscribeOptions.builder().listener(null), "listener"),
                wrong(() -> RetryPolicy.fixed(2, null), "delay"),
                wrong(() -> Redrive.where(null), "which"),
                wrong(() -> Idempotency.byMessageId(null), "store"),
                wrong(() -> Message.builder(null, new byte[0]), "id"),
                wrong(() -> Message.builder("a", null), "body"),
                wrong(() -> new InMemoryIdempotencyStore().begin(null, "o", Duration.ofSeconds(1)), "key"));
    }

    @ParameterizedTest
    @MethodSource("nulls")
    void nullIsRefusedByName(ThrowingCallable call, List<String> texts) {
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(texts.get(0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Orders",
                "orders_eu",
                "orders..eu",
                ".orders",
                "orders.",
                "-orders",
                "orders-",
                "a.-b",
                "or ders",
                "ordérs",
                "orders--billing",
                "a/b",
                "a*"
            })
    void aNameOutsideTheGrammarIsRefusedAndTheWayOutNamed(String name) {
        assertThatThrownBy(() -> Queue.of(name, String.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("'" + name + "'", "named(…)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dlq", "orders.dlq", "orders-dlq", "orders.suspects", "x.delays"})
    void aNameThatIsDerivedIsRefused(String name) {
        assertThatThrownBy(() -> Queue.of(name, String.class)).hasMessageContaining("derived");
        assertThat(Queue.named(name, String.class).portable()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "orders", "orders.eu-west.v2", "dlq.orders", "dlqs", "a1-b2.c3"})
    void aNameInsideTheGrammarIsTaken(String name) {
        assertThat(Queue.of(name, String.class).name()).isEqualTo(name);
        assertThat(Queue.of("a".repeat(48), String.class).name()).hasSize(48);
    }

    @Test
    void headerValuesAreNeverInTheText() {
        String secret = "s3cret\ud800";
        assertThatThrownBy(() -> SendOptions.header("authorization", secret))
                .hasMessageContaining("authorization")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
        assertThatThrownBy(() -> SendOptions.header("mq-token", "s3cret"))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
    }

    @Test
    void headersTakeAnyText() {
        String value = "line\nbreak \"quotes\" 🎉 \u0000";
        Map<String, String> given = new HashMap<>(Map.of("a", value));
        SendOptions.Settings options = SendOptions.headers(given);
        given.put("b", "later");

        assertThat(options.headers()).containsOnly(Map.entry("a", value));
        assertThatThrownBy(() -> options.headers().put("c", "x")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void optionsAreVariantsOfWhatTheyCameFrom() {
        SendOptions.Settings key = SendOptions.key("k");
        SendOptions.Settings more = key.delay(Duration.ofSeconds(1)).header("a", "b");

        assertThat(key.delay()).isNull();
        assertThat(key.headers()).isEmpty();
        assertThat(more.key()).isEqualTo("k");
        assertThat(more.deliverAt(Instant.EPOCH).delay()).isNull();
        assertThat(SendOptions.deliverAt(Instant.EPOCH)
                        .delay(Duration.ofSeconds(1))
                        .deliverAt())
                .isNull();
        assertThat(SendOptions.delay(Duration.ofSeconds(-1)).delay()).isNull();
    }

    @Test
    void aMessageIsWhatItsBuilderSaidAndItsTextHasNoContent() {
        Message message = Message.builder("a", "s3cret".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .key("k")
                .wireHeader("tenant", "s3cret")
                .wireHeader("mq-attempt", "2")
                .ttl(1000)
                .timestamp(5000)
                .build();

        assertThat(message.headers()).containsOnlyKeys("tenant");
        assertThat(message.annotations()).containsOnlyKeys("mq-attempt");
        assertThat(message.expiresAt()).isEqualTo(6000);
        assertThat(message.toString()).isEqualTo("Message[a, 6 bytes]");
        Message copy = message.toBuilder().removeAnnotation("mq-attempt").build();
        assertThat(copy.annotations()).isEmpty();
        assertThat(message.annotations()).hasSize(1);
        assertThat(copy.headers()).isEqualTo(message.headers());
        assertThatThrownBy(() -> copy.headers().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aMessageThatLivesVeryLongDoesNotExpireAtOnce() {
        assertThat(Message.builder("a", new byte[0])
                        .timestamp(1)
                        .ttl(Long.MAX_VALUE)
                        .build()
                        .expiresAt())
                .isEqualTo(Long.MAX_VALUE);
        assertThat(Message.builder("a", new byte[0]).build().expiresAt()).isEqualTo(Long.MAX_VALUE);
    }
}

package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Failure;
import dev.transload.mq.Failure.Reason;
import dev.transload.mq.Message;
import dev.transload.mq.spi.Annotations;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailureRecordsTest {

    private static final long NOW = 1_700_000_000_000L;

    @Test
    void aDeadLetterKeepsTheMessageAndSaysWhy() {
        Message original = Message.builder("id-1", new byte[] {0, 1, 2})
                .key("k")
                .header("tenant", "blue")
                .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .annotation(Annotations.ATTEMPT, "3")
                .annotation(Annotations.FIRST_FAILURE, "5")
                .annotation(Annotations.FORCE, "true")
                .type("Email")
                .contentType("application/json")
                .timestamp(NOW - 1000)
                .correlationId("c")
                .replyTo("amq.reply")
                .priority(2)
                .ttl(60_000)
                .build();
        Failure failure = FailureRecords.of(
                new IllegalStateException("no mail"), Reason.ATTEMPTS_EXHAUSTED, "emails", null, 3, NOW - 500, NOW, 0);

        Message letter = FailureRecords.deadLetter(original, failure, "emails", NOW);

        assertThat(letter.body()).isSameAs(original.body());
        assertThat(letter.id()).isEqualTo("id-1");
        assertThat(letter.key()).isEqualTo("k");
        assertThat(letter.headers()).isEqualTo(original.headers());
        assertThat(letter.type()).isEqualTo("Email");
        assertThat(letter.contentType()).isEqualTo("application/json");
        assertThat(letter.timestamp()).isEqualTo(NOW - 1000);
        assertThat(letter.correlationId()).isEqualTo("c");
        assertThat(letter.priority()).isEqualTo(2);
        assertThat(letter.ttl()).isZero();
        assertThat(letter.replyTo()).isNull();
        assertThat(letter.annotations())
                .doesNotContainKeys(Annotations.ATTEMPT, Annotations.FIRST_FAILURE, Annotations.FORCE)
                .containsEntry(Annotations.DESTINATION, "emails")
                .containsEntry("mq-failure-reason", "ATTEMPTS_EXHAUSTED")
                .containsEntry("mq-failure-type", "IllegalStateException")
                .containsEntry("mq-failure-message", "no mail")
                .containsEntry("mq-failure-attempts", "3");
        assertThat(letter.annotations().get("mq-failure-stack"))
                .startsWith("java.lang.IllegalStateException: no mail\n\tat ")
                .contains("FailureRecordsTest.java");
        assertThat(FailureRecords.read(letter)).isEqualTo(failure);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whatIsWrittenIsRead(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            Failure failure = FailureRecords.of(
                    random.nextInt(4) == 0 ? null : new RuntimeException(text(random, 3000), cause(random, 3)),
                    List.of(Reason.values()).get(random.nextInt(7)),
                    "s" + random.nextInt(100),
                    random.nextBoolean() ? null : "g" + random.nextInt(100),
                    random.nextInt(1000),
                    random.nextInt(),
                    Math.abs(random.nextLong() % 100_000_000_000_000L),
                    random.nextInt(1000));
            failure = withFirstNotNegative(failure);

            Message letter =
                    FailureRecords.deadLetter(Message.builder("id", new byte[0]).build(), failure, "d", NOW);

            assertThat(FailureRecords.read(letter)).isEqualTo(failure);
            assertThat(recordBytes(letter)).isLessThan(16 * 1024);
        }
    }

    private static Failure withFirstNotNegative(Failure f) {
        Instant first = f.firstFailure().isBefore(Instant.EPOCH) ? Instant.EPOCH : f.firstFailure();
        return new Failure(
                f.reason(),
                f.type(),
                f.message(),
                f.stack(),
                f.source(),
                f.group(),
                f.attempts(),
                first,
                f.lastFailure(),
                f.redrives());
    }

    private static Throwable cause(Random random, int depth) {
        return depth == 0 ? null : new IllegalArgumentException(text(random, 50), cause(random, depth - 1));
    }

    private static String text(Random random, int max) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(max); i > 0; i--) {
            text.append((char) random.nextInt(0x10000));
        }
        return text.toString();
    }

    static Stream<Throwable> monsters() {
        RuntimeException loop = new RuntimeException("a");
        loop.initCause(new RuntimeException("b", loop));
        Throwable deep = new RuntimeException("root");
        for (int i = 0; i < 100_000; i++) {
            deep = new RuntimeException("level " + i, deep, false, false) {};
        }
        return Stream.of(
                new RuntimeException("x".repeat(1 << 20)),
                new RuntimeException("\u00fc".repeat(1 << 20)),
                new RuntimeException("😀".repeat(1 << 18)),
                new RuntimeException("\ud83d".repeat(5000)),
                new RuntimeException("\u0000\r\u001b[2J".repeat(5000)),
                new RuntimeException((String) null),
                loop,
                deep,
                new Hostile(),
                new CompletionException("a", new CompletionException("b", new Hostile())),
                overflown(0));
    }

    private static Throwable overflown(int depth) {
        try {
            return depth < 0 ? new Error() : overflown(depth + 1);
        } catch (StackOverflowError e) {
            return e;
        }
    }

    /** Fails at whatever it is asked. */
    private static final class Hostile extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new StackOverflowError("no message");
        }

        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized")
        public Throwable getCause() {
            throw new IllegalStateException("no cause");
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            throw new NoClassDefFoundError("no trace");
        }

        @Override
        public String toString() {
            throw new IllegalStateException("no text");
        }
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("monsters")
    void noExceptionMakesARecordTooLarge(Throwable monster) {
        Failure failure =
                FailureRecords.of(monster, Reason.NOT_RETRYABLE, "q".repeat(255), "g".repeat(255), 1, NOW, NOW, 0);
        Message letter =
                FailureRecords.deadLetter(Message.builder("id", new byte[0]).build(), failure, "q".repeat(255), NOW);

        assertThat(recordBytes(letter)).isLessThanOrEqualTo(16 * 1024);
        assertThat(bytes(failure.message())).isLessThanOrEqualTo(1024);
        assertThat(bytes(failure.stack())).isLessThanOrEqualTo(8192);
        assertThat(FailureRecords.read(letter)).isEqualTo(failure);
        letter.annotations().values().forEach(value -> assertThat(value).isEqualTo(throughUtf8(value)));
    }

    @Test
    void textIsCutBetweenCodePoints() {
        assertThat(BoundedText.cut("aé€😀", 1)).isEqualTo("a");
        assertThat(BoundedText.cut("aé€😀", 2)).isEqualTo("a");
        assertThat(BoundedText.cut("aé€😀", 3)).isEqualTo("aé");
        assertThat(BoundedText.cut("aé€😀", 9)).isEqualTo("aé€");
        assertThat(BoundedText.cut("aé€😀", 10)).isEqualTo("aé€😀");
        assertThat(BoundedText.cut("😀x", 3)).isEmpty();
    }

    @Test
    void theRootCauseShowsBelowALongTrace() {
        Throwable failure = new IllegalStateException("outer", new IllegalArgumentException("the real reason"));

        assertThat(BoundedText.stack(failure, FailureRecords.MAX_STACK))
                .contains("Caused by: java.lang.IllegalArgumentException: the real reason")
                .contains(" more\n");
    }

    @Test
    void anExceptionOutOfAFutureIsNamedItself() {
        Failure failure = FailureRecords.of(
                new CompletionException(new IllegalStateException("inner")),
                Reason.NOT_RETRYABLE,
                "q",
                null,
                1,
                NOW,
                NOW,
                0);

        assertThat(failure.type()).isEqualTo("IllegalStateException");
        assertThat(failure.message()).isEqualTo("inner");
    }

    @Test
    void anAnonymousExceptionHasAName() {
        assertThat(BoundedText.simpleType(new RuntimeException() {})).startsWith("FailureRecordsTest$");
        assertThat(BoundedText.simpleType(new Hostile())).isEqualTo("Hostile");
    }

    @Test
    void aReasonInWordsIsKept() {
        Failure failure = FailureRecords.because("not ours", Reason.REQUESTED, "q", "g", 2, NOW, NOW, 1);

        assertThat(failure.type()).isEqualTo("REQUESTED");
        assertThat(failure.message()).isEqualTo("not ours");
        assertThat(failure.stack()).isNull();
        assertThat(failure.redrives()).isEqualTo(1);
    }

    @Test
    void aLetterWithoutARecordIsTheBrokers() {
        Message foreign = Message.builder("id", new byte[] {7}).timestamp(NOW).build();

        Failure failure = FailureRecords.read(foreign, "orders", "billing");

        assertThat(failure.reason()).isEqualTo(Reason.BROKER);
        assertThat(failure.type()).isEqualTo("BROKER");
        assertThat(failure.source()).isEqualTo("orders");
        assertThat(failure.group()).isEqualTo("billing");
        assertThat(failure.attempts()).isZero();
        assertThat(failure.firstFailure()).isEqualTo(Instant.ofEpochMilli(NOW));
        assertThat(failure.message()).isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void aRecordFullOfNonsenseIsRead(long seed) {
        Random random = new Random(seed);
        String[] names = {"reason", "type", "message", "stack", "source", "group", "attempts", "first", "last"};
        for (int i = 0; i < 100; i++) {
            Message.Builder letter = Message.builder("id", new byte[0]).timestamp(random.nextLong());
            for (String name : names) {
                letter.annotation(Annotations.FAILURE_PREFIX + name, nonsense(random));
            }
            letter.annotation(Annotations.REDRIVES, nonsense(random));
            Message message = letter.build();

            Failure failure = FailureRecords.read(message);

            assertThat(failure.attempts()).isBetween(0, 1_000_000);
            assertThat(failure.redrives()).isBetween(0, 1_000_000);
            assertThat(bytes(failure.stack())).isLessThanOrEqualTo(8192);
            assertThat(FailureRecords.redriven(message, false).annotations()).containsOnlyKeys(Annotations.REDRIVES);
        }
    }

    private static String nonsense(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> Long.toString(random.nextLong());
            case 1 -> "9".repeat(random.nextInt(30));
            case 2 -> text(random, 20_000);
            case 3 -> "1e9";
            case 4 -> "";
            default -> Integer.toString(random.nextInt());
        };
    }

    @Test
    void aRedrivenLetterStartsAnew() {
        Failure failure = FailureRecords.of(new RuntimeException("x"), Reason.CRASHED, "orders", "g", 4, 1, 2, 1);
        Message dead = FailureRecords.deadLetter(
                Message.builder("id", new byte[] {1})
                        .header("h", "v")
                        .annotation(Annotations.REDRIVES, "1")
                        .ttl(5)
                        .build(),
                failure,
                "orders",
                NOW);

        Message home = FailureRecords.redriven(dead, false);
        Message forced = FailureRecords.redriven(dead, true);

        assertThat(home.annotations())
                .containsOnlyKeys(Annotations.DESTINATION, Annotations.REDRIVES)
                .containsEntry(Annotations.REDRIVES, "2");
        assertThat(home.headers()).containsEntry("h", "v");
        assertThat(home.ttl()).isZero();
        assertThat(forced.annotations()).containsEntry(Annotations.FORCE, "true");
        assertThat(FailureRecords.redriven(forced, false).annotations()).doesNotContainKey(Annotations.FORCE);
    }

    private static int recordBytes(Message letter) {
        return letter.annotations().entrySet().stream()
                .mapToInt(entry -> bytes(entry.getKey()) + bytes(entry.getValue()))
                .sum();
    }

    private static int bytes(String text) {
        return text == null ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static String throughUtf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}

package dev.transload.mq.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.spi.TransportUri.HostPort;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransportUriTest {

    @Test
    void aUriIsTakenApart() {
        TransportUri uri = TransportUri.parse("RabbitMQ://us%40er:p%2Fw%3A@one:1,two,[::1]:3/v%2Fh?a=1&b=x%26y&c=");

        assertThat(uri.scheme()).isEqualTo("rabbitmq");
        assertThat(uri.username()).contains("us@er");
        assertThat(uri.password()).contains("p/w:");
        assertThat(uri.hosts())
                .containsExactly(new HostPort("one", 1), new HostPort("two", -1), new HostPort("[::1]", 3));
        assertThat(uri.path()).isEqualTo("/v%2Fh");
        assertThat(uri.options())
                .containsExactlyEntriesOf(new java.util.TreeMap<>(Map.of("a", "1", "b", "x&y", "c", "")));
        assertThat(uri.hosts().get(1).portOr(9)).isEqualTo(9);
    }

    @Test
    void theLeastIsASchemeAndAColon() {
        TransportUri uri = TransportUri.parse("inmemory:");

        assertThat(uri.hosts()).isEmpty();
        assertThat(uri.path()).isEmpty();
        assertThat(uri.username()).isEmpty();
        assertThat(uri.toString()).isEqualTo("inmemory:");
        assertThat(TransportUri.parse("inmemory:name").path()).isEqualTo("name");
    }

    @Test
    void itsTextHidesThePasswordAndTheValuesOfOptions() {
        TransportUri uri = TransportUri.parse("kafka://me:s3cret@host:9/p?token=s3cret&x=s3cret");

        assertThat(uri.toString()).isEqualTo("kafka://me:***@host:9/p?token=…&x=…");
        assertThat(uri.withCredentials("you", "s3cret2").toString()).startsWith("kafka://you:***@");
        assertThat(uri.withOption("more", "s3cret").toString()).doesNotContain("s3cret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kafka://me:s3cret@ho st",
                "kafka://me:s3cret@host:99999",
                "kafka://me:s3cret@host:0",
                "kafka://me:s3cret@",
                "kafka://me:s3cret%zz@host",
                "kafka://me:s3cret@host?a=s3cret&a=s3cret",
                "kafka://me:s3cret@host?s3cret=%zz",
                "kafka://me:s3cret@host?s3cretwithoutvalue",
                "kafka://me:s3cret@host1:2:3",
                "kafka://me:s3cret/x@host",
                "kafka://me:s3cret?x@host",
                "kafka://me:s3cret#x@host",
                "kafka://me:12/s3cret@host",
                "kafka://me:12?s3cret@host",
                "kafka://m%0ae:s3cret@host",
                "kafka://host?a=s3cret%0d%0a",
                "me:s3cret@host:1/",
                ":s3cret",
                "s3cret"
            })
    void whatIsNotAUriIsRefusedWithoutItsSecret(String text) {
        assertThatThrownBy(() -> {
                    TransportUri uri = TransportUri.parse(text);
                    // What reads as a scheme of its own is refused by whoever looks it up.
                    throw new IllegalArgumentException("parsed as scheme " + uri.scheme());
                })
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> {
                    for (Throwable t = e; t != null; t = t.getCause()) {
                        if (!text.contains("?s3cret=")) {
                            assertThat(t.getMessage()).doesNotContain("s3cret");
                        }
                        assertThat(t.getMessage()).matches("[^\\p{Cntrl}]+");
                    }
                });
    }

    @Test
    void mistakesInThePasswordAreExplained() {
        assertThatThrownBy(() -> TransportUri.parse("kafka://me:12/34@host"))
                .hasMessageContainingAll("kafka", "escape", "%2F");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whateverComesIsParsedOrRefused(long seed) {
        Random random = new Random(seed);
        String alphabet = "kafka:/@?&=%,[]#. \u0000é1a";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "kafka://" : "");
            for (int n = random.nextInt(20); n > 0; n--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                assertThat(TransportUri.parse(text.toString()).toString()).isNotEmpty();
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    @Test
    void optionsAreCheckedByNameRuleAndKind() {
        TransportUri uri = TransportUri.parse("x:?n=5&b=true&d=30s&bad=z");

        assertThat(uri.intOption("n", 1, 1, 9)).isEqualTo(5);
        assertThat(uri.intOption("absent", 1, 1, 9)).isEqualTo(1);
        assertThat(uri.booleanOption("b", false)).isTrue();
        assertThat(uri.durationOption("d", Duration.ZERO, Duration.ZERO, Duration.ofHours(1)))
                .isEqualTo(Duration.ofSeconds(30));
        assertThatThrownBy(() -> uri.intOption("n", 1, 6, 9))
                .hasMessageContaining("option n")
                .hasMessageContaining("6");
        assertThatThrownBy(() -> uri.intOption("bad", 1, 1, 9)).hasMessageContaining("option bad");
        assertThatThrownBy(() -> uri.booleanOption("bad", true))
                .hasMessageContaining("option bad must be true or false");
        assertThatThrownBy(() -> uri.durationOption("d", Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1)))
                .hasMessageContainingAll("option d", "30s", "PT1S");
        assertThatThrownBy(() -> uri.requireKnownOptions(Set.of("n", "b", "d")))
                .hasMessage("unknown option 'bad' in a uri of scheme x; known are [b, d, n]");
        assertThat(uri.withoutOptions(Set.of("bad")).options()).containsOnlyKeys("n", "b", "d");
    }

    @Test
    void aFamilyOfOptionsIsKnownByItsPrefix() {
        TransportUri uri = TransportUri.parse("x://h?kafka.linger.ms=5");
        uri.requireKnownOptions(Set.of("kafka.*"));
        uri.requireKnownOptions(Set.of("kafka.linger.*"));
        for (String text : new String[] {"x://h?kafka=5", "x://h?kafka.=5", "x://h?kafkaesque=5"}) {
            TransportUri other = TransportUri.parse(text);
            assertThatThrownBy(() -> other.requireKnownOptions(Set.of("kafka.*")))
                    .hasMessageContaining("unknown option");
        }
    }
}

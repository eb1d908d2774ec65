package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogTextTest {

    @Test
    void lineEndsAndEscapesAreShownAndNotObeyed() {
        assertThat(LogText.of("a\r\nb\tc\u0085d\u2028e\u2029f"))
                .isEqualTo("a\uFFFD\\u000Ab\\u0009c\\u0085d\\u2028e\\u2029f");
        assertThat(LogText.of("\u001B[31mred")).doesNotContain("\u001B");
    }

    @Test
    void anExceptionIsNamedWithItsTextOnOneLine() {
        assertThat(LogText.of(new IllegalStateException("down\nFORGED")))
                .isEqualTo("java.lang.IllegalStateException: down\\u000AFORGED");
        assertThat(LogText.of(new IllegalStateException())).isEqualTo("java.lang.IllegalStateException");
    }

    @Test
    void aHugeTextIsCut() {
        assertThat(LogText.of("x".repeat(1_000_000))).hasSizeLessThanOrEqualTo(500);
    }

    @Test
    void anExceptionThatFailsWhenAskedIsNamedAllTheSame() {
        RuntimeException rude = new RuntimeException() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new IllegalStateException("no");
            }
        };

        assertThat(LogText.of(rude)).startsWith(rude.getClass().getName());
    }
}

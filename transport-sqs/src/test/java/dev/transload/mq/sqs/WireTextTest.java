package dev.transload.mq.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireTextTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "äöü", "line\nline\ttab", "emoji \uD83D\uDE00", "\uE000", "\uFFFD", "\u0085"})
    void textThatXmlAllowsIsCarriedAsItIs(String text) {
        assertThat(WireText.isLegal(text)).isTrue();
        assertThat(WireText.legal(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\r\n", "\u0000", "\u001b", "\uFFFE", "\uFFFF", "\uD83D", "\uDE00 first", "end \uD83D"})
    void allOtherTextIsNot(String text) {
        assertThat(WireText.isLegal(text)).isFalse();
    }

    @Test
    void bytesThatAreNoTextAreTold() {
        assertThat(WireText.legal(new byte[] {(byte) 0xc3, 0x28})).isNull();
        assertThat(WireText.legal(new byte[] {(byte) 0xff, (byte) 0xfe})).isNull();
        assertThat(WireText.legal(new byte[] {0})).isNull();
    }

    @Test
    void lengthsAreThoseOfUtf8() {
        for (String text :
                new String[] {"", "abc", "äöü", "\u20ac", "\uD83D\uDE00", "mixed ä \uD83D\uDE00 €", "\uD83D"}) {
            assertThat(WireText.utf8Length(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
        }
    }

    @Test
    void whatIsPackedIsLegalAndComesBack() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("plain", "value");
        fields.put("empty", "");
        fields.put("quotes \" and \\", "\r\n\t\u0000\u001f");
        fields.put("emoji \uD83D\uDE00", "half \uD83D and \uFFFE");
        String packed = WireText.pack(fields);

        assertThat(WireText.isLegal(packed)).isTrue();
        assertThat(WireText.unpack(packed)).isEqualTo(fields);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "[]", "no json", "{\"a\":}", "{\"a\":\"\\u12\"}", "\"text\"", "{\"a\":\"b\"} more"})
    void whatOthersWroteThereIsNothing(String text) {
        assertThat(WireText.unpack(text)).isEmpty();
    }

    @Test
    void jsonThatIsTooDeepIsNothing() {
        assertThat(Json.read("[".repeat(10_000))).isNull();
    }
}

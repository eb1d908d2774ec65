package dev.transload.mq.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

class ChecksumsTest {

    private static final String BODY_MD5 = JsonService.md5("body");
    private static final Map<String, MessageAttributeValue> ID = Map.of("mq-id", text("1"));

    @ParameterizedTest
    @ValueSource(
            strings = {"x", "umlaut ü", "euro €", "emoji 😀", "half \uD83D", "\uDE00 half", "\uD83Dx", "tab\tline\n"})
    void aBodyHasTheDigestOfItsUtf8(String body) {
        assertThat(matches(body)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {2047, 2048, 2049, 4096, 100_000})
    void aBodyIsAsLongAsItLikes(int length) {
        assertThat(matches("a".repeat(length))).isTrue();
        assertThat(matches("€".repeat(length))).isTrue();
        assertThat(matches("a".repeat(length) + "😀")).isTrue();
    }

    @Test
    void oneAttributeHasTheDigestThatTheServiceReckons() {
        assertThat(Checksums.match("body", BODY_MD5, ID, JsonService.ATTRIBUTES_MD5))
                .isTrue();
    }

    @Test
    void attributesCountInTheOrderOfTheirNamesWithTheirTypesAndBytes() throws Exception {
        Map<String, MessageAttributeValue> attributes = Map.of(
                "b", text("€ 😀"),
                "a",
                        MessageAttributeValue.builder()
                                .dataType("Number.int")
                                .stringValue("7")
                                .build(),
                "C",
                        MessageAttributeValue.builder()
                                .dataType("Binary")
                                .binaryValue(SdkBytes.fromByteArray(new byte[] {0, -1, 5}))
                                .build(),
                "long", text("v".repeat(5000)));

        assertThat(Checksums.match("body", BODY_MD5, attributes, reckoned(attributes)))
                .isTrue();
    }

    @Test
    void anotherBodyDoesNotMatch() {
        assertThat(Checksums.match("bodi", BODY_MD5, ID, JsonService.ATTRIBUTES_MD5))
                .isFalse();
    }

    @Test
    void anotherAttributeDoesNotMatch() {
        assertThat(Checksums.match("body", BODY_MD5, Map.of("mq-id", text("2")), JsonService.ATTRIBUTES_MD5))
                .isFalse();
        assertThat(Checksums.match("body", BODY_MD5, Map.of("mq-ib", text("1")), JsonService.ATTRIBUTES_MD5))
                .isFalse();
    }

    @Test
    void aDigestThatIsMissingOrNoneDoesNotMatch() {
        assertThat(Checksums.match("body", null, Map.of(), null)).isFalse();
        assertThat(Checksums.match("body", "", Map.of(), null)).isFalse();
        assertThat(Checksums.match("body", BODY_MD5.substring(1), Map.of(), null))
                .isFalse();
        assertThat(Checksums.match("body", BODY_MD5.toUpperCase(Locale.ROOT), Map.of(), null))
                .isFalse();
        assertThat(Checksums.match("body", BODY_MD5, ID, null)).isFalse();
    }

    @Test
    void whatDoesNotMatchLeavesNothingBehind() {
        Checksums.match("bodi", BODY_MD5, ID, JsonService.ATTRIBUTES_MD5);
        Checksums.match("body", BODY_MD5, Map.of("mq-id", text("2")), JsonService.ATTRIBUTES_MD5);

        assertThat(Checksums.match("body", BODY_MD5, ID, JsonService.ATTRIBUTES_MD5))
                .isTrue();
    }

    private static boolean matches(String body) {
        return Checksums.match(body, JsonService.md5(body), Map.of(), null);
    }

    private static MessageAttributeValue text(String value) {
        return MessageAttributeValue.builder()
                .dataType("String")
                .stringValue(value)
                .build();
    }

    private static String reckoned(Map<String, MessageAttributeValue> attributes)
            throws IOException, GeneralSecurityException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (Map.Entry<String, MessageAttributeValue> one : new TreeMap<>(attributes).entrySet()) {
            write(out, one.getKey().getBytes(UTF_8));
            write(out, one.getValue().dataType().getBytes(UTF_8));
            boolean isText = one.getValue().stringValue() != null;
            out.writeByte(isText ? 1 : 2);
            write(
                    out,
                    isText
                            ? one.getValue().stringValue().getBytes(UTF_8)
                            : one.getValue().binaryValue().asByteArray());
        }
        return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes.toByteArray()));
    }

    private static void write(DataOutputStream out, byte[] counted) throws IOException {
        out.writeInt(counted.length);
        out.write(counted);
    }
}

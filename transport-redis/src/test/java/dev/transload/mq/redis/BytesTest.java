package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BytesTest {

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "17,17",
        "-17,-17",
        "999999999999999999,999999999999999999",
        "9223372036854775807,9223372036854775807",
        "-9223372036854775808,-9223372036854775808",
        "9223372036854775808,0",
        "12x,0",
        "'',0"
    })
    void aNumberIsReadFromItsTextAndIsZeroIfItIsNone(String text, long number) {
        assertThat(Bytes.number(Bytes.of(text))).isEqualTo(number);
    }
}

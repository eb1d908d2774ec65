package dev.transload.mq.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdTimeTest {

    @Test
    void aUuidOfVersion7SaysWhenItWasMade() {
        // The example of RFC 9562, appendix A.6: 2022-02-22, 14:22:22 in New York
        assertThat(IdTime.millis("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")).isEqualTo(1645557742000L);
        assertThat(IdTime.millis("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")).isEqualTo(1645557742000L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "m1",
                "919108f7-52d1-4320-9bac-f847db4148a8",
                "017f22e2-79b0-7cc3-58c4-dc0c0c07398f",
                "017f22e2-79b0-7cc3-c8c4-dc0c0c07398f",
                "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
                "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
                "017f22e2079b0-7cc3-98c4-dc0c0c07398f",
                "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
                "g17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
                "017f22e2-79b0-7cc3--8c4-dc0c0c07398f",
                "٠17f22e2-79b0-7cc3-98c4-dc0c0c07398f"
            })
    void anotherIdSaysNothing(String id) {
        assertThat(IdTime.millis(id)).isEqualTo(IdTime.UNKNOWN);
    }
}

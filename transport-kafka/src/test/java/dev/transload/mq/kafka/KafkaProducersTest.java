package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaProducersTest {

    @ParameterizedTest
    @CsvSource({"1,1", "1000,1", "2999,1", "3000,2", "4499,2", "4500,3", "7500,5", "1000000,5"})
    void aRequestIsUnderWayForEachFifteenHundredSendsAndFiveAtMost(int maxOutstandingSends, int requests) {
        assertThat(KafkaProducers.requestsAtOnce(maxOutstandingSends)).isEqualTo(requests);
    }
}

package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaProducersTest {

    @ParameterizedTest
    @CsvSource({"1,1", "1000,1", "1999,1", "2000,2", "5000,5", "1000000,5"})
    void aRequestIsUnderWayForEachThousandOfSendsAndFiveAtMost(int maxOutstandingSends, int requests) {
        assertThat(KafkaProducers.requestsAtOnce(maxOutstandingSends)).isEqualTo(requests);
    }
}

package dev.transload.mq.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoliciesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "orders | {\"mq-topic\":[\"orders\",{\"exists\":false}]}",
                "orders.created | {\"mq-topic\":[\"orders.created\"]}",
                "orders.# | {\"mq-topic\":[\"orders\",{\"prefix\":\"orders.\"}]}",
                "orders.*.paid | {\"mq-topic\":[{\"prefix\":\"orders.\"}]}"
            })
    void aFilterPolicyAsksForTheGroupsTopics(String topic, String policy) {
        assertThat(FilterPolicy.of(group(topic))).contains(policy);
    }

    @Test
    void whatAnotherTopicOfTheSameSnsTopicWasSentIsNotWanted() {
        assertThat(FilterPolicy.wants(group("orders.created"), "orders.paid")).isFalse();
        assertThat(FilterPolicy.wants(group("orders.created"), "orders.created"))
                .isTrue();
        assertThat(FilterPolicy.wants(group("orders.#"), "orders.paid")).isTrue();
    }

    @Test
    void onlyTheTopicMaySendToAQueueOfAGroup() {
        String policy = QueuePolicy.allow("arn:aws:sqs:eu-central-1:1:q", "arn:aws:sns:eu-central-1:1:t");

        assertThat(Json.read(policy))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsKey("Statement");
        assertThat(policy)
                .contains("\"Action\":\"sqs:SendMessage\"")
                .contains("\"Resource\":\"arn:aws:sqs:eu-central-1:1:q\"")
                .contains("{\"ArnEquals\":{\"aws:SourceArn\":\"arn:aws:sns:eu-central-1:1:t\"}}")
                .doesNotContain("*");
    }

    @Test
    void anEnvelopeThatIsNoneIsLeftAlone() {
        assertThat(SnsEnvelope.of("{\"Type\":\"Notification\",\"TopicArn\":1}")).isNull();
        assertThat(SnsEnvelope.of("text")).isNull();
        assertThat(Json.read("{\"a\":[1,{\"b\":null}],\"c\":true}"))
                .isEqualTo(Map.of("a", java.util.List.of("1", Map.of("b", "null")), "c", "true"));
    }

    private static Place group(String topic) {
        return new Place(Role.GROUP, topic + "--g", topic, "g", Shape.PLAIN, true);
    }
}

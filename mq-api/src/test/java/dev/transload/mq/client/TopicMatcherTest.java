package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicMatcherTest {

    @ParameterizedTest
    @CsvSource({
        "orders,            orders,                 true",
        "orders,            order,                  false",
        "orders,            orders2,                false",
        "orders,            orders.created,         false",
        "orders.created,    orders.created,         true",
        "orders.created,    orders.deleted,         false",
        "orders.created,    orders,                 false",
        "orders.created,    orders-created,         false",
        "orders.*,          orders.created,         true",
        "orders.*,          orders.eu,              true",
        "orders.*,          orders,                 false",
        "orders.*,          orders.eu.created,      false",
        "orders.*,          payments.created,       false",
        "orders.*.created,  orders.eu.created,      true",
        "orders.*.created,  orders.us-east.created, true",
        "orders.*.created,  orders.eu.deleted,      false",
        "orders.*.created,  orders.created,         false",
        "orders.*.created,  orders.eu.de.created,   false",
        "orders.*.*,        orders.eu.created,      true",
        "orders.*.*,        orders.eu,              false",
        "orders.#,          orders,                 true",
        "orders.#,          orders.created,         true",
        "orders.#,          orders.eu.de.created,   true",
        "orders.#,          orders2,                false",
        "orders.#,          orders2.created,        false",
        "orders.#,          payments,               false",
        "orders.*.#,        orders.eu,              true",
        "orders.*.#,        orders.eu.de.created,   true",
        "orders.*.#,        orders,                 false",
        "orders.eu.#,       orders.eu,              true",
        "orders.eu.#,       orders.us.created,      false",
        "o.r.d.e.r.s,       o.r.d.e.r.s,            true"
    })
    void aNameMatchesSegmentBySegment(String pattern, String name, boolean matches) {
        assertThat(new TopicMatcher(pattern).matches(name)).isEqualTo(matches);
    }
}

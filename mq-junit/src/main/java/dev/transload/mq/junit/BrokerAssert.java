package dev.transload.mq.junit;

import static java.util.Objects.requireNonNull;

import dev.transload.mq.inmemory.InMemoryBroker;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Assertions about a whole broker in memory. Thread-safe. */
public final class BrokerAssert {

    private final InMemoryBroker broker;

    BrokerAssert(InMemoryBroker broker) {
        this.broker = broker;
    }

    /**
     * Goes on with a queue, or with a group of a topic by the name of its place, such as {@code orders--billing}.
     *
     * @throws AssertionError if there is no such place: nobody has sent to it or subscribed
     */
    public PlaceAssert at(String name) {
        requireNonNull(name, "name");
        Set<String> known = broker.destinations();
        if (!known.contains(name)) {
            throw new AssertionError("there is no place named " + name + ", only " + known);
        }
        return new PlaceAssert(broker, name);
    }

    /** All that was sent has been handled or set aside: nothing waits, is unsettled, or is delayed, at any place. */
    public BrokerAssert isDrained() {
        List<String> left = new ArrayList<>();
        for (String name : broker.destinations()) {
            String content = name.endsWith(".dlq") ? "" : PlaceAssert.content(broker, name);
            if (!content.isEmpty()) {
                left.add(name + ": " + content);
            }
        }
        if (!left.isEmpty()) {
            throw new AssertionError("expected that all messages were handled, but there are, at " + left);
        }
        return this;
    }

    /** No message of any queue or group was set aside. */
    public BrokerAssert hasNoDeadLetters() {
        for (String name : broker.destinations()) {
            if (name.endsWith(".dlq")) {
                new PlaceAssert(broker, name.substring(0, name.length() - 4)).hasNoDeadLetters();
            }
        }
        return this;
    }
}

package dev.transload.mq.junit;

import dev.transload.mq.Message;
import dev.transload.mq.inmemory.InMemoryBroker;
import dev.transload.mq.inmemory.InMemoryBroker.SetAside;
import java.util.List;
import java.util.stream.Collectors;

/** Assertions about a queue or a group: what waits there, what was set aside. Thread-safe. */
public final class PlaceAssert {

    private static final int MOST_SHOWN = 5;

    private final InMemoryBroker broker;
    private final String name;

    PlaceAssert(InMemoryBroker broker, String name) {
        this.broker = broker;
        this.name = name;
    }

    /** Nothing waits there, is unsettled, or is delayed; dead letters do not count. */
    public PlaceAssert isEmpty() {
        String content = content(broker, name);
        if (!content.isEmpty()) {
            throw new AssertionError("expected that nothing is at " + name + ", but there are " + content);
        }
        return this;
    }

    /** So many messages wait to be handed out. */
    public PlaceAssert hasWaiting(int count) {
        return requireCount("waiting", count, broker.messages(name));
    }

    /** So many messages are with clients, unsettled: their handlers run, or they wait in a client for a retry in order. */
    public PlaceAssert hasInFlight(int count) {
        return requireCount("in flight", count, broker.inFlight(name));
    }

    /** So many messages wait for their time: delayed sends, and retries. */
    public PlaceAssert hasDelayed(int count) {
        return requireCount("delayed", count, broker.delayed(name));
    }

    /** No message was set aside. */
    public PlaceAssert hasNoDeadLetters() {
        return hasDeadLetters(0);
    }

    /** So many messages were set aside. */
    public PlaceAssert hasDeadLetters(int count) {
        List<SetAside> letters = broker.deadLetters(name);
        if (letters.size() != count) {
            throw new AssertionError(
                    "expected " + count + " dead letters of " + name + ", but there are " + letters.size()
                            + shown(letters.stream().map(DeadLetterAssert::text).toList()));
        }
        return this;
    }

    /** One message was set aside; goes on with it. */
    public DeadLetterAssert hasOneDeadLetter() {
        hasDeadLetters(1);
        return new DeadLetterAssert(name, broker.deadLetters(name).get(0));
    }

    /** A message of that id was set aside; goes on with it. */
    public DeadLetterAssert hasDeadLetter(String id) {
        List<SetAside> letters = broker.deadLetters(name);
        return letters.stream()
                .filter(letter -> letter.message().id().equals(id))
                .findFirst()
                .map(letter -> new DeadLetterAssert(name, letter))
                .orElseThrow(() -> new AssertionError("expected a dead letter " + id + " of " + name
                        + ", but there are " + letters.size()
                        + shown(letters.stream().map(DeadLetterAssert::text).toList())));
    }

    private PlaceAssert requireCount(String what, int count, List<Message> messages) {
        if (messages.size() != count) {
            String content = content(broker, name);
            throw new AssertionError("expected " + count + " messages " + what + " at " + name + ", but there are "
                    + messages.size() + (content.isEmpty() ? "" : "; all there is: " + content));
        }
        return this;
    }

    /** What is at a place, for people; empty if nothing is. */
    static String content(InMemoryBroker broker, String name) {
        List<Message> waiting = broker.messages(name);
        List<Message> out = broker.inFlight(name);
        List<Message> delayed = broker.delayed(name);
        if (waiting.isEmpty() && out.isEmpty() && delayed.isEmpty()) {
            return "";
        }
        return waiting.size() + " waiting" + ids(waiting) + ", " + out.size() + " in flight" + ids(out) + ", "
                + delayed.size() + " delayed" + ids(delayed);
    }

    private static String ids(List<Message> messages) {
        return shown(messages.stream().map(Message::id).toList());
    }

    private static String shown(List<String> texts) {
        if (texts.isEmpty()) {
            return "";
        }
        String some = texts.stream().limit(MOST_SHOWN).collect(Collectors.joining(", "));
        return " (" + some + (texts.size() > MOST_SHOWN ? ", …" : "") + ")";
    }
}

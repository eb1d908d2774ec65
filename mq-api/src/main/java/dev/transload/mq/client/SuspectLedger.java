package dev.transload.mq.client;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Place;
import java.time.Duration;

/**
 * Remembers, at the broker, which messages of an ordered source are running alone, since they cannot be moved out of
 * their order and the broker's count does not say what they did. A mark that is found again after a crash convicts its
 * message and no other.
 *
 * <p>Marks are messages without a body in the source's suspects' place, under the id of the suspect. Blocks for the
 * broker; only ever used for suspects. Thread-safe.
 */
final class SuspectLedger {

    private static final Duration MOST = Duration.ofSeconds(30);
    private static final int MARKS = 10_000;

    private final EngineContext engine;
    private final Place place;
    private final DeadLetterPlace marks;

    SuspectLedger(EngineContext engine, Place place) {
        this.engine = engine;
        this.place = place;
        this.marks = new DeadLetterPlace(engine, place, place);
    }

    /** Whether the message was run alone before and nothing was heard of it since. */
    boolean isMarked(String id) {
        return marks.browse(MARKS).stream().anyMatch(mark -> mark.id().equals(id));
    }

    /** The message is about to run alone. */
    void mark(Message suspect) {
        Message mark = Message.builder(suspect.id(), new byte[0])
                .timestamp(engine.time().millis())
                .annotation(Annotations.CRASHES, "1")
                .build();
        Waits.join("mark a suspect at " + place.name(), engine.sendInternal(place, mark, 0), MOST);
    }

    /** The message has been run alone and the process lives, or it has been set aside. */
    void clear(String id) {
        marks.discard(mark -> mark.id().equals(id));
    }
}

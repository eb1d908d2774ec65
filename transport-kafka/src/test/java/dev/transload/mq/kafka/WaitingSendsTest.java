package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.Shape;
import dev.transload.mq.kafka.KafkaTopology.TopicState;
import dev.transload.mq.spi.Place;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages that the producer would not take at once, and what happens while they are offered to it again. */
@SuppressWarnings("FutureReturnValueIgnored") // of some sends nobody asks why they failed
class WaitingSendsTest {

    private static final Place QUEUE = Place.of(Place.Role.QUEUE, "a", Shape.PLAIN);

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()) {
                @Override
                @SuppressWarnings("UnsynchronizedOverridesSynchronized") // what the task does must not hold a lock
                public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
                    Runnable task = meanwhile.getAndSet(null);
                    if (task != null) {
                        task.run();
                    }
                    return super.send(record, callback);
                }
            };
    private final KafkaSender sender =
            new KafkaSender(producer, new StandingClock(), this::known, topic -> {}, 1000, () -> true, topic -> {});
    /** Whether the topic is known. */
    private volatile boolean there;
    /** What happens while the next message is handed over. */
    private final AtomicReference<@Nullable Runnable> meanwhile = new AtomicReference<>();

    private @Nullable TopicState known(String topic) {
        return there ? new TopicState(1, null, false, -1) : null;
    }

    @AfterEach
    void close() {
        sender.close(Duration.ZERO);
    }

    /** Sends, and returns what will hold the failure if there is one. */
    private CompletableFuture<Throwable> send(String body) {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        sender.send(new Sending(
                QUEUE,
                Message.builder(body, body.getBytes(StandardCharsets.UTF_8)).build(),
                failure::complete));
        return failure;
    }

    private List<String> handedOver() {
        return producer.history().stream()
                .map(message -> new String(message.value(), StandardCharsets.UTF_8))
                .toList();
    }

    private static Outcome outcomeOf(CompletableFuture<Throwable> send) {
        Throwable failure = send.orTimeout(10, TimeUnit.SECONDS).join();
        assertThat(failure).isInstanceOf(MessagingException.class);
        return ((MessagingException) failure).outcome();
    }

    @Test
    void whatWaitsIsHandedOverInItsOrderOnceTheTopicIsKnown() {
        send("1");
        send("2");
        assertThat(handedOver()).isEmpty();

        there = true;

        await("both are handed over").until(() -> handedOver().size() == 2);
        assertThat(handedOver()).containsExactly("1", "2");
    }

    @Test
    void whatWaitsWhenTheConnectionIsLostWasNotSent() {
        CompletableFuture<Throwable> waiting = send("1");

        sender.disconnected();

        assertThat(outcomeOf(waiting)).isEqualTo(Outcome.NOT_SENT);
        assertThat(handedOver()).isEmpty();
    }

    @Test
    void ofWhatIsHandedOverWhenTheConnectionIsLostItIsNotSaidThatItWasNotSent() {
        CompletableFuture<Throwable> waiting = send("1");
        meanwhile.set(sender::disconnected);

        there = true;

        assertThat(outcomeOf(waiting)).isEqualTo(Outcome.UNKNOWN);
        await("it went all the same").until(() -> handedOver().size() == 1);
    }

    @Test
    void ofWhatIsHandedOverAtTheCloseItIsNotSaidThatItWasNotSent() {
        CompletableFuture<Throwable> waiting = send("1");
        meanwhile.set(() -> sender.close(Duration.ZERO));

        there = true;

        assertThat(outcomeOf(waiting)).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void ofWhatIsHandedOverWhenItsTopicIsMissingItIsNotSaidThatItWasNotSent() {
        CompletableFuture<Throwable> waiting = send("1");
        meanwhile.set(() -> sender.missing("a"));

        there = true;

        assertThat(outcomeOf(waiting)).isEqualTo(Outcome.UNKNOWN);
        await("it went all the same").until(() -> handedOver().size() == 1);
    }

    @Test
    void ofWhatIsHandedOverWhenItsTopicIsRefusedItIsNotSaidThatItWasNotSent() {
        CompletableFuture<Throwable> waiting = send("1");
        meanwhile.set(() -> sender.refused("a", new AuthenticationException("no", null)));

        there = true;

        assertThat(outcomeOf(waiting)).isEqualTo(Outcome.UNKNOWN);
        await("it went all the same").until(() -> handedOver().size() == 1);
    }

    @Test
    void whatWaitsForATopicThatABrokerDoesNotKnowWasNotSentAndWhatIsOnItsWayGoesOn() {
        there = true;
        CompletableFuture<Throwable> onItsWay = send("1");
        there = false;
        CompletableFuture<Throwable> waiting = send("2");

        sender.unknown("a");

        assertThat(outcomeOf(waiting)).isEqualTo(Outcome.NOT_SENT);
        assertThat(waiting.join()).isInstanceOf(DestinationNotFoundException.class);
        assertThat(onItsWay).isNotDone();
    }

    @Test
    void whatHasEndedWhileItWasHandedOverIsNotOnItsWayForEver() {
        send("1");
        meanwhile.set(sender::disconnected);
        there = true;
        await("it went all the same").until(() -> handedOver().size() == 1);

        await("it comes back").until(producer::completeNext);

        sender.stuck();
        assertThat(sender.placeOf("a")).isNull();
        assertThat(sender.stuck()).isEmpty();
    }

    @Test
    void whatBeginsToWaitWhileAnotherThatHasEndedIsHandedOverIsNotForgotten() {
        send("1");
        meanwhile.set(() -> {
            sender.disconnected();
            there = false;
            send("2");
        });
        there = true;
        await("the first went all the same").until(() -> handedOver().size() == 1);

        there = true;

        await("the second is handed over").until(() -> handedOver().size() == 2);
        assertThat(handedOver()).containsExactly("1", "2");
    }
}

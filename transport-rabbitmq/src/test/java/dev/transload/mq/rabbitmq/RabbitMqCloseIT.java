package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What was settled just before the end of a receiver counts, however much it was. */
@ParameterizedClass
@MethodSource("dev.transload.mq.fixtures.RabbitMqVersion#underTest")
class RabbitMqCloseIT {

    private static final int SENT = 1_000;
    private static final int HELD = 300;

    @Parameter
    RabbitMqVersion version;

    private final Random random = new Random(1);
    private final Place queue = Spi.queue(Spi.unique("jobs"));
    private final Place ordered = Spi.queue(Spi.unique("ordered"), Spi.ORDERED);
    private final Inbox inbox = new Inbox();
    private Spi spi;

    @BeforeEach
    void connect() {
        spi = Spi.connect(RabbitMqBroker.shared(version).uri().toString());
    }

    @AfterEach
    void close() {
        spi.close();
    }

    @Test
    void manyMessagesAckedInAnyOrderAreAllGone() {
        spi.declare(queue);
        Receiver receiver = spi.receive(ReceiveSpec.builder(queue, 100).build(), 100, inbox);
        List<Sent> sent = IntStream.range(0, 5_000)
                .mapToObj(i -> spi.send(queue, "m" + i))
                .toList();

        List<Incoming> open = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            open.add(inbox.next());
            if (open.size() == 50 || i == 4_999) {
                Collections.shuffle(open, random);
                for (Incoming delivery : open) {
                    delivery.ack(new Inbox.Settled());
                    receiver.credit(1);
                }
                open.clear();
            }
        }

        sent.forEach(Sent::confirmed);
        end(receiver);
        assertThat(depth(queue)).isZero();
    }

    @Test
    void whatIsAckedAfterTheStopIsGone() {
        Receiver receiver = holdSome(queue);
        List<Incoming> held = held();
        Spi.get(receiver.stop());

        ackOneByOne(held.subList(1, HELD));
        Inbox.ack(held.get(0));

        end(receiver);
        staysAt(SENT - HELD);
    }

    @Test
    void whatIsAckedAfterTheStopIsGoneWhenTheLastIsGivenBack() {
        Receiver receiver = holdSome(queue);
        List<Incoming> held = held();
        Spi.get(receiver.stop());

        ackOneByOne(held.subList(1, HELD));
        Inbox.release(held.get(0), false);

        end(receiver);
        staysAt(SENT - HELD + 1);
    }

    @Test
    void whatIsAckedAfterTheStopIsGoneWhenSomeIsNeverSettled() {
        Receiver receiver = holdSome(queue);
        List<Incoming> held = held();
        Spi.get(receiver.stop());

        ackOneByOne(held.subList(1, HELD));

        end(receiver);
        staysAt(SENT - HELD + 1);
    }

    @Test
    void whatIsAckedOutOfOrderDoesNotComeToTheNextReceiverAndTheRestComesInOrder() {
        Receiver receiver = holdSome(ordered);
        List<Incoming> held = held();
        List<String> expected =
                new ArrayList<>(IntStream.range(0, SENT).mapToObj(i -> "m" + i).toList());
        List<Incoming> acked = new ArrayList<>(held.subList(1, HELD - 50));
        acked.forEach(delivery -> expected.remove(Inbox.text(delivery)));
        Inbox next = new Inbox();
        spi.receive(ReceiveSpec.builder(ordered, SENT).build(), SENT, next);

        ackOneByOne(acked);
        Spi.get(receiver.stop());
        Spi.get(receiver.close(Duration.ofSeconds(5)));

        assertThat(next.texts(expected.size())).containsExactlyElementsOf(expected);
        assertThat(next.deliveries).isEmpty();
    }

    private Receiver holdSome(Place place) {
        spi.declare(place);
        List<Sent> sent =
                IntStream.range(0, SENT).mapToObj(i -> spi.send(place, "m" + i)).toList();
        sent.forEach(Sent::confirmed);
        return spi.receive(ReceiveSpec.builder(place, HELD).build(), HELD, inbox);
    }

    private List<Incoming> held() {
        List<Incoming> held = new ArrayList<>();
        for (int i = 0; i < HELD; i++) {
            held.add(inbox.next());
        }
        return held;
    }

    private void ackOneByOne(List<Incoming> deliveries) {
        List<Incoming> shuffled = new ArrayList<>(deliveries);
        Collections.shuffle(shuffled, random);
        shuffled.forEach(delivery -> delivery.ack(new Inbox.Settled()));
    }

    private void end(Receiver receiver) {
        Spi.get(receiver.close(Duration.ofSeconds(5)));
        assertThat(inbox.lost).isEmpty();
        assertThat(inbox.failures).isEmpty();
    }

    // What is given back comes into the queue a moment after the end of the channel, as would acks that were lost.
    private void staysAt(long messages) {
        await("messages left in the queue: " + messages)
                .during(Duration.ofMillis(300))
                .until(() -> depth(queue) == messages);
    }

    private long depth(Place place) {
        return Spi.get(spi.transport.admin().depth(place)).orElse(-1);
    }
}

package dev.transload.mq.examples.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.Health;
import dev.transload.mq.Message;
import dev.transload.mq.Queue;
import dev.transload.mq.Shape;
import dev.transload.mq.Topic;
import dev.transload.mq.Topology;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the kit does not look at, since it knows of no files. */
class FilesTransportTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Queue<String> NOTES = Queue.of("notes", String.class);

    private final TestDirectory directory = new TestDirectory();

    @AfterEach
    void clean() {
        directory.close();
    }

    @Test
    void aFileThatIsMovedIntoAPlaceIsAMessage() throws IOException {
        List<Message> seen = new CopyOnWriteArrayList<>();
        Queue<byte[]> notes = Queue.of("notes", byte[].class);
        try (MqClient mq = MqClient.connect(directory.uri())) {
            mq.subscribe(notes, delivery -> seen.add(delivery.message()));
            Path written = Files.writeString(directory.path.resolve("tmp/note"), "plain words\n");
            Files.move(written, directory.path.resolve("places/notes/ready/my note, 1"));

            await("the note").atMost(SOON).until(() -> seen.size() == 1);
            assertThat(seen.get(0).body()).asString().isEqualTo("plain words\n");
            assertThat(seen.get(0).id()).as("stable, from its position").isEqualTo("my note, 1");
            assertThat(seen.get(0).idAssigned()).isFalse();
        }
    }

    @Test
    void anEnvelopeHasEverythingItWasGiven() {
        Message message = Message.builder("i%0Ad", new byte[] {'\n', 0, '\n', '\n'})
                .key("k\r\n: ")
                .type("")
                .contentType("text/plain")
                .correlationId(" c ")
                .replyTo("r")
                .timestamp(1)
                .ttl(2)
                .priority(0)
                .header("a:b", "%25%3A: \uD83D\uDE00")
                .annotation(Annotations.ATTEMPT, "2")
                .build();

        Message read = Envelope.read(Envelope.write(message), "position");

        assertThat(read).usingRecursiveComparison().isEqualTo(message);
    }

    @Test
    void anEnvelopeThatSomeoneElseBrokeIsReadAsFarAsItGoes() {
        byte[] file = "mq-files 1\nmq-timestamp: soon\nnonsense\nmq-priority: 99999999999\na: b\n\nbody"
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);

        Message read = Envelope.read(file, "position");

        assertThat(read.id()).isEqualTo("position");
        assertThat(read.timestamp()).isZero();
        assertThat(read.priority()).isEqualTo(255);
        assertThat(read.headers()).containsOnlyKeys("a");
        assertThat(read.body()).asString().isEqualTo("body");
    }

    @Test
    void noNameLeadsOutOfTheDirectoryAndNoTwoMeet() {
        String longName = "é".repeat(200);
        List<String> names = List.of("a.b-c", "..", ".", "/etc", "../x", "A", "%2e%2e", "~a", longName, longName + "é");

        assertThat(names.stream().map(FolderNames::of))
                .doesNotHaveDuplicates()
                .allMatch(folder -> folder.matches("[a-z0-9%][a-z0-9%.~-]*") && folder.length() < 200)
                .contains("a.b-c");
    }

    @Test
    void aDirectoryThatComesBackIsGoneOnWith() {
        List<String> seen = new CopyOnWriteArrayList<>();
        CountDownLatch back = new CountDownLatch(1);
        FilesControl control = new FilesControl();
        try (MqClient mq = MqClient.connect(control.uri())) {
            mq.subscribe(NOTES, delivery -> {
                seen.add(delivery.payload());
                back.await();
            });
            mq.send(NOTES, "before");
            await("a handler that runs").atMost(SOON).until(() -> seen.equals(List.of("before")));
            control.stop();
            await("notice of the loss").atMost(SOON).until(() -> mq.health().status() == Health.Status.DOWN);
            assertThatThrownBy(() -> MqClient.connect(control.uri())).isInstanceOf(ConnectionLostException.class);
            CompletableFuture<?> sent = mq.sendAsync(NOTES, "meanwhile").toCompletableFuture();

            control.start();
            assertThat(sent).succeedsWithin(SOON);
            back.countDown();
            await("the message").atMost(SOON).until(() -> seen.equals(List.of("before", "meanwhile")));
            assertThat(mq.health().status()).isEqualTo(Health.Status.UP);
            assertThat(mq.close(SOON).clean()).as("both were acked").isTrue();
        } finally {
            control.remove();
        }
    }

    @Test
    void privatePlacesOfDeadClientsAreSweptAwayByTheNextThatCallsIn() throws IOException {
        Store dead = new Store(directory.path, false, new NoTimers());
        dead.open(true);
        dead.declare(Place.of(Place.Role.TOPIC, "news", Shape.PLAIN), Topology.CREATE);
        Place group = new Place(Place.Role.GROUP, "news", "news", null, Shape.PLAIN, true);
        Path folder = dead.makePrivate(dead.privateFolder("news.dead"), group).folder;
        Path draft = Files.writeString(directory.path.resolve("tmp/half-written"), "hal");
        FileTime longAgo = FileTime.fromMillis(
                System.currentTimeMillis() - Duration.ofDays(1).toMillis());
        Files.setLastModifiedTime(folder.resolve("shape"), longAgo);
        Files.setLastModifiedTime(draft, longAgo);

        try (MqClient next = MqClient.connect(directory.uri())) {
            assertThat(folder).doesNotExist();
            assertThat(draft).doesNotExist();
            assertThat(directory.path.resolve("topics/news/groups")).isEmptyDirectory();
        }
    }

    @Test
    void anEphemeralGroupThatWasTakenForDeadIsMadeAgain() throws IOException {
        List<String> seen = new CopyOnWriteArrayList<>();
        Topic<String> news = Topic.of("news", String.class);
        try (MqClient mq = MqClient.connect(directory.uri())) {
            mq.subscribe(news.ephemeral(), delivery -> seen.add(delivery.payload()));
            Path groups = directory.path.resolve("topics/news/groups");
            String name = new Disk(false).list(groups).get(0);
            Files.delete(groups.resolve(name));
            Files.move(directory.path.resolve("places").resolve(name), directory.path.resolve("tmp/gone"));

            await("the group").atMost(SOON).until(() -> Files.exists(groups.resolve(name)));
            mq.send(news, "hello");
            await("the news").atMost(SOON).until(() -> seen.equals(List.of("hello")));
        }
    }

    @Test
    void anotherDirectoryIsNotTakenForABroker() throws IOException {
        Files.writeString(directory.path.resolve("transload-files"), "2\n");

        assertThatThrownBy(() -> MqClient.connect(directory.uri())).hasMessageContaining("format");
        assertThatThrownBy(() -> MqClient.connect("files:relative")).hasMessageContaining("absolute path");
        assertThatThrownBy(() -> MqClient.connect(directory.uri() + "?fsync=maybe"))
                .hasMessageContaining("fsync");
    }

    @Test
    void noThreadIsLeftAndNothingIsHeldAfterTheEnd() {
        String id;
        try (MqClient mq = MqClient.connect(directory.uri())) {
            id = mq.clientId();
            mq.subscribe(NOTES, delivery -> Thread.currentThread().join());
            mq.send(NOTES, "held");
            await("the claim")
                    .atMost(SOON)
                    .until(() -> !directory.names("notes", "claimed").isEmpty());
            mq.close(Duration.ofMillis(100));
        }
        assertThat(directory.names("notes", "claimed")).isEmpty();
        assertThat(directory.names("notes", "ready")).hasSize(1);
        await("the threads have ended")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(n -> n.contains(id)));
    }

    /** The system's clock. */
    private static final class NoTimers implements TimeSource {
        @Override
        public long millis() {
            return System.currentTimeMillis();
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            throw new UnsupportedOperationException("a store has no timers");
        }
    }
}

package dev.transload.mq.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.transload.mq.AuthenticationException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.Shape;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.TransportUri;
import dev.transload.mq.sqs.SqsSender.Sending;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes to a queue alone, against a service that answers as AWS does. */
class LoneSendTest {

    private static final String BODY = "text";
    /** Of the attribute mq-id with the value 1, as the service reckons it. */
    private static final String ATTRIBUTES_MD5 = "3a21bcb24e7ae14a37e5159ead5c253a";

    private final Worker worker = new Worker("test");
    private final SqsUsage usage = new SqsUsage();
    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private HttpServer service;
    private SqsClients clients;
    private SqsAsk ask;

    private volatile int status = 200;
    private volatile @Nullable String error;
    private volatile String answer = "{" + stored(BODY) + "}";

    /** A request that came: the operation, and its JSON. */
    private record Asked(String operation, Map<?, ?> with) {}

    @BeforeEach
    void start() throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/", this::answer);
        service.start();
        SqsOptions options = SqsOptions.of(TransportUri.parse(
                "sqs://key:secret@127.0.0.1:" + service.getAddress().getPort()));
        clients = new SqsClients(options, "test", usage, worker.orHere());
        ask = new SqsAsk(clients, worker);
    }

    @AfterEach
    void end() {
        ask.giveUp();
        clients.close();
        worker.end();
        service.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
        Object with = Json.read(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
        asked.add(new Asked(target.substring(target.indexOf('.') + 1), (Map<?, ?>) with));
        byte[] body = answer.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
        if (error != null) {
            exchange.getResponseHeaders().set("x-amzn-query-error", error + ";Sender");
        }
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Test
    void aMessageThatIsAloneIsNoBatch() throws Exception {
        assertThat(send("jobs", 0, wire("", ""))).isEmpty();

        Asked request = asked.remove();
        assertThat(request.operation()).isEqualTo("SendMessage");
        assertThat(request.with().get("QueueUrl")).isEqualTo(queue("jobs").url());
        assertThat(request.with().get("MessageBody")).isEqualTo(BODY);
        assertThat(request.with().get("MessageAttributes"))
                .isEqualTo(Map.of("mq-id", Map.of("DataType", "String", "StringValue", "1")));
        assertThat(usage.byOperation()).containsExactly(Map.entry("SendMessage", 1L));
    }

    @Test
    void twoMessagesAreABatch() throws Exception {
        answer = "{\"Successful\":[{\"Id\":\"0\"," + stored(BODY) + "},{\"Id\":\"1\"," + stored(BODY) + "}]}";

        assertThat(send("jobs", 0, wire("", ""), wire("", ""))).isEmpty();

        assertThat(asked.remove().operation()).isEqualTo("SendMessageBatch");
    }

    @Test
    void inAFifoQueueItHasItsGroupAndWhatItIsToldApartBy() throws Exception {
        send("jobs.fifo", 2000, wire("group", "once"));

        Map<?, ?> request = asked.remove().with();
        assertThat(request.get("MessageGroupId")).isEqualTo("group");
        assertThat(request.get("MessageDeduplicationId")).isEqualTo("once");
        assertThat(request.get("DelaySeconds")).isNull();
    }

    @Test
    void inAStandardQueueItIsHiddenForItsDelayAndHasNoGroup() throws Exception {
        send("jobs", 1500, wire("", ""));

        Map<?, ?> request = asked.remove().with();
        assertThat(request.get("DelaySeconds")).hasToString("2");
        assertThat(request.get("MessageGroupId")).isNull();
        assertThat(request.get("MessageDeduplicationId")).isNull();
    }

    @Test
    void inAStandardQueueItIsInTheGroupOfThoseToBeFairTo() throws Exception {
        send("jobs", 0, wire("blue", ""));

        assertThat(asked.remove().with().get("MessageGroupId")).isEqualTo("blue");
    }

    @ParameterizedTest
    @CsvSource({"400,AWS.SimpleQueueService.NonExistentQueue", "400,QueueDoesNotExist"})
    void aQueueThatIsMissingIsNotFound(int code, String name) {
        assertThat(refused(code, name)).isInstanceOf(DestinationNotFoundException.class);
    }

    @ParameterizedTest
    @CsvSource({"403,AccessDenied", "403,InvalidSecurity", "400,KMS.AccessDeniedException", "403,KMS.OptInRequired"})
    void whatMayNotBeSentIsAMatterOfRights(int code, String name) {
        assertThat(refused(code, name))
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining(name);
    }

    @ParameterizedTest
    @CsvSource({"403,RequestThrottled", "400,KMS.ThrottlingException", "403,OverLimit"})
    void whatIsTooMuchWasNotSentAndGoesAgain(int code, String name) {
        MessagingException refused = refused(code, name);

        assertThat(refused).isInstanceOf(TransportException.class).hasMessageContaining(name);
        assertThat(refused.retryable()).isTrue();
        assertThat(refused.outcome()).isEqualTo(Outcome.NOT_SENT);
    }

    @ParameterizedTest
    @CsvSource({"InvalidMessageContents", "InvalidParameterValue", "KMS.DisabledException"})
    void whatCanNeverBeStoredFailsForGoodInTheWordsOfTheService(String name) {
        MessagingException refused = refused(400, name);

        assertThat(refused)
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("jobs")
                .hasMessageContaining(name)
                .hasMessageContaining("what is wrong");
        assertThat(refused.retryable()).isFalse();
        assertThat(asked).hasSize(1);
    }

    @Test
    void whatAServiceThatFailedMadeOfItIsUnknown() {
        assertThat(refused(500, "InternalError").outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void whatArrivedAsAnotherTextIsNotSaidToBeStored() {
        answer = "{" + stored("test") + "}";

        assertThat(failure())
                .isInstanceOf(ConnectionLostException.class)
                .satisfies(why -> assertThat(why.outcome()).isEqualTo(Outcome.UNKNOWN));
    }

    private MessagingException refused(int code, String name) {
        status = code;
        error = name;
        answer = "{\"__type\":\"com.amazonaws.sqs#Any\",\"message\":\"what is wrong\"}";
        return failure();
    }

    private MessagingException failure() {
        Throwable failure = catchThrowable(() -> send("jobs", 0, wire("", "")));
        assertThat(failure.getCause()).isInstanceOf(MessagingException.class);
        return (MessagingException) failure.getCause();
    }

    private QueueRef queue(String name) {
        return new QueueRef(name, "http://127.0.0.1:" + service.getAddress().getPort() + "/000000000000/" + name);
    }

    private Map<Integer, MessagingException> send(String queue, long delayMillis, SqsMessages.Wire... wires)
            throws Exception {
        List<Sending> batch = Arrays.stream(wires)
                .map(wire -> new Sending(new Waiting(queue, delayMillis), wire, 1, null))
                .toList();
        return SendRequests.toQueue(ask, queue(queue), batch).get(30, TimeUnit.SECONDS);
    }

    private static SqsMessages.Wire wire(String group, String deduplication) {
        return new SqsMessages.Wire(BODY, BODY.length(), Map.of("mq-id", "1"), group, deduplication);
    }

    private static String stored(String body) {
        return "\"MessageId\":\"m\",\"MD5OfMessageBody\":\"" + md5(body) + "\",\"MD5OfMessageAttributes\":\""
                + ATTRIBUTES_MD5 + "\"";
    }

    private static String md5(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** A message nobody waits for. */
    private record Waiting(String queue, long delayMillis) implements Outgoing {

        @Override
        public Place to() {
            return Place.of(Role.QUEUE, queue, Shape.PLAIN);
        }

        @Override
        public Message message() {
            return Message.builder("1", new byte[0]).build();
        }

        @Override
        public void done() {}

        @Override
        public void failed(Throwable cause) {}
    }
}

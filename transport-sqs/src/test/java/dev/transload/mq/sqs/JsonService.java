package dev.transload.mq.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.transload.mq.spi.TransportUri;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Says to every request in the JSON of SQS what it was told to say, and remembers them. */
final class JsonService implements AutoCloseable {

    /** Of the attribute mq-id with the value 1, as the service reckons it. */
    static final String ATTRIBUTES_MD5 = "3a21bcb24e7ae14a37e5159ead5c253a";

    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final HttpServer server;

    private volatile int status = 200;
    private volatile @Nullable String error;
    private volatile String answer = "{}";

    /** A request that came: the operation, and its JSON. */
    record Asked(String operation, Map<?, ?> with) {}

    JsonService() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    void says(String json) {
        answer = json;
    }

    /** From now on every request is refused. */
    void refuses(int code, String name) {
        status = code;
        error = name;
        answer = "{\"__type\":\"com.amazonaws.sqs#Any\",\"message\":\"what is wrong\"}";
    }

    BlockingQueue<Asked> asked() {
        return asked;
    }

    SqsOptions options() {
        return SqsOptions.of(TransportUri.parse(
                "sqs://key:secret@127.0.0.1:" + server.getAddress().getPort()));
    }

    QueueRef queue(String name) {
        return new QueueRef(name, "http://127.0.0.1:" + server.getAddress().getPort() + "/000000000000/" + name);
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

    static String md5(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

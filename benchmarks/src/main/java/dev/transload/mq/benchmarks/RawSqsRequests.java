package dev.transload.mq.benchmarks;

import dev.transload.mq.benchmarks.Meter.Sample;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.Message;

/**
 * Requests by hand: a queue of requests with one who answers on a thread of its own, and a queue for the replies; both
 * sides poll for long and delete what they have got.
 */
final class RawSqsRequests implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final SqsAsyncClient sqs;
    private final String requests;
    private final String replies;
    private final Thread server;
    private volatile boolean closing;

    RawSqsRequests(String name, SqsAsyncClient sqs) {
        this.sqs = sqs;
        this.requests = RawSqs.create(sqs, name + "-requests");
        this.replies = RawSqs.create(sqs, name + "-replies");
        this.server = new Thread(this::answer, "bench-" + name + "-answers");
        server.setDaemon(true);
        server.start();
    }

    Sample ask(int messages, String body) {
        Meter meter = new Meter();
        long[] latencies = new long[messages];
        meter.start();
        for (int i = 0; i < messages; i++) {
            long start = System.nanoTime();
            send(requests, body);
            awaitReply(start + LIMIT.toNanos());
            latencies[i] = System.nanoTime() - start;
        }
        meter.stop();
        return meter.sample(messages, latencies);
    }

    // One request is under way at a time, so the next reply is its own. The deletion is not waited for.
    private void awaitReply(long deadline) {
        while (System.nanoTime() < deadline) {
            List<Message> got = receive(replies);
            if (!got.isEmpty()) {
                got.forEach(message -> delete(replies, message));
                return;
            }
        }
        throw new IllegalStateException("no reply to " + requests);
    }

    private void answer() {
        while (!closing) {
            for (Message request : receive(requests)) {
                send(replies, request.body());
                delete(requests, request);
            }
        }
    }

    private void send(String url, String body) {
        sqs.sendMessage(request -> request.queueUrl(url).messageBody(body)).join();
    }

    private List<Message> receive(String url) {
        return sqs.receiveMessage(
                        request -> request.queueUrl(url).maxNumberOfMessages(1).waitTimeSeconds(1))
                .join()
                .messages();
    }

    private void delete(String url, Message message) {
        var unused = sqs.deleteMessage(request -> request.queueUrl(url).receiptHandle(message.receiptHandle()));
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        server.join();
        sqs.deleteQueue(request -> request.queueUrl(requests)).join();
        sqs.deleteQueue(request -> request.queueUrl(replies)).join();
    }
}

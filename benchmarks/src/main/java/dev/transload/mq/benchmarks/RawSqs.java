package dev.transload.mq.benchmarks;

import dev.transload.mq.benchmarks.Meter.Sample;
import dev.transload.mq.fixtures.SqsBroker;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/**
 * The work by hand on the asynchronous client of the AWS SDK, tuned: batches of ten, sixteen of them under way, eight
 * receives at a time.
 */
final class RawSqs implements Stack {

    private static final int BATCH = 10;
    private static final int UNDER_WAY = 16;
    private static final int RECEIVES = 8;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final String name;
    private final SqsAsyncClient sqs;
    private final String url;
    private final LongAdder requests = new LongAdder();
    /** Of all payloads that came. */
    private final LongAdder bytes = new LongAdder();

    private final boolean described;
    private @Nullable RawSqsRequests asking;

    /**
     * @param described whether each message it sends has what the SDK gives to every one: an id, the type of its content,
     *     and when it was sent
     */
    RawSqs(String name, URI endpoint, boolean described) {
        this.name = name;
        this.described = described;
        this.sqs = client(endpoint, requests);
        this.url = create(sqs, queue());
    }

    static SqsAsyncClient client(URI endpoint, LongAdder requests) {
        return SqsAsyncClient.builder()
                .endpointOverride(endpoint)
                .region(Region.of(SqsBroker.REGION))
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(SqsBroker.ACCESS_KEY, SqsBroker.SECRET_KEY)))
                .httpClientBuilder(NettyNioAsyncHttpClient.builder().maxConcurrency(128))
                .overrideConfiguration(all -> all.addExecutionInterceptor(new ExecutionInterceptor() {
                    @Override
                    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
                        requests.increment();
                    }
                }))
                .build();
    }

    static String create(SqsAsyncClient sqs, String queue) {
        return sqs.createQueue(request -> request.queueName(queue)).join().queueUrl();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String queue() {
        return "bench-" + name;
    }

    @Override
    public long requests() {
        return requests.sum();
    }

    @Override
    public Sample send(int messages, byte[] body) {
        Meter meter = new Meter();
        Queue<CompletableFuture<?>> underWay = new ArrayDeque<>();
        meter.start();
        for (int sent = 0; sent < messages; sent += BATCH) {
            int size = Math.min(BATCH, messages - sent);
            List<SendMessageBatchRequestEntry> entries = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                entries.add(SendMessageBatchRequestEntry.builder()
                        .id(Integer.toString(i))
                        .messageBody(text(body))
                        .messageAttributes(attributes())
                        .build());
            }
            if (underWay.size() == UNDER_WAY) {
                underWay.remove().join();
            }
            underWay.add(sqs.sendMessageBatch(request -> request.queueUrl(url).entries(entries))
                    .thenAccept(answer -> {
                        if (!answer.failed().isEmpty()) {
                            throw new IllegalStateException("not sent: " + answer.failed());
                        }
                    }));
        }
        underWay.forEach(CompletableFuture::join);
        meter.stop();
        sqs.purgeQueue(request -> request.queueUrl(url)).join();
        return meter.sample(messages, new long[0]);
    }

    private Map<String, MessageAttributeValue> attributes() {
        if (!described) {
            return Map.of();
        }
        return Map.of("mq-id", attribute(Stack.newId()));
    }

    // A payload is bytes, here as there, and what travels is text.
    private static String text(byte[] body) {
        return new String(body, StandardCharsets.ISO_8859_1);
    }

    private static MessageAttributeValue attribute(String value) {
        return MessageAttributeValue.builder()
                .dataType("String")
                .stringValue(value)
                .build();
    }

    @Override
    public Sample consume(int messages) {
        Meter meter = new Meter();
        AtomicInteger handled = new AtomicInteger();
        AtomicInteger deleted = new AtomicInteger();
        List<CompletableFuture<?>> loops = new ArrayList<>();
        for (int i = 0; i < RECEIVES; i++) {
            loops.add(receive(messages, handled, meter, size -> {
                // Polls that are still open then wait for nothing: they do not count, and do not stop it again.
                if (size > 0 && deleted.addAndGet(size) == messages) {
                    meter.stop();
                }
            }));
        }
        CompletableFuture.allOf(loops.toArray(CompletableFuture[]::new))
                .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .join();
        return meter.sample(messages, new long[0]);
    }

    private CompletableFuture<?> receive(int messages, AtomicInteger handled, Meter meter, IntConsumer deletions) {
        if (handled.get() >= messages) {
            return CompletableFuture.completedFuture(null);
        }
        return sqs.receiveMessage(request -> request.queueUrl(url)
                        .maxNumberOfMessages(BATCH)
                        .messageSystemAttributeNamesWithStrings("ApproximateReceiveCount")
                        .messageAttributeNames("All")
                        .waitTimeSeconds(1))
                .thenCompose(answer -> {
                    int size = answer.messages().size();
                    answer.messages().forEach(this::handle);
                    if (handled.getAndAdd(size) == 0 && size > 0) {
                        meter.start();
                    }
                    CompletableFuture<?> deleted = delete(answer.messages()).thenRun(() -> deletions.accept(size));
                    return receive(messages, handled, meter, deletions).thenCombine(deleted, (loop, delete) -> loop);
                });
    }

    private void handle(Message message) {
        bytes.add(message.body().getBytes(StandardCharsets.ISO_8859_1).length);
    }

    private CompletableFuture<?> delete(List<Message> messages) {
        if (messages.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        List<DeleteMessageBatchRequestEntry> entries = new ArrayList<>(messages.size());
        for (Message message : messages) {
            entries.add(DeleteMessageBatchRequestEntry.builder()
                    .id(Integer.toString(entries.size()))
                    .receiptHandle(message.receiptHandle())
                    .build());
        }
        return sqs.deleteMessageBatch(request -> request.queueUrl(url).entries(entries));
    }

    @Override
    public Sample sendOneByOne(int messages, byte[] body) {
        Meter meter = new Meter();
        long[] latencies = new long[messages];
        meter.start();
        for (int i = 0; i < messages; i++) {
            long start = System.nanoTime();
            sqs.sendMessage(request ->
                            request.queueUrl(url).messageBody(text(body)).messageAttributes(attributes()))
                    .join();
            latencies[i] = System.nanoTime() - start;
        }
        meter.stop();
        sqs.purgeQueue(request -> request.queueUrl(url)).join();
        return meter.sample(messages, latencies);
    }

    @Override
    public Sample request(int messages, byte[] body) {
        RawSqsRequests both = asking;
        if (both == null) {
            both = new RawSqsRequests(queue(), sqs);
            asking = both;
        }
        return both.ask(messages, new String(body, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() throws Exception {
        if (asking != null) {
            asking.close();
        }
        sqs.deleteQueue(request -> request.queueUrl(url)).join();
        sqs.close();
    }
}

package dev.transload.mq.benchmarks;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.MessageProperties;
import dev.transload.mq.benchmarks.Meter.Sample;
import java.io.IOException;
import java.util.Date;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The work by hand on the broker's Java client, tuned: one confirming channel, acks for many at once. */
@SuppressWarnings("JavaUtilDate") // the client has nothing newer
final class RawRabbitMq implements Stack, Contest.Filler {

    private static final int WINDOW = 1_000;
    private static final int PREFETCH = 250;
    private static final int ACK_EVERY = 100;
    private static final String REPLY_TO = "amq.rabbitmq.reply-to";
    private static final AMQP.BasicProperties PROPERTIES = MessageProperties.PERSISTENT_BASIC;

    private final String name;
    private final Connection sending;
    private final Connection receiving;
    private final Channel channel;
    private final RawConfirms confirms;
    private boolean answering;

    RawRabbitMq(String name, String uri) throws Exception {
        this.name = name;
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(uri);
        this.sending = factory.newConnection("bench-" + name);
        this.receiving = factory.newConnection("bench-" + name);
        this.channel = sending.createChannel();
        channel.queueDeclare(queue(), true, false, false, Map.of("x-queue-type", "quorum"));
        channel.queuePurge(queue());
        this.confirms = new RawConfirms(channel, WINDOW);
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
    public void fill(String queue, int messages, byte[] body) throws IOException {
        AMQP.BasicProperties properties = PROPERTIES
                .builder()
                .messageId(UUID.randomUUID().toString())
                .timestamp(new Date())
                .headers(Map.of("mq-timestamp", System.currentTimeMillis()))
                .build();
        publish(queue, messages, properties, body);
    }

    private void publish(String queue, int messages, AMQP.BasicProperties properties, byte[] body) throws IOException {
        long number = 0;
        for (int i = 0; i < messages; i++) {
            number = channel.getNextPublishSeqNo();
            confirms.begin(number);
            channel.basicPublish("", queue, properties, body);
        }
        confirms.await(number);
    }

    @Override
    public Sample send(int messages, byte[] body) throws IOException {
        Meter meter = new Meter();
        meter.start();
        publish(queue(), messages, PROPERTIES, body);
        meter.stop();
        channel.queuePurge(queue());
        return meter.sample(messages, new long[0]);
    }

    @Override
    public Sample consume(int messages) throws Exception {
        Meter meter = new Meter();
        CountDownLatch all = new CountDownLatch(1);
        Channel consuming = receiving.createChannel();
        consuming.basicQos(PREFETCH);
        consuming.basicConsume(queue(), false, new DefaultConsumer(consuming) {
            private int handled;

            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] payload)
                    throws IOException {
                if (handled++ == 0) {
                    meter.start();
                }
                if (handled % ACK_EVERY == 0 || handled == messages) {
                    getChannel().basicAck(envelope.getDeliveryTag(), true);
                }
                if (handled == messages) {
                    meter.stop();
                    all.countDown();
                }
            }
        });
        if (!all.await(2, TimeUnit.MINUTES)) {
            throw new IllegalStateException(name + " did not consume " + messages);
        }
        consuming.close();
        return meter.sample(messages, new long[0]);
    }

    @Override
    public Sample sendOneByOne(int messages, byte[] body) throws IOException {
        Meter meter = new Meter();
        long[] latencies = new long[messages];
        meter.start();
        for (int i = 0; i < messages; i++) {
            long start = System.nanoTime();
            publish(queue(), 1, PROPERTIES, body);
            latencies[i] = System.nanoTime() - start;
        }
        meter.stop();
        channel.queuePurge(queue());
        return meter.sample(messages, latencies);
    }

    @Override
    public Sample request(int messages, byte[] body) throws Exception {
        String requests = queue() + "-requests";
        if (!answering) {
            answering = true;
            answer(requests);
        }
        Channel asking = sending.createChannel();
        ArrayBlockingQueue<byte[]> reply = new ArrayBlockingQueue<>(1);
        asking.basicConsume(REPLY_TO, true, new DefaultConsumer(asking) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] payload) {
                if (!reply.offer(payload)) {
                    throw new IllegalStateException("nobody waits for a reply");
                }
            }
        });
        Meter meter = new Meter();
        long[] latencies = new long[messages];
        meter.start();
        for (int i = 0; i < messages; i++) {
            long start = System.nanoTime();
            AMQP.BasicProperties properties = PROPERTIES
                    .builder()
                    .replyTo(REPLY_TO)
                    .correlationId(Integer.toString(i))
                    .build();
            asking.basicPublish("", requests, properties, body);
            if (reply.poll(30, TimeUnit.SECONDS) == null) {
                throw new IllegalStateException(name + " got no reply");
            }
            latencies[i] = System.nanoTime() - start;
        }
        meter.stop();
        asking.close();
        return meter.sample(messages, latencies);
    }

    private void answer(String requests) throws IOException {
        Channel answering = receiving.createChannel();
        answering.queueDeclare(requests, true, false, false, Map.of("x-queue-type", "quorum"));
        answering.basicQos(PREFETCH);
        answering.basicConsume(requests, false, new DefaultConsumer(answering) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] payload)
                    throws IOException {
                AMQP.BasicProperties reply = new AMQP.BasicProperties.Builder()
                        .correlationId(properties.getCorrelationId())
                        .build();
                getChannel().basicPublish("", properties.getReplyTo(), reply, payload);
                getChannel().basicAck(envelope.getDeliveryTag(), false);
            }
        });
    }

    @Override
    public void close() throws IOException {
        channel.queueDelete(queue());
        channel.queueDelete(queue() + "-requests");
        sending.close();
        receiving.close();
    }
}

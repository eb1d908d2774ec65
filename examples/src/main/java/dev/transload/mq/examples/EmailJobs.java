package dev.transload.mq.examples;

import dev.transload.mq.Delivery;
import dev.transload.mq.Failure;
import dev.transload.mq.Message;
import dev.transload.mq.MessageHandler;
import dev.transload.mq.MqListener;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.function.Consumer;

/** Jobs with a log: three attempts with exponential backoff, and a line whenever one is completed or has failed. */
public final class EmailJobs {

    static final Queue<Email> JOBS = Queue.of("email", Email.class);

    private EmailJobs() {}

    /** Adds a job and returns its id. */
    public static String add(MqClient mq, Email email) {
        return mq.send(JOBS, email);
    }

    /** Works on jobs; those that are completed are gone, those that failed three times are dead letters. */
    public static Subscription work(MqClient mq, MessageHandler<Email> worker, Consumer<String> log) {
        return mq.subscribe(
                JOBS,
                worker,
                SubscribeOptions.builder()
                        .retry(RetryPolicy.exponential(3, Duration.ofSeconds(1)))
                        .listener(new MqListener() {
                            @Override
                            public void completed(Delivery<?> job, Duration handling) {
                                log.accept("job " + job.id() + " completed");
                            }

                            @Override
                            public void failed(Delivery<?> job, Throwable cause) {
                                log.accept("job " + job.id() + " failed: " + cause.getMessage());
                            }

                            @Override
                            public void deadLettered(String queue, Message job, Failure failure) {
                                log.accept("job " + job.id() + " given up after " + failure.attempts() + " attempts");
                            }
                        })
                        .build());
    }
}

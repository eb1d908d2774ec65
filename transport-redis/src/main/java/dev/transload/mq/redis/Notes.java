package dev.transload.mq.redis;

import dev.transload.mq.spi.Completion;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What is written down at the server about deliveries that stay where they are: failures, and which handlers have begun.
 * It stands in the pending list's count, see {@link DeliveryCount}.
 *
 * <p>Thread-safe.
 */
final class Notes {

    private static final long MOST_WAIT_SECONDS = 30;

    /** Told what became of what was to be written. */
    interface Ending {
        void ended(long number);

        void failed(RuntimeException cause);
    }

    private static final Ending UNHEARD = new Ending() {
        @Override
        public void ended(long number) {
            // a settle tells, if it is someone else's
        }

        @Override
        public void failed(RuntimeException cause) {
            // a start that is not noted is not counted
        }
    };

    private final Commands commander;
    private final Outstanding out;
    private final byte[] consumer;
    private final String ownStream;

    Notes(Commands commander, Outstanding out, String consumer, String ownStream) {
        this.commander = commander;
        this.out = out;
        this.consumer = Bytes.of(consumer);
        this.ownStream = ownStream;
    }

    /** Writes down that a delivery has failed. */
    void note(RedisDelivery delivery, int failures, Completion completion) {
        if (delivery.state() != RedisDelivery.State.OUT) {
            out.tooLate(delivery, completion);
            return;
        }
        DeliveryCount count = delivery.noted.failed(failures);
        write(delivery, count, new Ending() {
            @Override
            public void ended(long number) {
                if (number == 1) {
                    delivery.noted = count;
                    delivery.doubtful = true;
                    completion.done();
                } else {
                    out.notOurs(delivery, completion);
                }
            }

            @Override
            public void failed(RuntimeException cause) {
                if (!out.retryLater(delivery, cause, () -> note(delivery, failures, completion))) {
                    out.notOurs(delivery, completion);
                }
            }
        });
    }

    /** Writes down what has happened to a delivery so far. */
    void write(RedisDelivery delivery, DeliveryCount count, Ending ending) {
        write(delivery, count, Bytes.EMPTY, ending);
    }

    private void write(RedisDelivery delivery, DeliveryCount count, byte[] onlyIf, Ending ending) {
        Source source = delivery.source();
        commander.submit(RedisCall.of(
                Script.NOTE,
                RedisCall.Answer.of(reply -> ending.ended(Bytes.number(reply)), ending::failed),
                List.of(source.key(), RedisKeys.owners(ownStream)),
                List.of(
                        source.group(),
                        consumer,
                        Bytes.of(source.lane()),
                        Bytes.of(delivery.token()),
                        delivery.idBytes(),
                        Bytes.of(count.pending()),
                        onlyIf)));
    }

    /** Writes down which handlers run; called every now and then, so that those that end soon cost nothing. */
    void noteRunning() {
        for (RedisDelivery delivery : out.all()) {
            if (delivery.begunUnnoted && delivery.state() == RedisDelivery.State.OUT) {
                delivery.begunUnnoted = false;
                // Unless a failure has been noted meanwhile.
                write(delivery, delivery.noted.started(), Bytes.of(delivery.noted.pending()), UNHEARD);
            }
        }
    }

    /** Writes down that a handler begins, and waits until the server has it. */
    void began(RedisDelivery delivery) {
        if (delivery.state() != RedisDelivery.State.OUT) {
            return;
        }
        CountDownLatch noted = new CountDownLatch(1);
        noteStart(delivery, noted);
        try {
            boolean unused = noted.await(MOST_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void noteStart(RedisDelivery delivery, CountDownLatch noted) {
        write(delivery, delivery.noted.started(), new Ending() {
            @Override
            public void ended(long number) {
                if (number == 1 || !out.lose(delivery)) {
                    noted.countDown();
                    return;
                }
                out.tellLost(delivery, noted::countDown);
            }

            @Override
            public void failed(RuntimeException cause) {
                boolean over = delivery.state() != RedisDelivery.State.OUT;
                if (over || !out.retryLater(delivery, cause, () -> noteStart(delivery, noted))) {
                    noted.countDown();
                }
            }
        });
    }
}

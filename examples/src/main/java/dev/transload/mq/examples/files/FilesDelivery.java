package dev.transload.mq.examples.files;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import java.time.Duration;

/** A message under a claim. What changes is changed by the worker alone. */
final class FilesDelivery implements Incoming {

    private final FilesReceiver receiver;
    private final Message message;
    private final String destination;

    /** Name of the claim's file; the worker's. */
    EntryName claim;

    FilesDelivery(FilesReceiver receiver, EntryName claim, Message message, String destination) {
        this.receiver = receiver;
        this.claim = claim;
        this.message = message;
        this.destination = destination;
    }

    @Override
    public Message message() {
        return message;
    }

    @Override
    public String destination() {
        return destination;
    }

    @Override
    public long storedAt() {
        return claim.storedAt(message.timestamp());
    }

    /** A folder keeps no order, so it is all one lane. */
    @Override
    public int lane() {
        return 0;
    }

    @Override
    public int brokerCount() {
        return claim.count() + 1;
    }

    @Override
    public void ack(Completion completion) {
        receiver.settle(this, completion, box -> box.remove(claim));
    }

    @Override
    public void release(Duration delay, boolean failed, Completion completion) {
        receiver.settle(this, completion, box -> {
            EntryName name = failed ? claim.ready().counted() : claim.ready();
            long millis = delay.toMillis();
            box.giveBack(claim, millis <= 0 ? name : name.due(receiver.now() + millis));
        });
    }

    @Override
    public void renew(Completion completion) {
        receiver.renew(this, completion);
    }
}

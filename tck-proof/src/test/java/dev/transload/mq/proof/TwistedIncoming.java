package dev.transload.mq.proof;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Outgoing;
import java.time.Duration;

/** A delivery as the engine gets it from a broken transport. */
final class TwistedIncoming implements Incoming {

    private final Twist twist;
    private final Incoming real;
    private final TwistedSink sink;

    TwistedIncoming(Twist twist, Incoming real, TwistedSink sink) {
        this.twist = twist;
        this.real = real;
        this.sink = sink;
    }

    Incoming real() {
        return real;
    }

    @Override
    public Message message() {
        return twist.incoming(real.message(), real);
    }

    @Override
    public String destination() {
        return real.destination();
    }

    @Override
    public long storedAt() {
        return twist.storedAt(real);
    }

    @Override
    public int lane() {
        return real.lane();
    }

    @Override
    public int brokerCount() {
        return twist.brokerCount(real);
    }

    @Override
    public int notedFailures() {
        return twist.notedFailures(real);
    }

    @Override
    public long fence() {
        return twist.fence(real);
    }

    @Override
    public boolean mayHaveBegun() {
        return real.mayHaveBegun();
    }

    @Override
    public void began() {
        twist.began(real);
    }

    @Override
    public void ack(Completion completion) {
        sink.settled(real);
        twist.ack(real, completion);
    }

    @Override
    public void release(Duration delay, boolean failed, Completion completion) {
        sink.settled(real);
        twist.release(real, delay, failed, completion);
    }

    @Override
    public void renew(Completion completion) {
        twist.renew(real, completion);
    }

    @Override
    public void note(int failures, Completion completion) {
        twist.note(real, failures, completion);
    }

    @Override
    public void moveTo(Outgoing outgoing) {
        twist.move(real, TwistedOutgoing.of(twist, outgoing));
    }
}

package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.WriteListener;
import com.rabbitmq.client.impl.AMQConnection;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.FrameHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * A connection's frames, with the client's flush after every command held back while a batch is open. Saves a system
 * call per message.
 *
 * <p>Batches of one connection are opened under one lock; other writers may come in between, their frames leave with
 * the batch.
 */
final class BatchedFrames implements FrameHandler {

    private final FrameHandler frames;
    private volatile boolean open;
    private volatile boolean held;

    BatchedFrames(FrameHandler frames) {
        this.frames = frames;
    }

    /** Holds flushes back until {@link #end}. */
    void begin() {
        open = true;
    }

    /** Flushes what was written since {@link #begin}. */
    void end() throws IOException {
        open = false;
        if (held) {
            held = false;
            frames.flush(null);
        }
    }

    @Override
    public void flush(@Nullable WriteListener listener) throws IOException {
        if (open) {
            held = true;
            if (open) {
                return;
            }
        }
        frames.flush(listener);
    }

    @Override
    public void writeFrame(Frame frame) throws IOException {
        frames.writeFrame(frame);
    }

    @Override
    public Frame readFrame() throws IOException {
        return frames.readFrame();
    }

    @Override
    public boolean internalHearbeat() {
        return frames.internalHearbeat();
    }

    @Override
    public void setTimeout(int millis) throws SocketException {
        frames.setTimeout(millis);
    }

    @Override
    public int getTimeout() throws SocketException {
        return frames.getTimeout();
    }

    @Override
    public void sendHeader() throws IOException {
        frames.sendHeader();
    }

    @Override
    public void initialize(AMQConnection connection) {
        frames.initialize(connection);
    }

    @Override
    public void startProcessing() {
        frames.startProcessing();
    }

    @Override
    public void finishConnectionNegotiation() {
        frames.finishConnectionNegotiation();
    }

    @Override
    public void setFrameMax(int bytes) {
        frames.setFrameMax(bytes);
    }

    @Override
    public void close() {
        frames.close();
    }

    @Override
    public InetAddress getLocalAddress() {
        return frames.getLocalAddress();
    }

    @Override
    public int getLocalPort() {
        return frames.getLocalPort();
    }

    @Override
    public InetAddress getAddress() {
        return frames.getAddress();
    }

    @Override
    public int getPort() {
        return frames.getPort();
    }
}

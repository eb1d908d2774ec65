package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.WriteListener;
import com.rabbitmq.client.impl.AMQConnection;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.FrameHandler;
import com.rabbitmq.client.impl.SocketFrameHandler;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * A connection's frames, in batches. Written ones: the client's flush after every command is held back while a batch
 * is open, which saves a system call per message. Read ones: what consumers get waits in {@link InboundBatches} until
 * the socket has nothing more at hand.
 *
 * <p>Batches of one connection are opened under one lock; other writers may come in between, their frames leave with
 * the batch.
 */
final class BatchedFrames implements FrameHandler {

    private static final int READ_BYTES = 64 * 1024;
    /** What the protocol allows before a limit is agreed on, and bytes of a frame around its payload. */
    private static final int LEAST_FRAME = 8 * 1024;

    private static final int AROUND_PAYLOAD = 8;

    private final FrameHandler frames;
    /** Where frames are read from instead, so that it shows when the network is asked; null if it cannot be told. */
    private final @Nullable DataInputStream in;

    private volatile int maxPayload = Integer.MAX_VALUE;
    private volatile boolean open;
    private volatile boolean held;

    // Set by the thread that connects, until the connection is negotiated.
    private boolean negotiated;
    private int longestMillis;
    private int millis;

    BatchedFrames(FrameHandler frames) {
        this.frames = frames;
        this.in = frames instanceof SocketFrameHandler socket
                ? new DataInputStream(new BufferedInputStream(new Network(socket.getInputStream()), READ_BYTES))
                : null;
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
        if (!(Thread.currentThread() instanceof RabbitMqConnections.IoThread thread)) {
            return frames.readFrame();
        }
        InboundBatches inbound = thread.inbound();
        try {
            inbound.reading();
            if (in != null) {
                return Frame.readFrom(in, () -> maxPayload);
            }
            inbound.run();
            return frames.readFrame();
        } catch (IOException | RuntimeException e) {
            inbound.end();
            throw e;
        }
    }

    @Override
    public boolean internalHearbeat() {
        return frames.internalHearbeat();
    }

    /**
     * Sets how long a read may wait. The client asks for a quarter of the heartbeat before it has the answer to its last
     * question of the negotiation, and gives up when that takes longer, as it does on a slow link.
     */
    @Override
    public void setTimeout(int wanted) throws SocketException {
        millis = wanted;
        longestMillis = Math.max(longestMillis, wanted);
        frames.setTimeout(negotiated ? wanted : longestMillis);
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
        negotiated = true;
        try {
            frames.setTimeout(millis);
        } catch (SocketException gone) {
            frames.close(); // who reads finds out
        }
        frames.finishConnectionNegotiation();
    }

    @Override
    public void setFrameMax(int bytes) {
        frames.setFrameMax(bytes);
        maxPayload = bytes <= 0 ? Integer.MAX_VALUE : Math.max(bytes, LEAST_FRAME) - AROUND_PAYLOAD;
    }

    @Override
    public void close() {
        frames.close();
        InboundBatches inbound = InboundBatches.current();
        if (inbound != null) {
            inbound.end();
        }
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

    /** The socket's input: before it is read, and the thread perhaps waits, consumers get what came. */
    private static final class Network extends FilterInputStream {
        Network(InputStream in) {
            super(in);
        }

        private static void aboutToRead() {
            InboundBatches inbound = InboundBatches.current();
            if (inbound != null) {
                inbound.run();
            }
        }

        @Override
        public int read() throws IOException {
            aboutToRead();
            return in.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            aboutToRead();
            return in.read(bytes, offset, length);
        }
    }
}
